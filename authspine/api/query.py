"""Query parameters, read as strictly as bodies: each known, each once, each UTF-8."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote_to_bytes

from rest_framework.fields import ListField
from rest_framework.request import Request
from rest_framework.serializers import Serializer

from authspine.kernel.errors import FieldFault, Invalid


def parameters(request: Request, *, known: Iterable[str], repeatable: Iterable[str] = ()) -> dict[str, list[str]]:
    """The query parameters with their values. Raises Invalid, with a fault for each that is not as it should be."""
    _check_encoding(request)
    sent = {name: request.query_params.getlist(name) for name in request.query_params}
    known, repeatable = set(known), set(repeatable)
    faults = [fault for name, values in sent.items() for fault in _faults(name, values, known, repeatable)]
    if faults:
        raise Invalid(f"{faults[0].field}: {faults[0].detail}", faults=tuple(faults))
    return sent


def _check_encoding(request: Request) -> None:
    # Django reads bytes that are no UTF-8 as question marks, which would quietly search for something else.
    try:
        unquote_to_bytes(request.META.get("QUERY_STRING", "")).decode()
    except UnicodeDecodeError as error:
        raise Invalid("The query string is not UTF-8.") from error


def _faults(name: str, values: list[str], known: set[str], repeatable: set[str]) -> Iterable[FieldFault]:
    if name not in known:
        yield FieldFault(name[:100], "unknown_parameter", "There is no such query parameter.")
    elif len(values) > 1 and name not in repeatable:
        yield FieldFault(name, "repeated", "This query parameter can be given once only.")
    elif any("\0" in value for value in values):
        yield FieldFault(name, "control_character", "Contains a NUL character.")


def validated(request: Request, shape: type[Serializer[Any]]) -> dict[str, Any]:
    """The query parameters as an object of this shape; a list may be given item by item. Raises ValidationError."""
    fields = shape().fields
    lists = [name for name, field in fields.items() if isinstance(field, ListField)]
    sent = parameters(request, known=fields, repeatable=lists)
    read = shape(data={name: values if name in lists else values[0] for name, values in sent.items()})
    read.is_valid(raise_exception=True)
    return dict(read.validated_data)

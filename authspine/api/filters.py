"""Filters of lists: an allow-list of lookups, combined with AND; an unknown, repeated or bad parameter is a 400."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request

from authspine.api import fields
from authspine.api.fields import StrictField
from authspine.kernel.errors import FieldFault, Invalid


class _Parsed(forms.Field):
    """Reads a parameter by a field of the API, so that a filter and a body agree on what a value looks like."""

    def __init__(self, *, by: StrictField, **kwargs: Any) -> None:
        self.by = by
        kwargs.pop("label", None)
        super().__init__(required=False)

    def clean(self, value: Any) -> Any:
        if value is None:
            return None
        try:
            return self.by.run_validation(value)
        except serializers.ValidationError as error:
            first: Any = error.detail[0] if isinstance(error.detail, list) else error.detail
            raise forms.ValidationError(str(first), code=first.code) from error


class _Filter(django_filters.Filter):  # type: ignore[misc]
    """A filter whose parameter is read by `parsed_by`, which also describes it in the schema."""

    field_class = _Parsed
    parsed_by: StrictField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, by=self.parsed_by, label="", **kwargs)


class TextFilter(_Filter):
    """A text that a field is equal to; a blank one is refused."""

    parsed_by = fields.LineField()


class SearchFilter(_Filter):
    """What somebody typed; nothing finds everything."""

    parsed_by = fields.LineField(allow_blank=True)


class IdFilter(_Filter):
    parsed_by = fields.IdField()


class InstantFilter(_Filter):
    parsed_by = fields.InstantField()


class WordFilter(_Filter):
    """One of a few words."""

    def __init__(self, *args: Any, words: list[str], **kwargs: Any) -> None:
        self.parsed_by = fields.WordField(choices=words)
        super().__init__(*args, **kwargs)


class _TrueOrFalse(fields.WordField):
    def to_internal_value(self, value: Any) -> Any:
        return super().to_internal_value(value) == "true"


class FlagFilter(_Filter):
    """`true` or `false`."""

    parsed_by = _TrueOrFalse(choices=["true", "false"])


class FilterSet(django_filters.FilterSet):  # type: ignore[misc]
    """The filters of a list, declared one by one: there is no lookup beyond them."""


class StrictFilterBackend(BaseFilterBackend):
    """Applies the `filterset_class` of a view to its list. The view has seen to it that each parameter is known."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        if not self.filters_of(view):
            return queryset
        filterset = view.filterset_class(request.query_params.dict(), queryset, request=request)
        if not filterset.is_valid():
            raise _refusal(filterset)
        found: QuerySet[Any] = filterset.qs
        return found

    @staticmethod
    def filters_of(view: Any) -> dict[str, _Filter]:
        filterset = getattr(view, "filterset_class", None)
        return dict(filterset.base_filters) if filterset else {}

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Described by `authspine.api.schema`, which knows how fields look in OpenAPI."""
        return []


def _refusal(filterset: FilterSet) -> Invalid:
    faults = tuple(
        FieldFault(name, error.code or "invalid", " ".join(error.messages))
        for name, errors in filterset.form.errors.as_data().items()
        for error in errors
    )
    return Invalid(f"{faults[0].field}: {faults[0].detail}", faults=faults)

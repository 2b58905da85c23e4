"""Shapes in and out. What is sent must be exactly what is asked for: an unknown field is a fault and not a wish."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from rest_framework import serializers

from authspine.api.fields import IdField, InstantField, LineField


@cache
def writer(shape: Callable[..., serializers.BaseSerializer[Any]]) -> serializers.BaseSerializer[Any]:
    """The one instance of a serializer class that answers are written by: a new one copies each of its fields.

    Fields of answers keep nothing of a row and ask nothing of the request.
    """
    return shape()


class StrictSerializer(serializers.Serializer[Any]):
    """An object with these fields and no others; fields that only the server writes are refused by name, too."""

    def to_internal_value(self, sent: Any) -> Any:
        faults: dict[str, Any] = dict(self._uninvited(sent)) if isinstance(sent, Mapping) else {}
        try:
            taken = super().to_internal_value(sent)
        except serializers.ValidationError as error:
            if not isinstance(error.detail, dict):
                raise
            raise serializers.ValidationError({**error.detail, **faults}) from error
        if faults:
            raise serializers.ValidationError(faults)
        return taken

    def _uninvited(self, sent: Mapping[str, Any]) -> Any:
        for name in sent:
            field = self.fields.get(name)
            if field is None:
                yield name, [serializers.ErrorDetail("There is no such field.", code="unknown_field")]
            elif field.read_only:
                yield name, [serializers.ErrorDetail("This field cannot be set.", code="read_only")]


class Nothing(StrictSerializer):
    """A body without fields: absent, or an empty object."""


class ResourceOut(serializers.Serializer[Any]):
    """What every object has."""

    id = IdField()
    external_id = LineField(allow_null=True)
    created_at = InstantField()
    updated_at = InstantField()


class ExternalId(StrictSerializer):
    """The caller's own id for a record, unique per organization and kind."""

    external_id = LineField(required=False, allow_null=True)

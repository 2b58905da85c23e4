"""The receipt of an erasure as JSON, of whatever kind of person."""

from typing import Any

from rest_framework import serializers

from authspine.api.fields import DayField, IdField, InstantField, LineField, WholeNumberField, WordField
from authspine.privacy.models import Erasure


class ErasedOut(serializers.Serializer[Any]):
    what = LineField()
    count = WholeNumberField()


class KeptOut(ErasedOut):
    why = LineField(max_length=500)
    until = DayField(allow_null=True)


class ErasureOut(serializers.Serializer[Any]):
    """What went and what is kept, why and until when. `provider` says how far the payment provider is with it."""

    id = IdField()
    kind = WordField(choices=Erasure.Kind.values)
    person = IdField()
    at = InstantField()
    by = LineField()
    erased = ErasedOut(many=True)
    kept = KeptOut(many=True, source="what_is_kept")
    provider = WordField(choices=Erasure.Provider.values)
    provider_done_at = InstantField(allow_null=True)

"""What a client has to do before a payment, or a card on file, can go on."""

from typing import Any

from rest_framework import serializers

from authspine.api.fields import LineField, WordField


class NextActionOut(serializers.Serializer[Any]):
    type = WordField(choices=["redirect"])
    url = LineField(max_length=1000)

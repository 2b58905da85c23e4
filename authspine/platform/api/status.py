"""The status of the platform over HTTP."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from authspine.api.fields import LineField, SlugField, WholeNumberField
from authspine.api.views import ScopedViewSet
from authspine.orchestrator import status


class DatabaseOut(serializers.Serializer[Any]):
    engine = LineField()
    version = LineField()


class CountsOut(serializers.Serializer[Any]):
    clients = WholeNumberField()
    professionals = WholeNumberField()
    services = WholeNumberField()
    bookings = WholeNumberField()
    events = WholeNumberField()


class StatusOut(serializers.Serializer[Any]):
    version = LineField()
    database = DatabaseOut()
    modules = serializers.DictField(child=LineField(max_length=10_000))
    verticals = serializers.ListField(child=SlugField())
    counts = CountsOut()


class StatusViewSet(ScopedViewSet):
    """How the platform is."""

    resource = "status"
    shown_as = StatusOut

    def retrieve(self, request: Request) -> Response:
        """Version, database, modules (`ok`, or what is missing), verticals, and how many of what there are."""
        return self.show(status.status())

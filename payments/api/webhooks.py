"""Where the gateway tells us what happened. Open to everybody, so nothing is believed that it has not signed."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from authspine.api.fields import FlagField
from payments import gateway


class Received(serializers.Serializer[Any]):
    received = FlagField()


class StripeWebhookView(APIView):
    """Messages from Stripe. They are acknowledged and, so far, ignored: each payment asks for its own outcome."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(request=OpenApiTypes.OBJECT, responses=Received)
    def post(self, request: Request) -> Response:
        """Take a signed event. 400 for a missing or wrong signature, also while no secret is configured."""
        if request.content_type and not self.get_content_negotiator().select_parser(request, self.get_parsers()):
            # Only the bytes are read here, for the signature: no parser has looked at their type.
            raise UnsupportedMediaType(request.content_type)
        gateway.signed_event(request.body, request.headers.get("Stripe-Signature", ""))
        return Response({"received": True})

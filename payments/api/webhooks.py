"""Where the gateway tells us what happened. Open to everybody, so nothing is believed that it has not signed."""

import logging
from typing import Any

from django.core.exceptions import RequestDataTooBig
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from authspine.api.fields import FlagField
from authspine.api.parsers import MAX_BODY_BYTES
from authspine.kernel import clock
from payments import gateway
from payments.actions import inbox
from payments.errors import BadSignature

logger = logging.getLogger(__name__)


class Received(serializers.Serializer[Any]):
    received = FlagField()


class StripeWebhookView(APIView):
    """Messages from Stripe. Each is kept before it is acknowledged, once, and a worker looks at what it is about."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    limited_as = "webhook"

    @extend_schema(request=OpenApiTypes.OBJECT, responses=Received)
    def post(self, request: Request) -> Response:
        """Take a signed event. 400 for a missing or wrong signature, also while no secret is configured; 413 for more
        than a megabyte.
        """
        if request.content_type and not self.get_content_negotiator().select_parser(request, self.get_parsers()):
            # Only the bytes are read here, for the signature: no parser has looked at their type.
            raise UnsupportedMediaType(request.content_type)
        if len(request.body) > MAX_BODY_BYTES:
            raise RequestDataTooBig
        try:
            told = gateway.signed_event(request.body, request.headers.get("Stripe-Signature", ""))
        except BadSignature:
            logger.warning("A webhook is refused: it is not signed by the provider.")  # counted in the log alone
            raise
        inbox.receive(told, now=clock.now())
        return Response({"received": True})

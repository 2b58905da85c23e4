"""Receipts of erasures over HTTP, for owners and administrators: they tell who erased whom."""

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from authspine.api.erasures import ErasureOut
from authspine.api.views import ScopedViewSet
from authspine.privacy import receipts


class ErasureViewSet(ScopedViewSet):
    """That somebody was erased, what is kept of it, why and until when."""

    resource = "erasures"
    shown_as = ErasureOut
    # What kind of person the path's `id` names; each route says it.
    kind = ""

    def retrieve(self, request: Request, id: UUID) -> Response:
        """The receipt of a person's erasure."""
        return self.show(receipts.get(self.kind, id))

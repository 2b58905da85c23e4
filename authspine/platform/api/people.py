"""What is known of one person, for them to have: for keys and members with the scope `admin`."""

from uuid import UUID

from django.http import HttpResponse
from rest_framework.request import Request

from authspine.api import takeouts
from authspine.api.documents import DocumentSchema
from authspine.api.views import ScopedViewSet
from authspine.orchestrator import takeout


class TakeoutViewSet(ScopedViewSet):
    """Everything about a client as a file."""

    resource = "clients"
    of = "clients.Client"
    schema = DocumentSchema()
    media_types = (takeouts.MEDIA_TYPE,)
    own_scopes = frozenset({"export"})
    limited_as = {"export": "export"}

    def export(self, request: Request, id: UUID) -> HttpResponse:
        """All that is known of a client, deleted or not, as `person.json` and `person.html` in a zip."""
        return takeouts.answer(takeout.take_out(self.caller.organization, self.caller.actor, id))

"""The organization's API keys over HTTP. The text of a key is in the answer that makes it, and nowhere else."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from authspine.api.fields import IdField, InstantField, LineField, WholeNumberField, WordField
from authspine.api.serializers import StrictSerializer
from authspine.api.views import ScopedViewSet
from authspine.identity import access
from authspine.identity import actions as identity_actions
from authspine.identity import queries as identity_queries
from authspine.identity.errors import MoreThanOwn
from authspine.identity.models import ApiKey
from authspine.kernel import clock

DEFAULT_OVERLAP: Final = 24 * 60
LONGEST_OVERLAP: Final = 30 * 24 * 60
ENDS: Final = "No later than that of the key by which it is made. null: with that key, or once it is revoked."
SUCCESSOR_ENDS: Final = "Of the new key, no later than that of the key by which it is made. null: that of the old key."


class KeyIn(StrictSerializer):
    scope = WordField(choices=ApiKey.Scope.values)
    name = LineField(max_length=100, required=False, allow_blank=True)
    expires_at = InstantField(required=False, allow_null=True, help_text=ENDS)


class RotationIn(StrictSerializer):
    overlap_minutes = WholeNumberField(
        least=0,
        most=LONGEST_OVERLAP,
        required=False,
        help_text=f"How long the old key stays good beside the new one; {DEFAULT_OVERLAP} without it.",
    )
    expires_at = InstantField(required=False, allow_null=True, help_text=SUCCESSOR_ENDS)


class KeyOut(Serializer[Any]):
    id = IdField()
    name = LineField(max_length=100, allow_blank=True)
    prefix = LineField(max_length=16)
    scope = WordField(choices=ApiKey.Scope.values)
    created_at = InstantField()
    expires_at = InstantField(allow_null=True)
    revoked_at = InstantField(allow_null=True)
    last_used_at = InstantField(allow_null=True, help_text="To the minute.")
    replaces = IdField(source="replaces_id", allow_null=True)


class NewKeyOut(KeyOut):
    key = LineField(max_length=100, source="text", help_text="Shown this once.")


class KeyViewSet(ScopedViewSet):
    """Keys: several may be live at once, so that one can be changed for another without a gap."""

    resource = "keys"
    shown_as = KeyOut
    takes = {"create": KeyIn, "rotate": RotationIn}
    answers = {"create": NewKeyOut, "rotate": NewKeyOut}
    statuses = {"rotate": (201,)}
    told_once = frozenset({"create", "rotate"})

    def list(self, request: Request) -> Response:
        """Keys, newest first, also those that are revoked or have expired."""
        return self.page(identity_queries.keys_of(self.caller.organization))

    def create(self, request: Request) -> Response:
        """Make a key, of no more scope than one's own, and of no later end."""
        asked = self.sent()
        self._check(asked["scope"])
        return self._made(*identity_actions.create_api_key(self.caller.organization, **asked, own_end=self.caller.ends))

    def retrieve(self, request: Request, id: UUID) -> Response:
        """One key."""
        return self.show(self._key(id))

    def rotate(self, request: Request, id: UUID) -> Response:
        """Make a successor with the same name, scope and end. Both are good until the overlap is over."""
        asked, key = self.sent(), self._key(id)
        self._check(key.scope)
        overlap = timedelta(minutes=asked.pop("overlap_minutes", DEFAULT_OVERLAP))
        asked |= {"overlap": overlap, "now": clock.now(), "own_end": self.caller.ends}
        return self._made(*identity_actions.rotate_api_key(key, **asked))

    def destroy(self, request: Request, id: UUID) -> Response:
        """Revoke a key: it is refused from the next request on. Its record stays, since what it did names it."""
        identity_actions.revoke_api_key(self._key(id))
        return self.gone()

    def _key(self, id: UUID) -> ApiKey:
        return identity_queries.key_of(self.caller.organization, id)

    def _check(self, scope: str) -> None:
        if not access.covers(self.caller.who, scope):
            raise MoreThanOwn(field="scope")

    def _made(self, key: ApiKey, text: str) -> Response:
        key.text = text  # type: ignore[attr-defined]
        return self.created(key, "key")

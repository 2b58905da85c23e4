"""Who calls the API, for which organization, and how much they may do."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from authspine.identity import access
from authspine.identity.access import Who
from authspine.identity.models import Organization
from authspine.identity.own import Eyes
from authspine.kernel.actor import Actor


@dataclass(frozen=True)
class Caller:
    """`request.auth` of every authenticated request. Key, link or membership decides the organization, nothing else.

    `who` stands in the permission table; `booking` is the one that a self-service link is for; `ends` is when their key
    does.
    """

    organization: Organization
    actor: Actor
    who: Who
    booking: UUID | None = None
    ends: datetime | None = None

    def may(self, resource: str, verb: str) -> bool:
        """Whether the table has it."""
        return access.may(self.who, resource, verb)

    @property
    def eyes(self) -> Eyes:
        """Whose rows they see, where they do not see all."""
        return Eyes(self.who, self.actor.id if self.actor.kind == "user" else None, self.booking)

    @property
    def is_narrow(self) -> bool:
        return self.who in access.NARROW

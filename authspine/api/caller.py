"""Who calls the API, for which organization, and how much they may do."""

from dataclasses import dataclass
from typing import Literal

from authspine.identity.models import Organization
from authspine.kernel.actor import Actor

Scope = Literal["read", "write", "admin"]
SCOPES: tuple[Scope, ...] = ("read", "write", "admin")  # each contains the ones before it


@dataclass(frozen=True)
class Caller:
    """`request.auth` of every authenticated request. Key or membership decides the organization, nothing else does."""

    organization: Organization
    actor: Actor
    scope: str

    def may(self, needed: Scope) -> bool:
        """Whether the caller's scope contains the one that is needed; an unknown scope contains nothing."""
        return self.scope in SCOPES and SCOPES.index(self.scope) >= SCOPES.index(needed)

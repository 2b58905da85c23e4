"""Who acts: carried by every scope, written to the history and to events."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

Kind = Literal["user", "key", "client", "system", "demo"]


@dataclass(frozen=True)
class Actor:
    """A person, an API key, a self-service link's client, the demo's visitor or the platform itself.

    Its text form is `kind:id`, or `kind` alone.
    """

    kind: Kind
    id: UUID | None = None

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}" if self.id else self.kind


SYSTEM = Actor("system")

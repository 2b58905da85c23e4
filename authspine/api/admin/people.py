"""Who an actor's text (`user:<id>`) means, for lists: an actor outlives its login, so no foreign key leads there."""

from typing import Any
from uuid import UUID

from django.db.models import BinaryField, Case, OuterRef, Subquery, UUIDField, When
from django.db.models.functions import Cast, Substr

from authspine.identity.models import User
from authspine.privacy.fields import Sealed

_USER = "user:"
# An import takes texts of other systems, whose actors are no logins here. Only what has the form of a UUID is cast to
# one, by which the login is found in the index of its key.
_LOGIN = f"^{_USER}[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}$"


def email_of(actor: str) -> Any:
    """The sealed e-mail of the login in the column `actor`; nothing for a key, the demo or the platform itself."""
    login = Cast(Substr(OuterRef(actor), len(_USER) + 1), UUIDField())
    emails = User.objects.filter(id=login).values("email")
    return Case(When(**{f"{actor}__regex": _LOGIN}, then=Subquery(emails)), default=None, output_field=BinaryField())


def spoken(actor: str, sealed: bytes | None) -> str | None:
    """The e-mail that `email_of` found for this actor, opened."""
    if sealed is None:
        return None
    login = User(id=UUID(actor.removeprefix(_USER)))
    login.email = Sealed(sealed)  # as a read of the login's own row would have left it
    return login.email

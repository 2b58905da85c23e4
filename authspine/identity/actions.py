"""Changes to logins, organizations and keys. They run inside an organization scope or outside of any."""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import F, Q, Value
from django.db.models.functions import Least
from django.utils.text import slugify

from authspine.identity import access
from authspine.identity.constraints import LAST_OWNER
from authspine.identity.errors import AlreadyMember, KeyNotLive, KeyRotated, LastOwner, SlugTakenError
from authspine.identity.models import ApiKey, Membership, Organization, User
from authspine.identity.rules import KEY_MARK, check_owner, digest, end_of_key
from authspine.kernel import clock
from authspine.kernel.constraint_errors import refused_as
from authspine.kernel.errors import Invalid
from authspine.kernel.text import login_email
from authspine.kernel.times import YEARS, is_in_years
from authspine.kernel.validation import check_fields
from authspine.privacy import blind, keys


def new_organization(*, name: str, slug: str | None = None, **fields: Any) -> Organization:
    """A tenant that is not stored yet. Without a slug one is made of the name. Raises Invalid."""
    slug = slug or slugify(name)[:63] or f"organization-{secrets.token_hex(4)}"
    organization = Organization(name=name, slug=slug, **fields)
    check_fields(organization)
    return organization


def add_organization(organization: Organization) -> None:
    """Store a new tenant; runs in its scope, so that it comes to be with its first rows or not at all.

    Raises SlugTakenError.
    """
    with refused_as({"identity_organization_slug_unique": SlugTakenError}):
        organization.save(force_insert=True)


def close_organization(organization: Organization) -> None:
    """From now on its keys are refused and nobody can choose it; its data stays."""
    Organization.objects.filter(id=organization.id, closed_at=None).update(closed_at=clock.now())


def reopen_organization(organization: Organization) -> None:
    Organization.objects.filter(id=organization.id).update(closed_at=None)


def create_api_key(
    organization: Organization,
    *,
    scope: str,
    name: str = "",
    expires_at: datetime | None = None,
    own_end: datetime | None = None,
    replaces: ApiKey | None = None,
) -> tuple[ApiKey, str]:
    """Make a key; the text is returned once and never stored. Shape: `asp_<prefix>_<secret>`, 256 bits of chance.

    `own_end` is when the key ends by which it is made, if it is by one that does. Raises Invalid, MoreThanOwn.
    """
    if expires_at and not is_in_years(expires_at):
        raise Invalid(f"{YEARS.capitalize()}.", field="expires_at")
    prefix = secrets.token_hex(6)
    text = f"{KEY_MARK}_{prefix}_{secrets.token_urlsafe(32)}"
    key = ApiKey.objects.create(
        organization=organization,
        scope=scope,
        name=name,
        prefix=prefix,
        digest=digest(text),
        expires_at=end_of_key(expires_at, own=own_end),
        replaces=replaces,
    )
    return key, text


def rotate_api_key(
    key: ApiKey,
    *,
    overlap: timedelta,
    now: datetime,
    expires_at: datetime | None = None,
    own_end: datetime | None = None,
) -> tuple[ApiKey, str]:
    """Make a successor of the same name and scope; the old key lives on for the overlap, so that both are good.

    It ends when the old one was to end, or with the key by which it is made (`own_end`) if that is earlier, unless an
    end of its own is asked for. Runs in a transaction. Raises KeyNotLive, KeyRotated, Invalid, MoreThanOwn.
    """
    ends_by_itself = min(filter(None, (key.expires_at, own_end)), default=None)
    living = Q(expires_at=None) | Q(expires_at__gt=now)
    ends = Least("expires_at", Value(now + overlap))  # of a key without an end it is the other
    if not ApiKey.objects.filter(living, id=key.id, revoked_at=None).update(expires_at=ends):
        raise KeyNotLive
    with refused_as({"identity_apikey_one_successor": KeyRotated}):
        return create_api_key(
            key.organization,
            scope=key.scope,
            name=key.name,
            expires_at=expires_at or ends_by_itself,
            own_end=own_end,
            replaces=key,
        )


def revoke_api_key(key: ApiKey) -> None:
    ApiKey.objects.filter(id=key.id, revoked_at=None).update(revoked_at=clock.now())


def login_for(email: str) -> User:
    """The login with this e-mail, made without a usable password where there is none yet."""
    return logins_for([email])[blind.email_index(User, email)]


def logins_for(emails: Iterable[str]) -> dict[bytes, User]:
    """The logins with these e-mails, by their blind indexes; made without a usable password where there are none yet.

    Two organizations that register the same person at once get the same login: the insert that loses reads the other.
    In order, so that two that register the same people never wait for each other. None of them goes before this
    transaction has ended (`forget_login`); one that has just gone is made again.
    """
    given = {blind.email_index(User, email): login_email(email) for email in emails}
    found: dict[bytes, User] = {}
    while missing := sorted(given.keys() - found.keys()):
        logins = [User(email=given[key], email_key=key) for key in missing]
        for user in logins:
            user.set_unusable_password()
        with keys.writing():
            User.objects.bulk_create(logins, ignore_conflicts=True)
            kept = "SELECT * FROM identity_user WHERE email_key = ANY(%s) FOR KEY SHARE"
            found |= {bytes(user.email_key): user for user in User.objects.raw(kept, [missing])}
    return found


# Somebody registers this login elsewhere just now, or refers to it already.
_IN_USE: Final = ("23503", "55P03", "40P01")
# What signs it in goes with it, and stays when it stays.
_OF_THE_LOGIN: Final = (
    "DELETE FROM account_emailaddress WHERE user_id = %s",
    "DELETE FROM mfa_authenticator WHERE user_id = %s",
)


def forget_login(user_id: UUID) -> bool:
    """Take a login away unless something refers to it, of whatever organization; whether it has gone.

    No query of one organization sees the others' rows, but the database's own foreign keys do, so it is they who
    decide, at once instead of at the commit. Who may enter the admin refers to nothing and stays.
    """
    if User.objects.filter(id=user_id).exclude(is_staff=False, is_superuser=False).exists():
        return False
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for delete in _OF_THE_LOGIN:
                cursor.execute(delete, [user_id])
            cursor.execute("DELETE FROM identity_user WHERE id = %s", [user_id])
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    except (IntegrityError, OperationalError) as error:
        if getattr(error.__cause__, "sqlstate", None) not in _IN_USE:
            raise
        return False
    return True


def new_member(organization: Organization, user: User, *, role: str, by: access.Who) -> Membership:
    """Give a user their first role in an organization. Raises OwnersOnly, and AlreadyMember, which leaves the role."""
    check_owner(by, role)
    with refused_as({"identity_membership_one_per_organization": AlreadyMember}):
        return Membership.objects.create(organization=organization, user=user, role=role)


@transaction.atomic
def add_member(organization: Organization, user: User, *, role: str, by: access.Who) -> Membership:
    """Give a user a role in an organization, or change the role that it has. Raises OwnersOnly, LastOwner.

    `by` is what whoever asks is there; a command that runs on the server is an owner, and says so.
    """
    _check_owners(organization, user.id, role, by=by)
    with keeping_owners():
        member, _ = Membership.objects.update_or_create(organization=organization, user=user, defaults={"role": role})
    return member


@transaction.atomic
def remove_member(membership: Membership, *, by: access.Who) -> None:
    """Take a user's role away, and the login with it when nothing else refers to it. Raises OwnersOnly, LastOwner."""
    login = membership.user_id
    _check_owners(membership.organization, login, None, by=by)
    with keeping_owners():
        # By its id: a refusal leaves the caller's object as it was.
        Membership.objects.filter(id=membership.id).delete()
    forget_login(login)


@transaction.atomic
def deactivate(user: User) -> None:
    """Nobody signs in by it any more, and its sessions end. Raises LastOwner."""
    with keeping_owners():
        User.objects.filter(id=user.id, is_active=True).update(is_active=False)
    end_sessions(user)


def end_sessions(user: User) -> None:
    """Whoever is signed in by it is so no more, also when it is activated again."""
    User.objects.filter(id=user.id).update(session_epoch=F("session_epoch") + 1)


@contextmanager
def keeping_owners() -> Iterator[None]:
    """Within a transaction: the constraint is asked at the end of the block and not at the commit. Raises LastOwner."""
    with refused_as({LAST_OWNER: LastOwner}), connection.cursor() as cursor:
        yield
        cursor.execute(f"SET CONSTRAINTS {LAST_OWNER} IMMEDIATE")
        cursor.execute(f"SET CONSTRAINTS {LAST_OWNER} DEFERRED")


def _check_owners(organization: Organization, user_id: UUID, role: str | None, *, by: access.Who) -> None:
    """A member becomes this, or goes: only owners touch owners.

    What the member is counts as it is under the lock, since it may have changed after it was read. The owners' rows
    are locked first, in order, so that of two who leave at once one finds the other gone.
    """
    members = Membership.objects.filter(organization=organization).select_for_update()
    list(members.filter(role=Membership.Role.OWNER).order_by("id").values_list("id"))
    held = members.filter(user_id=user_id).values_list("role", flat=True).first()
    check_owner(by, held, role)


def note_use(key: ApiKey, *, now: datetime) -> None:
    """Record that a key was used, at most once a minute: a busy key would otherwise write on every read."""
    due = now - timedelta(minutes=1)
    if key.last_used_at is None or key.last_used_at < due:
        stale = Q(last_used_at=None) | Q(last_used_at__lt=due)
        ApiKey.objects.filter(stale, id=key.id).update(last_used_at=now)

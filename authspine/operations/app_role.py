"""The app refuses to start as somebody whom row-level security does not bind: then one forgotten filter would show
every tenant's rows, and all tests would still be green. Nor does it where a table is neither sealed nor global by
design, nor with a right to change what is told once and for all, nor without the triggers that write the audit and keep
it, nor with other keys than the database's: then nobody could sign in, and every page about a person would be an error.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from authspine.kernel.crypto import SealBroken
from authspine.operations import database, powers, rights, seals, triggers
from authspine.privacy import ring

# Commands that put right what the guard refuses, or look at it.
REPAIRS = {
    "set_up", "prepare_database", "migrate", "check_seals",
    "check", "makemigrations", "showmigrations", "sqlmigrate", "dbshell",
}  # fmt: skip

logger = logging.getLogger(__name__)


class RoleGuard:
    """Looks at the app's role until the database has said once that the policies bind it.

    A database that is away is no reason not to start: requests answer 503 until it is back and was looked at.
    """

    def __init__(self) -> None:
        self.bound = False

    def refuse_powerful_role(self) -> None:
        """Called at the start, where a refusal ends the program. Raises ImproperlyConfigured."""
        self.bound = look()

    def lets_in(self) -> bool:
        """Called before each answer. A refusal is for the log here: once the role is put right, all is well."""
        if not self.bound:
            try:
                self.refuse_powerful_role()
            except ImproperlyConfigured as refusal:
                logger.critical("%s", refusal)
        return self.bound


def look() -> bool:
    """Whether the database has answered. Raises ImproperlyConfigured when the app's role passes the policies, or its
    login could take a role that does, or a table has none, or the role has a right that was taken from it, or a trigger
    does not stand, or PII_KEYS does not open the installation's keys, or the database does not say.

    A login that could is let through with DEMO=1 alone, so that a newcomer may try the platform with one
    administrator's URL.
    """
    try:
        with _connected() as connection:
            _refuse_open(connection)
            _refuse_other_keys(connection)
    except psycopg.OperationalError:
        return False
    return True


def refuse_at_command(name: str) -> None:
    """Called before a command, which says by itself when the database is away. Raises ImproperlyConfigured."""
    with suppress(psycopg.OperationalError), _connected() as connection:
        if name not in REPAIRS:
            _refuse_open(connection)
        _refuse_other_keys(connection)


@contextmanager
def _connected() -> Iterator[psycopg.Connection[Any]]:
    """Not through Django: its pool would keep threads, which a server that forks afterwards must not have.

    OperationalError says that the database is away. One that is there and does not say what it is asked has not been
    looked at, so that is a refusal.
    """
    options = f"-c role={settings.APP_ROLE}"
    with psycopg.connect(settings.DATABASE_URL, options=options, connect_timeout=2) as connection:
        try:
            yield connection
        except psycopg.Error as error:
            if connection.broken:
                raise
            raise ImproperlyConfigured(
                f"The database does not let the role {settings.APP_ROLE} look whether all is well:"
                f" {error.diag.message_primary or database.one_line(error)}."
            ) from error


def _refuse_open(connection: psycopg.Connection[Any]) -> None:
    _refuse_powers(connection)
    _refuse_unsealed(connection)
    _refuse_given_back(connection)
    _refuse_unwatched(connection)


def _refuse_powers(connection: psycopg.Connection[Any]) -> None:
    row = connection.execute("SELECT current_user, session_user").fetchone()
    assert row is not None
    role, login = row
    if through := powers.of(connection, role, role=settings.APP_ROLE):
        is_it = powers.ROLE_IS if through == role else f"belongs to {through}"
        raise ImproperlyConfigured(f"The role {role} {is_it}; the app must not run as it.")
    through = powers.of(connection, login, role=settings.APP_ROLE)
    if through and not settings.DEMO:
        is_it = powers.LOGIN_IS if through == login else f"belongs to {through}"
        raise ImproperlyConfigured(
            f"The login {login} of DATABASE_URL {is_it}: RESET ROLE would take it past the policies and the grants."
            f" Give the app a login of its own that is a member of {settings.APP_ROLE} alone."
        )


def _refuse_unsealed(connection: psycopg.Connection[Any]) -> None:
    if found := seals.unanswered(seals.relations(connection.execute)):
        raise ImproperlyConfigured(
            f"Neither sealed by a row-level policy nor global by design: {', '.join(found)}."
            " Every tenant's rows would be seen there; manage.py check_seals lists all tables."
        )


def _refuse_given_back(connection: psycopg.Connection[Any]) -> None:
    if found := rights.held(connection.execute, settings.APP_ROLE):
        raise ImproperlyConfigured(
            f"The role {settings.APP_ROLE} has {rights.told(found)}: it could forge what is told once and for all."
            " manage.py prepare_database takes that away again."
        )


def _refuse_unwatched(connection: psycopg.Connection[Any]) -> None:
    if found := triggers.lacking(connection.execute):
        raise ImproperlyConfigured(
            f"What writes or keeps the audit and the ledger does not stand: {triggers.told(found)}."
            " Run manage.py migrate, or have the owner of the tables put back what it did not bring."
        )


def _refuse_other_keys(connection: psycopg.Connection[Any]) -> None:
    """A database without its tables has none to open."""
    found = connection.execute("SELECT to_regclass('privacy_installationkey')").fetchone()
    if found is None or found[0] is None:
        return
    for row, wrapped in connection.execute("SELECT id, wrapped FROM privacy_installationkey").fetchall():
        try:
            ring.unwrapped(settings.PII_SECRETS, wrapped, None, row)
        except SealBroken as error:
            raise ImproperlyConfigured(ring.explain(error)) from None

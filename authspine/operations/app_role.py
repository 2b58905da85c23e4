"""The app refuses to start as somebody whom row-level security does not bind: then one forgotten filter would show
every tenant's rows, and all tests would still be green."""

from typing import Any

import psycopg
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

_POWERS = """
    SELECT current_user, session_user,
           (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user)
               OR EXISTS (SELECT FROM pg_class WHERE relkind = 'r' AND relowner = current_user::regrole),
           (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = session_user)
               OR EXISTS (SELECT FROM pg_class WHERE relkind = 'r' AND pg_has_role(session_user, relowner, 'USAGE'))
"""


def refuse_powerful_role() -> None:
    """Raise ImproperlyConfigured when the app's role passes the policies, or its login could take a role that does.

    A login that could is let through with DEMO=1 alone, so that a newcomer may try the platform with one
    administrator's URL. A database that is away is no reason not to start: requests answer 503 until it is back.
    """
    options: dict[str, Any] = {"options": f"-c role={settings.APP_ROLE}", "connect_timeout": 2}
    try:
        # Not through Django: its pool would keep threads, which a server that forks afterwards must not have.
        with psycopg.connect(settings.DATABASE_URL, **options) as connection:
            row = connection.execute(_POWERS).fetchone()
    except psycopg.OperationalError:
        return
    assert row is not None
    role, login, role_is_powerful, login_is_powerful = row
    if role_is_powerful:
        raise ImproperlyConfigured(
            f"The role {role} owns tables or passes row-level security; the app must not run as it."
        )
    if login_is_powerful and not settings.DEMO:
        raise ImproperlyConfigured(
            f"The login {login} of DATABASE_URL is an owner or a superuser: RESET ROLE would pass every policy."
            f" Give the app a login of its own that is a member of {settings.APP_ROLE} alone."
        )

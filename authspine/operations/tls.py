"""`manage.py check --deploy` warns of a database on another machine that is reached without a verified certificate:
what is said on the way could be read, and anybody could answer in its place.
"""

from typing import Any, Final

from django.conf import settings
from django.core.checks import CheckMessage, Warning

# The server's certificate is of an authority that is trusted, and of the host that was meant.
VERIFIED: Final = "verify-full"
HERE: Final = {"", "localhost", "127.0.0.1", "::1"}


def check(**options: Any) -> list[CheckMessage]:
    return warnings(settings.DATABASES)


def warnings(databases: dict[str, dict[str, Any]]) -> list[CheckMessage]:
    """One for each database that is reached so."""
    return [
        Warning(
            f"The database {alias!r} is on another machine, and sslmode is {_mode(wanted) or 'not set'}.",
            hint="Add ?sslmode=verify-full&sslrootcert=FILE to its URL; see docs/database.md.",
            id="authspine.W001",
        )
        for alias, wanted in databases.items()
        if _is_remote(wanted) and _mode(wanted) != VERIFIED
    ]


def _mode(wanted: dict[str, Any]) -> str:
    return str(wanted["OPTIONS"].get("sslmode", ""))


def _is_remote(wanted: dict[str, Any]) -> bool:
    """One of several hosts is enough; a path is a socket of this machine. A `hostaddr` is where it really leads."""
    hosts = str(wanted["OPTIONS"].get("hostaddr") or wanted["HOST"])
    return any(host not in HERE and not host.startswith("/") for host in hosts.split(","))

"""Values of the environment, as the settings take them: a bad one is told in one line, by its name alone."""

import os
import re
from ipaddress import ip_network
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from authspine.limits import rates
from authspine.privacy.ring import RingError, secrets_of

# What the database and libpq count with, which is milliseconds for a time.
LARGEST: Final = 2**31 - 1
LONGEST: Final = LARGEST // 1000
_HOST: Final = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\]", re.IGNORECASE)


def text(name: str, default: str | None = None) -> str:
    value = os.environ.get(name, default)
    if value is None or (not value and default is None):
        raise ImproperlyConfigured(f"{name} is not set.")
    return value


def flag(name: str, default: str = "0") -> bool:
    value = os.environ.get(name, default)
    if value not in ("0", "1"):
        raise ImproperlyConfigured(f"{name} must be 0 or 1, not {value!r}.")
    return value == "1"


def number(name: str, default: int, least: int = 0, most: int = LARGEST) -> int:
    value = os.environ.get(name, str(default))
    if not (value.isascii() and value.isdigit()) or int(value[:20]) < least:
        raise ImproperlyConfigured(f"{name} must be a whole number of at least {least}, not {value[:40]!r}.")
    if len(value) > 20 or int(value) > most:
        raise ImproperlyConfigured(f"{name} must be at most {most}, not {value[:40]}.")
    return int(value)


def seconds(name: str, default: int, least: int = 0) -> int:
    """A time that the database, libpq and Python can all count."""
    return number(name, default, least, most=LONGEST)


def choice(name: str, default: str, *known: str) -> str:
    value = os.environ.get(name, default)
    if value not in known:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(known)}, not {value!r}.")
    return value


def names(name: str, default: str) -> list[str]:
    return [item.strip() for item in os.environ.get(name, default).split(",") if item.strip()]


def hosts(name: str, default: str) -> list[str]:
    """The hosts that are served; links lead to the first, where nothing else is said."""
    found = names(name, default)
    if not found:
        raise ImproperlyConfigured(f"{name} must name a host that is served.")
    for host in found:
        if not _HOST.fullmatch(host):
            # A link in an answer or a mail would lead wherever the caller says.
            raise ImproperlyConfigured(
                f"{name} must name the hosts that are served, such as bookings.example.com: no port, no dot in front,"
                f" and no * for all of them; not {host[:80]!r}."
            )
    return found


def address(name: str, default: str) -> str:
    """Where links lead: https://bookings.example.com, with a port and a folder if need be."""
    value = os.environ.get(name, default)
    try:
        parts = urlsplit(value)
        is_one = parts.scheme in ("http", "https") and bool(
            _HOST.fullmatch(parts.netloc.removesuffix(f":{parts.port}"))
        )
    except ValueError:
        is_one = False
    if not is_one or parts.query or parts.fragment or any(letter.isspace() for letter in value):
        raise ImproperlyConfigured(f"{name} must look like https://bookings.example.com.")
    return value.rstrip("/")


def networks(name: str) -> tuple[Any, ...]:
    """Networks, and the word `unix`."""
    told = names(name, "")
    try:
        return tuple(entry if entry == "unix" else ip_network(entry) for entry in told)
    except ValueError:
        raise ImproperlyConfigured(f"{name} must be networks such as 10.0.0.0/8, or unix, not {told}.") from None


def limits(name: str, *, may_be_off: bool) -> rates.Limits:
    told = os.environ.get(name, "")
    if told == rates.OFF and not may_be_off:
        raise ImproperlyConfigured(f"{name}=off is for a demo or for measuring on this machine (DEMO=1 or DEBUG=1).")
    try:
        return rates.limits(told)
    except ValueError as fault:
        raise ImproperlyConfigured(f"{name}: {fault}.") from None


def pool() -> dict[str, int]:
    """The connections of each process."""
    found = {
        "min_size": number("DATABASE_POOL_MIN", 1),
        "max_size": number("DATABASE_POOL_MAX", 10, 1),
        "timeout": seconds("DATABASE_POOL_TIMEOUT", 5, 1),
        "max_lifetime": seconds("DATABASE_POOL_LIFETIME", 1800, 1),
    }
    least, most = found["min_size"], found["max_size"]
    if least > most:
        raise ImproperlyConfigured(f"DATABASE_POOL_MIN ({least}) must not be more than DATABASE_POOL_MAX ({most}).")
    return found


def database(url: str, role: str, *, longest: int = 0, **options: Any) -> dict[str, Any]:
    """One Django database from a libpq URL. The role is set at connection time: it is in force whoever logs in.

    So is for how many seconds a statement may run where no scope says; 0 is without an end.
    """
    try:
        parts: dict[str, Any] = {key: str(value) for key, value in conninfo_to_dict(url).items()}
    except ProgrammingError:
        # Its message would quote the URL, and with it the password.
        hint = "it looks like postgresql://user:password@host:5432/database"
        raise ImproperlyConfigured(f"DATABASE_URL or DATABASE_OWNER_URL cannot be read; {hint}.") from None
    limit = f"-c statement_timeout={longest}s" if longest else ""
    connection_options = " ".join(filter(None, [limit, parts.pop("options", ""), f"-c role={role}"]))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", ""),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "OPTIONS": {"connect_timeout": seconds("DATABASE_CONNECT_TIMEOUT", 5, 1), **parts, **options}
        | {"options": connection_options},
    }


def mailer(name: str, default: str) -> dict[str, Any]:
    """How mails go out: smtp://user:password@host:587 (with STARTTLS), smtps://..., file:FOLDER or console:."""
    try:
        parts = urlsplit(os.environ.get(name, default))
        port = {"smtp": 587, "smtps": 465}.get(parts.scheme) if parts.port is None else parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    backend = {"smtp": "smtp", "smtps": "smtp", "file": "filebased", "console": "console"}.get(parts.scheme)
    if (
        port == 0
        or backend is None
        or (backend == "smtp" and not parts.hostname)
        or (backend == "filebased" and not parts.path)
    ):
        # Without its value, which holds a password.
        raise ImproperlyConfigured(f"{name} must look like smtp://user:password@host:587, smtps://..., file:/folder.")
    options: dict[str, Any] = {"file_path": parts.path} if backend == "filebased" else {}
    if backend == "smtp":
        options = {
            "host": parts.hostname,
            "port": port,
            "username": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "use_tls": parts.scheme == "smtp",
            "use_ssl": parts.scheme == "smtps",
            "timeout": 20,
        }
    return {"BACKEND": f"django.core.mail.backends.{backend}.EmailBackend", "OPTIONS": options}


def key_ring() -> tuple[bytes, ...]:
    """What personal data is wrapped by; without it nothing starts."""
    try:
        return secrets_of(os.environ)
    except RingError as error:
        raise ImproperlyConfigured(str(error)) from None

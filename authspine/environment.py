"""Values of the environment, as the settings take them: a bad one is told in one line, by its name alone."""

import os
from ipaddress import ip_network
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from authspine.limits import rates
from authspine.privacy.ring import RingError, secrets_of


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


def number(name: str, default: int, least: int = 0) -> int:
    value = os.environ.get(name, str(default))
    if not (value.isascii() and value.isdigit()) or int(value) < least:
        raise ImproperlyConfigured(f"{name} must be a whole number of at least {least}, not {value!r}.")
    return int(value)


def choice(name: str, default: str, *known: str) -> str:
    value = os.environ.get(name, default)
    if value not in known:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(known)}, not {value!r}.")
    return value


def names(name: str, default: str) -> list[str]:
    return [item.strip() for item in os.environ.get(name, default).split(",") if item.strip()]


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


def database(url: str, role: str, **options: Any) -> dict[str, Any]:
    """One Django database from a libpq URL. The role is set at connection time: it is in force whoever logs in."""
    try:
        parts: dict[str, Any] = {key: str(value) for key, value in conninfo_to_dict(url).items()}
    except ProgrammingError:
        # Its message would quote the URL, and with it the password.
        hint = "it looks like postgresql://user:password@host:5432/database"
        raise ImproperlyConfigured(f"DATABASE_URL or DATABASE_OWNER_URL cannot be read; {hint}.") from None
    connection_options = " ".join(filter(None, [parts.pop("options", ""), f"-c role={role}"]))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", ""),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "OPTIONS": {"connect_timeout": number("DATABASE_CONNECT_TIMEOUT", 5, 1), **parts, **options}
        | {"options": connection_options},
    }


def mailer(name: str, default: str) -> dict[str, Any]:
    """How mails go out: smtp://user:password@host:587 (with STARTTLS), smtps://..., file:FOLDER or console:."""
    parts = urlsplit(os.environ.get(name, default))
    backend = {"smtp": "smtp", "smtps": "smtp", "file": "filebased", "console": "console"}.get(parts.scheme)
    try:
        port = parts.port or {"smtp": 587, "smtps": 465}.get(parts.scheme)
    except ValueError:
        backend = port = None
    if backend is None or (backend == "smtp" and not parts.hostname) or (backend == "filebased" and not parts.path):
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

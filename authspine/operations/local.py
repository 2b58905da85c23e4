"""What a machine without configuration gets: the embedded database, and a secret key that is made once.

It sets the environment, before Django reads it. Anything that is set already stays.
"""

import base64
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from authspine.operations.embedded import EmbeddedPostgres
from authspine.operations.folders import var


@contextmanager
def database_environment() -> Iterator[None]:
    """Within, DATABASE_URL is set: as it was, or to the embedded server, which is started and stopped as needed."""
    if os.environ.get("DATABASE_URL"):
        yield
        return
    use_local_defaults()
    with EmbeddedPostgres(var() / "postgres") as server:
        os.environ.update(server.environment())
        yield


def use_local_defaults() -> None:
    """Without a database of its own an installation is a demo on this machine."""
    os.environ.setdefault("DEMO", "1")
    if not os.environ.get("SECRET_KEY"):
        os.environ["SECRET_KEY"] = kept(var() / "secret_key", lambda: secrets.token_urlsafe(50))
    if not os.environ.get("PII_KEYS") and not os.environ.get("PII_KEYS_COMMAND"):
        os.environ["PII_KEYS"] = kept(var() / "pii_keys", new_ring_key)


def new_ring_key() -> str:
    """32 bytes of chance, as PII_KEYS takes them."""
    return base64.b64encode(secrets.token_bytes(32)).decode()


def kept(path: Path, made: Callable[[], str]) -> str:
    """Linked into place when it is whole: two that start at once agree on one key, and a kill leaves no half of one."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        mine = path.with_name(f"{path.name}.{os.getpid()}")
        mine.touch(mode=0o600)
        mine.write_text(made())
        with suppress(FileExistsError):
            os.link(mine, path)
        mine.unlink()
    return path.read_text()

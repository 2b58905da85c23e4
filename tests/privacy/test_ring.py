"""The key ring as it comes from the environment; C26: without it the app refuses to start, in one line."""

import base64
import os
import subprocess
import sys

import pytest
from django.conf import settings

from authspine.kernel.crypto import Key
from authspine.operations.folders import ROOT
from authspine.operations.local import new_ring_key
from authspine.privacy.ring import RingError, secrets_of
from tests.operations.test_refusals import refusal
from tests.servers import GUNICORN, configured

FIRST, SECOND = new_ring_key(), new_ring_key()


def test_the_first_key_writes() -> None:
    assert secrets_of({"PII_KEYS": f"{FIRST}, {SECOND}"}) == (base64.b64decode(FIRST), base64.b64decode(SECOND))


def test_a_command_prints_the_ring() -> None:
    command = f"{sys.executable} -c \"print('{FIRST}')\""
    assert secrets_of({"PII_KEYS_COMMAND": command}) == (base64.b64decode(FIRST),)


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, "PII_KEYS is not set"),
        ({"PII_KEYS": ""}, "PII_KEYS is not set"),
        ({"PII_KEYS": "a"}, "PII_KEYS must be one or several keys"),
        ({"PII_KEYS": base64.b64encode(b"short").decode()}, "PII_KEYS must be one or several keys"),
        ({"PII_KEYS": f"{FIRST},"}, "PII_KEYS must be one or several keys"),
        ({"PII_KEYS": f"{FIRST},{FIRST}"}, "names a key twice"),
        ({"PII_KEYS": FIRST, "PII_KEYS_COMMAND": "true"}, "both set"),
        ({"PII_KEYS_COMMAND": "true"}, "printed no keys"),
        ({"PII_KEYS_COMMAND": "false"}, "ended with code 1"),
        ({"PII_KEYS_COMMAND": "/nowhere/vault"}, "cannot be run"),
        ({"PII_KEYS_COMMAND": "echo nonsense"}, "What PII_KEYS_COMMAND prints must be"),
    ],
)
def test_a_ring_that_is_missing_or_wrong_is_told(environment: dict[str, str], said: str) -> None:
    with pytest.raises(RingError, match=said) as error:
        secrets_of(environment)
    assert FIRST not in str(error.value)


@pytest.mark.parametrize("command", ["check", "migrate", "worker", "test_database"])
def test_c26_without_a_key_nothing_starts(command: str) -> None:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("PII_KEYS")}
    done = subprocess.run(
        [sys.executable, "manage.py", command],
        cwd=ROOT,
        env=bare | {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert refusal(done) == "PII_KEYS is not set: personal data cannot be read or written without it."


def test_c26_without_a_key_no_request_is_served() -> None:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("PII_KEYS")}
    done = subprocess.run(
        [sys.executable, "-c", "import authspine.wsgi"], cwd=ROOT, env=bare, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith(
        "PII_KEYS is not set: personal data cannot be read or written without it."
    )


@pytest.mark.parametrize(
    "program",
    [
        [*GUNICORN, "--bind", "127.0.0.1:0"],
        ["manage.py", "worker"],
        ["manage.py", "create_organization", "Ours"],
        ["manage.py", "rotate_keys"],
        ["manage.py", "migrate"],
    ],
)
def test_c26_with_the_key_of_another_database_nothing_starts(program: list[str]) -> None:
    """It would make keys that the database's own processes could not open."""
    mine = Key(settings.PII_SECRETS[0]).id.hex()
    done = subprocess.run(
        [sys.executable, *program],
        cwd=ROOT,
        env=configured() | {"PII_KEYS": FIRST},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert refusal(done) == (
        f"PII_KEYS cannot open this database's keys: The key {mine} is not here. See docs/keys.md."
    )

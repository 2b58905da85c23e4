"""EMAIL_URL: how mails go out, and a wrong one told by its name and not by its password."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.mail.backends.smtp import EmailBackend

from authspine.environment import mailer


def read(monkeypatch: pytest.MonkeyPatch, url: str) -> dict[str, Any]:
    monkeypatch.setenv("EMAIL_URL", url)
    return mailer("EMAIL_URL", "console:")


@pytest.mark.parametrize(
    ("url", "port", "tls", "ssl"),
    [
        ("smtp://ana:p%40ss@mail.example.org", 587, True, False),
        ("smtps://ana:p%40ss@mail.example.org", 465, False, True),
        ("smtp://ana:p%40ss@mail.example.org:2525", 2525, True, False),
    ],
)
def test_a_mail_server(monkeypatch: pytest.MonkeyPatch, url: str, port: int, tls: bool, ssl: bool) -> None:
    found = read(monkeypatch, url)
    assert found["BACKEND"] == "django.core.mail.backends.smtp.EmailBackend"
    backend = EmailBackend(alias="default", **found["OPTIONS"])
    assert (backend.host, backend.port, backend.username, backend.password) == (
        "mail.example.org",
        port,
        "ana",
        "p@ss",
    )
    assert (backend.use_tls, backend.use_ssl) == (tls, ssl)


def test_a_folder_and_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch, "file:/some/where")["OPTIONS"] == {"file_path": "/some/where"}
    assert read(monkeypatch, "console:")["BACKEND"].endswith("console.EmailBackend")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "smtp:",
        "smtp://",
        "ftp://ana:hush@x",
        "file:",
        "smtp://ana:hush@x:port",
        "smtp://ana:hush@x:0",
        "smtp://ana:hush@[x",
        "x",
    ],
)
def test_a_wrong_one_is_told_without_what_it_holds(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL must look like") as told:
        read(monkeypatch, url)
    assert "hush" not in str(told.value)

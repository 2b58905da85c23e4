"""How large a body may be (D15), whoever sends it and wherever to: a page, too, and whatever kind it is of."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from pytest_django.fixtures import Settings

from tests.rest import ROOT, refused

TOKEN = "t" * 32
PAGES = ("/accounts/login", "/b/" + "x" * 43 + "/cancel", "/admin/login/", "/nothing")


@pytest.fixture
def stranger() -> Browser:
    """With a token of their own making."""
    browser = Browser(enforce_csrf_checks=True)
    browser.cookies["csrftoken"] = TOKEN
    return browser


def form(size: int) -> dict[str, Any]:
    return {"csrfmiddlewaretoken": TOKEN, "file": SimpleUploadedFile("file", b"x" * size)}


class Unread:
    """A body that nobody may look at."""

    def read(self, *size: int) -> bytes:
        raise AssertionError("The body is read.")

    readline = read


@pytest.mark.parametrize("path", PAGES)
def test_a_form_with_a_large_file_is_refused_by_every_page(stranger: Browser, settings: Settings, path: str) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 2048
    answer = stranger.post(path, form(3000))
    assert answer.status_code == 413
    assert b"The body is too large." in answer.content
    assert "Content-Security-Policy" in answer.headers
    assert stranger.post(path, form(1000)).status_code != 413


@pytest.mark.parametrize("path", ["/clients", "/webhooks/stripe", "/nothing"])
def test_a_large_file_is_a_problem_under_the_api(stranger: Browser, settings: Settings, path: str) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 2048
    refused(stranger.post(ROOT + path, form(3000)), 413, "payload_too_large")


@pytest.mark.parametrize(
    ("head", "status"), [({"CONTENT_LENGTH": "99999999999"}, 413), ({"HTTP_TRANSFER_ENCODING": "chunked"}, 400)]
)
def test_what_is_refused_by_its_head_is_not_read(stranger: Browser, head: dict[str, str], status: int) -> None:
    sent = {"REQUEST_METHOD": "POST", "PATH_INFO": PAGES[0], "CONTENT_TYPE": "multipart/form-data; boundary=x"}
    assert stranger.request(**sent, **head, **{"wsgi.input": Unread()}).status_code == status


def test_no_file_is_written_to_disk(stranger: Browser, settings: Settings, tmp_path: Path) -> None:
    """Where it could be written there is no folder."""
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "nowhere"
    for token, status in ((TOKEN, 200), ("u" * 32, 403)):
        sent = form(settings.FILE_UPLOAD_MAX_MEMORY_SIZE + 1) | {"csrfmiddlewaretoken": token}
        assert stranger.post(PAGES[0], sent).status_code == status

"""What the API takes at its deepest stands deeper in an export, and the export can be brought in all the same."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from authspine.identity.models import Organization
from tests.fixtures import new_organization
from tests.journeys.documents import MAKE, client, document
from tests.rest import Api, caller, content, refused


def nested(levels: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for _ in range(levels - 1):
        found = {"a": found}
    return found


# The body itself is one level.
DEEPEST = nested(settings.MAX_JSON_DEPTH - 1)


@pytest.fixture
def exported(organization: Organization) -> bytes:
    """The export of an organization whose records are as deep as the API takes them."""
    api = caller(organization, "admin")
    ana = {"email": "ana@example.com", "name": "Ana"}
    refused(api.post("/clients", ana | {"metadata": {"a": DEEPEST}}), 400, "validation_error")
    held = api.post("/clients", ana | {"metadata": DEEPEST}).json()
    method = {"client": held["id"], "type": "card", "payment_method": "pm_card_visa", "metadata": DEEPEST}
    assert api.post("/payments/methods", method).status_code == 201
    vertical = {"slug": "deep", "display_name": "Deep", "metadata": DEEPEST}
    assert api.post("/verticals", vertical).status_code == 201
    return content(api.get("/export", with_personal_data="true"))


def right(api: Api) -> None:
    [found] = api.get("/clients").json()["results"]
    assert found["metadata"] == DEEPEST
    [method] = api.get("/payments/methods").json()["results"]
    assert method["metadata"] == DEEPEST
    assert api.get("/verticals/deep").json()["metadata"] == DEEPEST


def test_the_deepest_comes_back_by_the_api(exported: bytes) -> None:
    twin = caller(new_organization(), "admin")
    report = twin.send("POST", "/import", exported).json()
    assert report["refused"] == []
    right(twin)


def test_the_deepest_comes_back_by_the_command(exported: bytes, tmp_path: Path) -> None:
    file, twin = tmp_path / "all.json", new_organization()
    file.write_bytes(exported)
    call_command("import_platform", file, organization=twin.slug, report=tmp_path / "report.json")
    assert json.loads((tmp_path / "report.json").read_text())["refused"] == []
    right(caller(twin, "admin"))


def test_deeper_than_any_export_is_refused(organization: Organization, tmp_path: Path) -> None:
    file, api = tmp_path / "deep.json", caller(organization, "admin")
    # The document, its section and the record are three levels.
    most = settings.MAX_IMPORT_JSON_DEPTH - 3
    found = [document(clients=[client(metadata=nested(levels))]) for levels in (most, most + 1)]
    file.write_text(json.dumps(found[1]))
    refused(api.send("POST", "/import", file.read_bytes()), 400, "validation_error")
    with pytest.raises(CommandError, match="nested deeper than 60"):
        call_command("import_platform", file, organization=organization.slug)
    assert api.post("/import", found[0]).json()["imported"] == dict.fromkeys(MAKE, 1)

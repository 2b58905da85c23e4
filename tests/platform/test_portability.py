"""Export and import over HTTP: for the scope `admin`, streamed, the same journeys as the commands."""

import base64
import json
from typing import Any

import pytest

from authspine.identity.models import Organization
from authspine.kernel.crypto import Key, new_key
from tests.fixtures import new_organization
from tests.journeys.documents import bring_in, document, original, refusals, taken_out
from tests.rest import ROOT, Api, caller, content, refused


def test_everything_comes_out_and_goes_in(organization: Organization, admin: Api) -> None:
    bring_in(organization, document())
    exported = admin.get("/export", with_personal_data="true")
    assert exported.status_code == 200
    assert exported.streaming
    assert exported.headers["Content-Type"] == "application/json; charset=utf-8"
    assert exported.headers["Content-Disposition"] == f'attachment; filename="{organization.slug}.json"'
    body = content(exported)
    assert body.decode() == taken_out(organization)
    other = caller(new_organization(), "admin")
    first, second = other.send("POST", "/import", body), other.send("POST", "/import", body)
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json()["imported"] == second.json()["unchanged"]


def test_the_originals_export_goes_in(admin: Api) -> None:
    report = admin.post("/import", original())
    assert report.status_code == 200
    assert (report.json()["imported"]["clients"], len(refusals(report.json()))) == (240, 15)


def test_it_is_the_admins(reader: Api, api_client: Api) -> None:
    for api in (reader, api_client):
        refused(api.get("/export"), 403, "permission_denied")
        refused(api.post("/import", document()), 403, "permission_denied")


def test_what_is_no_export_is_refused(admin: Api) -> None:
    refused(admin.post("/import", {"people": []}), 400, "validation_error", "people")
    refused(admin.post("/import", {"format": "auth-spine", "version": 9}), 400, "validation_error", "version")
    refused(admin.post("/import", {"clients": {}}), 400, "validation_error", "clients")
    refused(admin.send("POST", "/import", json.dumps(document()).encode()[:-1]), 400, "validation_error")


def test_an_export_that_is_not_read_to_its_end_leaves_nothing_open(organization: Organization, admin: Api) -> None:
    bring_in(organization, document())
    response = admin.get("/export", with_personal_data="true")
    next(iter(response.streaming_content))
    response.close()
    assert content(admin.get("/export", with_personal_data="true")).decode() == taken_out(organization)


KEY = new_key()


def sent(key: Key) -> dict[str, str]:
    return {"Export-Key": base64.b64encode(key.secret).decode()}


def sealed(api: Api, *, headers: dict[str, str], **query: str) -> Any:
    return api.http.get(f"{ROOT}/export", query_params=query, headers=headers)


def test_sealed_it_comes_out_and_goes_in(organization: Organization, admin: Api) -> None:
    bring_in(organization, document())
    exported = sealed(admin, headers=sent(KEY))
    assert (exported.status_code, exported.streaming) == (200, True)
    body = content(exported)
    assert b"c1@example.com" not in body
    assert json.loads(body)["sealed"]["key"] == KEY.id.hex()
    twin = new_organization()
    other = caller(twin, "admin")
    report = other.send("POST", "/import", body, headers=sent(KEY)).json()
    assert (report["refused"], report["imported"]["clients"]) == ([], 1)
    assert '"c1@example.com"' in taken_out(twin)


def test_without_a_key_personal_data_have_to_be_asked_for(admin: Api) -> None:
    for answer in (admin.get("/export"), admin.get("/export", with_personal_data="false")):
        told = refused(answer, 400, "export_key_required", "Export-Key")
        assert "with_personal_data=true" in told["detail"]
    refused(sealed(admin, headers=sent(KEY), with_personal_data="true"), 400, "export_key_required", "Export-Key")
    refused(admin.get("/export", with_personal_data="yes"), 400, "validation_error", "with_personal_data")
    # In an address it would be in every log on the way.
    refused(admin.get("/export", **sent(KEY)), 400, "validation_error", "Export-Key")


@pytest.mark.parametrize("word", ["", "secret", "c2VjcmV0", "é", "A" * 44])
def test_a_key_that_is_none_is_refused_and_not_told(admin: Api, word: str) -> None:
    headers = {"Export-Key": word}
    for answer in (sealed(admin, headers=headers), admin.send("POST", "/import", document(), headers=headers)):
        told = refused(answer, 400, "validation_error", "Export-Key")
        assert not word or word not in json.dumps(told)


def test_what_is_sealed_goes_in_with_its_key_alone(organization: Organization, admin: Api) -> None:
    bring_in(organization, document())
    body, twin = content(sealed(admin, headers=sent(KEY))), new_organization()
    other, before = caller(twin, "admin"), taken_out(twin)
    for headers in ({}, sent(new_key())):
        told = refused(other.send("POST", "/import", body, headers=headers), 400, "validation_error", "Export-Key")
        assert KEY.id.hex() in told["detail"]
    assert taken_out(twin) == before

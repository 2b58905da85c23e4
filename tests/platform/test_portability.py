"""Export and import over HTTP: for the scope `admin`, streamed, the same journeys as the commands."""

import json

from authspine.identity.models import Organization
from tests.fixtures import new_organization
from tests.journeys.documents import bring_in, document, original, refusals, taken_out
from tests.rest import Api, caller, content, refused


def test_everything_comes_out_and_goes_in(organization: Organization, admin: Api) -> None:
    bring_in(organization, document())
    exported = admin.get("/export")
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
    response = admin.get("/export")
    next(iter(response.streaming_content))
    response.close()
    assert content(admin.get("/export")).decode() == taken_out(organization)

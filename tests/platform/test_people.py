"""A person's export over HTTP: for the scope `admin`, as a file, whose name says nobody's."""

from typing import Any

from authspine.kernel.ids import new_id
from tests.fixtures import Maker
from tests.rest import Api, content, refused


def test_it_is_a_file(make: Maker, admin: Api) -> None:
    client = make.client(name="Ana García")
    response = admin.get(f"/clients/{client.id}/export")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/zip"
    assert response.headers["Content-Disposition"] == f'attachment; filename="client-{client.id}.zip"'
    assert response.headers["Cache-Control"] == "no-store"
    assert content(response).startswith(b"PK")


def test_it_is_the_admins(make: Maker, reader: Api, api_client: Api) -> None:
    address = f"/clients/{make.client().id}/export"
    for api in (reader, api_client):
        refused(api.get(address), 403, "permission_denied")
    refused(Api().get(address), 401, "not_authenticated")


def test_a_stranger_is_told_of_nobody(make: Maker, stranger: Api, admin: Api) -> None:
    none = refused(admin.get(f"/clients/{new_id()}/export"), 404, "not_found")
    assert refused(stranger.get(f"/clients/{make.client().id}/export"), 404, "not_found") == none


def test_nothing_is_asked_with_it(make: Maker, admin: Api) -> None:
    refused(admin.get(f"/clients/{make.client().id}/export", format="csv"), 400, "validation_error", "format")


def test_the_schema_says_what_kind_of_file_it_is(admin: Api) -> None:
    described: Any = admin.get("/schema", format="json").json()["paths"]["/api/platform/clients/{id}/export"]["get"]
    assert list(described["responses"]["200"]["content"]) == ["application/zip"]

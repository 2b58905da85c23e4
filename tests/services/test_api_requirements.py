"""`/services/{id}/requirements`: it works; then one test per way to fail."""

from typing import Any

import pytest

from tests.admin.office import rows
from tests.fixtures import Maker, new_organization
from tests.rest import Api, refused

MISSING = "01a20714-91af-71ac-8f24-8ecdeea3c4d5"


@pytest.fixture
def path(make: Maker) -> str:
    return f"/services/{make.service().id}"


def test_it_works(api_client: Api, make: Maker, path: str) -> None:
    one, two, laser = (str(make.resource(name=name).id) for name in ("Room 1", "Room 2", "Laser"))
    wanted = {"requirements": [{"name": "room", "resources": [two, one]}, {"name": "laser", "resources": [laser]}]}
    assert api_client.get(f"{path}/requirements").json() == {"requirements": []}
    replaced = api_client.put(f"{path}/requirements", wanted)
    assert (replaced.status_code, replaced.json()) == (200, wanted)
    assert api_client.get(f"{path}/requirements").json() == wanted
    assert api_client.get(path).json()["requirements"] == wanted["requirements"]
    other: dict[str, Any] = {"requirements": [{"name": "", "resources": [laser]}]}
    assert api_client.put(f"{path}/requirements", {"requirements": [{"resources": [laser]}]}).json() == other
    assert api_client.put(f"{path}/requirements", {"requirements": []}).json() == {"requirements": []}
    found = rows(make.organization, "analytics.AnalyticsEvent")
    assert [e.data["fields"] for e in found if e.type == "service.updated"] == [["requirements"]] * 3


@pytest.mark.parametrize(
    ("requirements", "field"),
    [
        (None, "requirements"),
        ({}, "requirements"),
        ([[]], "requirements.0"),
        ([{"name": "room"}], "requirements.0.resources"),
        ([{"resources": None}], "requirements.0.resources"),
        ([{"resources": []}], "requirements.0.resources"),
        ([{"resources": ["room"]}], "requirements.0.resources.0"),
        ([{"resources": [MISSING, MISSING]}], "requirements.0.resources"),
        ([{"resources": [MISSING] * 51}], "requirements.0.resources"),
        ([{"name": "x" * 101, "resources": [MISSING]}], "requirements.0.name"),
        ([{"resources": [MISSING], "all": True}], "requirements.0.all"),
        ([{"resources": [MISSING]}] * 11, "requirements"),
    ],
)
def test_requirements_of_the_wrong_shape(api_client: Api, path: str, requirements: Any, field: str) -> None:
    sent = {"requirements": requirements}
    refused(api_client.put(f"{path}/requirements", sent), 400, "validation_error", field)


def test_a_wrong_one_leaves_those_that_were(api_client: Api, make: Maker, path: str) -> None:
    room, old = make.resource(), make.resource()
    before = {"requirements": [{"name": "room", "resources": [str(room.id)]}]}
    api_client.put(f"{path}/requirements", before)
    api_client.patch(f"/resources/{old.id}", {"active": False})
    theirs = Maker(new_organization()).resource()
    for unknown in (MISSING, str(theirs.id)):
        sent = {"requirements": [*before["requirements"], {"resources": [str(room.id), unknown]}]}
        refused(api_client.put(f"{path}/requirements", sent), 404, "not_found", "requirements.1.resources.1")
    sent = {"requirements": [{"resources": [str(old.id)]}]}
    refused(api_client.put(f"{path}/requirements", sent), 409, "resource_inactive", "requirements.0.resources.0")
    assert api_client.get(f"{path}/requirements").json() == before


def test_of_a_service_that_does_not_exist(api_client: Api) -> None:
    refused(api_client.get(f"/services/{MISSING}/requirements"), 404, "not_found")
    refused(api_client.put(f"/services/{MISSING}/requirements", {"requirements": []}), 404, "not_found")

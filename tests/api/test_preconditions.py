"""Entity tags: what is stale is not changed, what is known is not sent again, and nothing of it is passed over."""

import json
import uuid
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import RequestFactory
from django.urls import path
from drf_spectacular.generators import SchemaGenerator
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from authspine.api import preconditions
from authspine.api.fields import IdField, WholeNumberField
from authspine.api.views import ScopedViewSet
from authspine.identity import access
from authspine.identity.models import Organization
from authspine.kernel.errors import Invalid, Missing, Stale
from tests.rest import new_key

ID = uuid.UUID("01900000-0000-7000-8000-00000000abcd")
OTHER = uuid.UUID("01900000-0000-7000-8000-00000000abce")


@dataclass
class Row:
    id: uuid.UUID
    version: int
    seats: int = 1


class RowOut(Serializer[Any]):
    id = IdField()
    version = WholeNumberField()
    seats = WholeNumberField()


class Rows(ScopedViewSet):
    """Objects with a version, of which one can be changed by its readers' leave."""

    resource = "rows"
    shown_as = RowOut
    versioned = True
    if_match = frozenset({"change"})
    conditional = frozenset({"retrieve", "listing"})
    there = Row(ID, 3)
    found: Any = {"days": []}

    def retrieve(self, request: Request, id: uuid.UUID) -> Response:
        """One."""
        return self.show(self._get(id))

    def listing(self, request: Request, id: uuid.UUID) -> Response:
        """What is found."""
        return Response(self.found)

    def change(self, request: Request, id: uuid.UUID) -> Response:
        """Change it."""
        expected, row = self.if_version(id), self._get(id)
        if expected is not None and expected != row.version:  # what a journey's conditional update says
            raise Stale
        return self.show(Row(row.id, row.version + 1))

    def plain(self, request: Request, id: uuid.UUID) -> Response:
        """Change it whatever it is."""
        return self.gone()

    def current_version(self, row: uuid.UUID) -> int:
        return self._get(row).version

    def _get(self, id: uuid.UUID) -> Row:
        if id != ID:
            raise Missing
        return self.there


@pytest.fixture(autouse=True)
def in_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    verbs = ("read", "listing", "change", "plain")
    monkeypatch.setitem(access.TABLE, Rows.resource, dict.fromkeys(verbs, access.EVERYBODY))


def call(organization: Organization, method: str, action: str, id: uuid.UUID = ID, **headers: str) -> Any:
    bearer = {"Authorization": f"Bearer {new_key(organization)}"}
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    request = RequestFactory().generic(method, "/rows", headers=bearer | sent)
    response = Rows.as_view({method.lower(): action})(request, id=id)
    return response.render() if hasattr(response, "render") else response


def code(response: Any) -> tuple[int, str]:
    return response.status_code, json.loads(response.content)["code"]


def test_an_object_carries_a_strong_tag_of_its_version_id_and_bytes(organization: Organization) -> None:
    response = call(organization, "GET", "retrieve")
    assert response["ETag"] == preconditions.tag(response.content, f"3-{ID}")
    assert response["ETag"].startswith(f'"3-{ID}-')
    assert call(organization, "POST", "change")["ETag"].startswith(f'"4-{ID}-')


def test_other_bytes_have_another_tag(organization: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also of the same version: a hold that lapses reads as expired before its row follows."""
    first = call(organization, "GET", "retrieve")["ETag"]
    monkeypatch.setattr(Rows, "there", Row(ID, 3, seats=0))
    assert call(organization, "GET", "retrieve")["ETag"] != first


@pytest.mark.parametrize("action", ["retrieve", "listing"])
def test_who_has_the_bytes_gets_a_304_and_no_body(organization: Organization, action: str) -> None:
    first = call(organization, "GET", action)
    again = call(organization, "GET", action, If_None_Match=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    assert again["Cache-Control"] == first["Cache-Control"] == "no-store"
    assert "Content-Type" not in again


@pytest.mark.parametrize("known", ["W/{}", '"x", {}', '{},"y"', "*", ', {} , "z"'])
def test_if_none_match_compares_weakly_and_takes_several(organization: Organization, known: str) -> None:
    first = call(organization, "GET", "listing")
    assert call(organization, "GET", "listing", If_None_Match=known.format(first["ETag"])).status_code == 304


def test_who_has_other_bytes_gets_all(organization: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    first = call(organization, "GET", "listing")
    monkeypatch.setattr(Rows, "found", {"days": ["2026-12-01"]})
    again = call(organization, "GET", "listing", If_None_Match=first["ETag"])
    assert (again.status_code, json.loads(again.content)) == (200, {"days": ["2026-12-01"]})
    assert again["ETag"] != first["ETag"]


def test_a_refusal_carries_no_tag_and_is_never_a_304(organization: Organization) -> None:
    response = call(organization, "GET", "retrieve", OTHER, If_None_Match="*")
    assert code(response) == (404, "not_found")
    assert "ETag" not in response


def mine(*versions: int) -> str:
    return ", ".join(f'"{version}-{ID}"' for version in versions)


@pytest.mark.parametrize(
    "tags",
    ["*", " * ", mine(3), mine(2, 3), mine(3, 2, 4), f'"x", {mine(3)}', f'"3-{ID}-0123456789abcdef"', f"{mine(3)},"],
)
def test_if_match_lets_the_version_through_that_is_there(organization: Organization, tags: str) -> None:
    assert call(organization, "POST", "change", If_Match=tags).status_code == 200


def test_what_a_read_gave_lets_a_change_through(organization: Organization) -> None:
    read = call(organization, "GET", "retrieve")["ETag"]
    assert call(organization, "POST", "change", If_Match=read).status_code == 200


@pytest.mark.parametrize(
    "tags",
    [
        mine(2),
        mine(4),
        mine(2, 4),
        f"W/{mine(3)}",
        f'"3-{OTHER}"',
        f'"3-{ID}-"',
        f'"3-{ID}-not-of-ours"',
        f'"03-{ID}"',
        f'"3-{ID}-ABC"',
        f'"{10**30}-{ID}"',
        f'"3-{str(ID).upper()}"',
        '""',
        '"x"',
    ],
)
def test_if_match_refuses_every_other(organization: Organization, tags: str) -> None:
    assert code(call(organization, "POST", "change", If_Match=tags)) == (412, "precondition_failed")


@pytest.mark.parametrize("tags", ["*", mine(1), '"x"'])
def test_what_is_not_there_is_a_404_whatever_is_expected(organization: Organization, tags: str) -> None:
    assert code(call(organization, "POST", "change", OTHER, If_Match=tags)) == (404, "not_found")


GARBAGE = ["", " ", "3", f"3-{ID}", '"a', 'a"', '"a" "b"', '"a";"b"', '*, "a"', "W/*", 'w/"a"', '"a b"', '"\x7f"', ","]


@pytest.mark.parametrize("tags", [*GARBAGE, '"' + "a" * preconditions.LONGEST + '"'])
def test_garbage_is_a_400(organization: Organization, tags: str) -> None:
    assert code(call(organization, "POST", "change", If_Match=tags)) == (400, "validation_error")
    assert code(call(organization, "GET", "retrieve", If_None_Match=tags)) == (400, "validation_error")


@pytest.mark.parametrize(
    ("action", "header"), [("plain", "If_Match"), ("plain", "If_None_Match"), ("change", "If_None_Match")]
)
def test_a_precondition_of_a_write_is_never_passed_over(organization: Organization, action: str, header: str) -> None:
    assert code(call(organization, "POST", action, ID, **{header: "*"})) == (400, "validation_error")


def test_a_read_that_knows_no_tags_ignores_them(organization: Organization) -> None:
    assert call(organization, "GET", "change", If_None_Match="*", If_Match="*").status_code == 200


def test_the_version_is_looked_up_where_one_of_several_will_do_and_nowhere_else() -> None:
    def sent(tags: str) -> Request:
        return Request(RequestFactory().post("/", headers={"If-Match": tags}))

    def never() -> int:
        raise AssertionError("was asked")

    assert preconditions.expected_version(sent(mine(3)), ID, current=never) == 3
    assert preconditions.expected_version(sent(mine(3, 3)), ID, current=never) == 3
    assert preconditions.expected_version(sent(mine(3, 4)), ID, current=lambda: 4) == 4
    assert preconditions.expected_version(sent(mine(3, 4)), ID, current=lambda: 5) == preconditions.NEVER
    with pytest.raises(Invalid):
        preconditions.expected_version(sent("3"), ID, current=never)


def test_the_description_has_headers_and_statuses_where_they_are_declared() -> None:
    routes = [path("rows/<uuid:id>", Rows.as_view({"get": "retrieve", "post": "change", "delete": "plain"}))]
    described = SchemaGenerator(patterns=routes).get_schema(request=None, public=True)["paths"]["/rows/{id}"]
    headers = {
        method: [one["name"] for one in described[method]["parameters"] if one["in"] == "header"]
        for method in described
    }
    assert headers == {"get": ["If-None-Match"], "post": ["Idempotency-Key", "If-Match"], "delete": []}
    assert [sorted(described[method]["responses"]) for method in ("get", "post")] == [
        ["200", "304", "400", "401", "403", "404", "429", "503"],
        ["200", "400", "401", "403", "404", "409", "412", "413", "415", "422", "429", "503"],
    ]
    assert "412" not in described["delete"]["responses"]
    assert "ETag" in described["get"]["responses"]["200"]["headers"]
    assert "content" not in described["get"]["responses"]["304"]

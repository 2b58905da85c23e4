"""Keys over HTTP: several live at once, changed without a gap, and never of more scope than their maker's."""

import ast
import inspect
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from authspine.identity import actions as identity_actions
from authspine.identity import queries as identity_queries
from authspine.identity.models import ApiKey, Organization
from authspine.kernel import clock
from authspine.kernel.ids import new_id
from authspine.kernel.times import parse_instant
from authspine.platform.api import keys as keys_api
from tests.fixtures import new_organization
from tests.rest import Api, caller, refused


def made(admin: Api, **asked: Any) -> Any:
    response = admin.post("/keys", {"scope": "write", **asked})
    assert response.status_code == 201, response.content
    return response.json()


def works(text: str) -> bool:
    status = Api(text).get("/clients").status_code
    assert status in (200, 401)
    return bool(status == 200)


def test_a_key_is_made_and_its_text_shown_once(admin: Api, organization: Organization) -> None:
    response = admin.post("/keys", {"scope": "read", "name": "Website", "expires_at": "2030-01-01T00:00:00Z"})
    key = response.json()
    assert works(key.pop("key"))
    assert admin.follow(response["Location"]).json() == key | {"last_used_at": None} | seen(key, admin)
    assert (key["name"], key["scope"], key["expires_at"]) == ("Website", "read", "2030-01-01T00:00:00+00:00")
    assert not [name for name in key if name in ("digest", "key", "text")]
    assert key["id"] in [one["id"] for one in admin.get("/keys").json()["results"]]


def seen(key: Any, admin: Api) -> dict[str, Any]:
    """When a key was used is noted with its use."""
    return {"last_used_at": admin.get(f"/keys/{key['id']}").json()["last_used_at"]}


def test_the_last_use_is_shown(admin: Api) -> None:
    key = made(admin)
    assert key["last_used_at"] is None
    assert works(key["key"])
    used = parse_instant(admin.get(f"/keys/{key['id']}").json()["last_used_at"])
    assert abs(clock.now() - used) < timedelta(minutes=2)


def test_after_a_rotation_two_keys_live_until_the_overlap_is_over(admin: Api) -> None:
    old = made(admin, name="Website", scope="read")
    new = admin.post(f"/keys/{old['id']}/rotate", {"overlap_minutes": 60}).json()
    assert (new["name"], new["scope"], new["replaces"]) == ("Website", "read", old["id"])
    assert works(old["key"])
    assert works(new["key"])
    ends = parse_instant(admin.get(f"/keys/{old['id']}").json()["expires_at"])
    assert abs(ends - clock.now() - timedelta(hours=1)) < timedelta(minutes=1)
    ApiKey.objects.filter(id=old["id"]).update(expires_at=clock.now())
    assert not works(old["key"])
    assert works(new["key"])


def test_without_an_overlap_the_old_key_ends_at_once(admin: Api) -> None:
    old = made(admin)
    new = admin.post(f"/keys/{old['id']}/rotate", {"overlap_minutes": 0}).json()
    assert not works(old["key"])
    assert works(new["key"])


def test_an_overlap_lengthens_no_key(admin: Api) -> None:
    soon = clock.now() + timedelta(minutes=5)
    old = made(admin, expires_at=soon.isoformat())
    assert admin.post(f"/keys/{old['id']}/rotate", {"overlap_minutes": 600}).status_code == 201
    assert parse_instant(admin.get(f"/keys/{old['id']}").json()["expires_at"]) == soon


@pytest.mark.parametrize("asked", [{}, {"expires_at": None}])
def test_a_successor_ends_when_the_old_key_was_to_end(admin: Api, asked: dict[str, Any]) -> None:
    ends = (clock.now() + timedelta(days=1)).isoformat()
    old = made(admin, expires_at=ends)
    assert admin.post(f"/keys/{old['id']}/rotate", {"overlap_minutes": 5} | asked).json()["expires_at"] == ends


def test_a_successor_has_the_end_that_is_asked_for(admin: Api) -> None:
    now = clock.now()
    old = made(admin, expires_at=(now + timedelta(days=1)).isoformat())
    later = (now + timedelta(days=2)).isoformat()
    assert admin.post(f"/keys/{old['id']}/rotate", {"expires_at": later}).json()["expires_at"] == later


@pytest.mark.parametrize("path", ["/keys", "/keys/{own}/rotate", "/keys/{endless}/rotate"])
def test_a_key_with_an_end_makes_none_that_ends_later(admin: Api, path: str) -> None:
    ends = clock.now() + timedelta(minutes=5)
    own = made(admin, scope="admin", expires_at=ends.isoformat())
    path = path.format(own=own["id"], endless=made(admin)["id"])
    asked = {"scope": "read"} if path == "/keys" else {}
    late = asked | {"expires_at": (ends + timedelta(seconds=1)).isoformat()}
    refused(Api(own["key"]).post(path, late), 403, "more_than_own", "expires_at")
    response = Api(own["key"]).post(path, asked)
    assert (response.status_code, parse_instant(response.json()["expires_at"])) == (201, ends)


def test_a_key_with_an_end_makes_one_that_ends_sooner(admin: Api) -> None:
    now = clock.now()
    own = made(admin, scope="admin", expires_at=(now + timedelta(hours=2)).isoformat())
    sooner = (now + timedelta(hours=1)).isoformat()
    key = made(Api(own["key"]), expires_at=sooner)
    assert key["expires_at"] == sooner
    assert Api(own["key"]).post(f"/keys/{key['id']}/rotate").json()["expires_at"] == sooner


def test_a_key_has_one_successor(admin: Api) -> None:
    old = made(admin)
    assert admin.post(f"/keys/{old['id']}/rotate").status_code == 201
    refused(admin.post(f"/keys/{old['id']}/rotate"), 409, "key_rotated")


@pytest.mark.parametrize("over", ["revoked", "expired"])
def test_what_is_over_is_not_rotated(admin: Api, over: str) -> None:
    old = made(admin)
    if over == "revoked":
        assert admin.delete(f"/keys/{old['id']}").status_code == 204
    else:
        ApiKey.objects.filter(id=old["id"]).update(expires_at=clock.now())
    refused(admin.post(f"/keys/{old['id']}/rotate"), 409, "key_not_live")


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({}, "scope"),
        ({"scope": "root"}, "scope"),
        ({"scope": "read", "digest": "0" * 64}, "digest"),
        ({"scope": "read", "organization": str(new_id())}, "organization"),
        ({"scope": "read", "expires_at": "tomorrow"}, "expires_at"),
    ],
)
def test_a_wrong_key_is_refused(admin: Api, asked: dict[str, Any], field: str) -> None:
    assert [fault["field"] for fault in admin.post("/keys", asked).json()["errors"]] == [field]


def test_e14_a_key_makes_none_that_may_more(organization: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only an admin's key makes keys at all; were another to be let in, it would get no further."""
    for scope in ("read", "write"):
        refused(caller(organization, scope).post("/keys", {"scope": "read"}), 403, "permission_denied")
    monkeypatch.setattr(keys_api.KeyViewSet, "permission_classes", [])
    key, _ = identity_actions.create_api_key(organization, scope="admin")
    writer = caller(organization, "write")
    refused(writer.post("/keys", {"scope": "admin"}), 403, "more_than_own", "scope")
    refused(writer.post(f"/keys/{key.id}/rotate"), 403, "more_than_own", "scope")
    assert writer.post("/keys", {"scope": "write"}).status_code == 201


def test_e14_a_key_that_is_over_or_not_quite_right_is_nobodys(admin: Api) -> None:
    key = made(admin)
    text = key["key"]
    mark, prefix, secret = text.split("_", 2)
    for wrong in (
        f"{mark}_{prefix}_{'x' * len(secret)}",  # the prefix is right
        f"{mark}_{prefix}_",
        f"{mark}_{prefix}_{secret}x",
        f"{mark}_{prefix}_{secret[:-1]}",
        f"{mark}_{'0' * len(prefix)}_{secret}",
        text.swapcase(),
    ):
        refused(Api(wrong).get("/clients"), 401, "not_authenticated")
    assert admin.delete(f"/keys/{key['id']}").status_code == 204
    refused(Api(text).get("/clients"), 401, "not_authenticated")


def test_e14_a_wrong_scope_and_another_organization_see_nothing(admin: Api, organization: Organization) -> None:
    key = made(admin)
    refused(caller(organization, "write").get("/keys"), 403, "permission_denied")
    other = caller(new_organization(), "admin")
    for response in (
        other.get(f"/keys/{key['id']}"),
        other.delete(f"/keys/{key['id']}"),
        other.post(f"/keys/{key['id']}/rotate"),
    ):
        assert response.json() == other.get(f"/keys/{new_id()}").json()
        assert response.status_code == 404
    assert key["id"] not in other.get("/keys").content.decode()
    assert works(key["key"])


def test_e14_the_secret_is_compared_in_constant_time() -> None:
    """Read in the code: a clock would tell the machine's other guests."""
    called = {
        ast.unparse(node.func)
        for node in ast.walk(ast.parse(inspect.getsource(identity_queries.live_key)))
        if isinstance(node, ast.Call)
    }
    assert "hmac.compare_digest" in called
    source = Path(inspect.getfile(identity_queries)).read_text()
    assert "digest ==" not in source
    assert "digest !=" not in source


@pytest.mark.parametrize("path", ["/keys", "/keys/{id}/rotate"])
def test_an_answer_with_a_secret_is_kept_under_no_key(admin: Api, path: str) -> None:
    key = made(admin)
    response = admin.post(path.format(id=key["id"]), {"scope": "read"} if path == "/keys" else {}, key="once")
    refused(response, 400, "idempotency_key_not_taken", "Idempotency-Key")

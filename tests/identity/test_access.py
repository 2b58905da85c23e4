"""The permission table: whatever does not stand in it is denied, and nothing makes it say more."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authspine.identity import access
from authspine.identity.access import ADMIN_KEY, CLIENT, EVERYBODY, KEYS, OWNER, PROFESSIONAL, ROLES, TABLE, may
from authspine.identity.models import ApiKey, Membership

LINES = [(resource, verb) for resource, verbs in TABLE.items() for verb in verbs]
ONLY_ADMINS = ("keys", "members", "settings", "export", "import", "audit", "erasures", "requests")


def anything() -> st.SearchStrategy[object]:
    return st.one_of(
        st.none(), st.text(), st.integers(), st.binary(), st.lists(st.text()), st.dictionaries(st.text(), st.text())
    )


@given(who=anything() | st.sampled_from(sorted(EVERYBODY)), resource=anything(), verb=anything())
def test_e19_what_the_table_does_not_know_is_denied(who: object, resource: object, verb: object) -> None:
    known = isinstance(resource, str) and isinstance(verb, str) and (resource, verb) in LINES
    if not known:
        assert not may(who, resource, verb)


@given(who=anything())
def test_e19_an_unknown_role_may_nothing(who: object) -> None:
    if not (isinstance(who, str) and who in EVERYBODY):
        assert not any(may(who, resource, verb) for resource, verb in LINES)


@pytest.mark.parametrize("who", ["", "admin ", "Owner", "superadmin", "read", "write key ", "*", "owner admin"])
def test_e19_a_role_is_no_part_of_another(who: str) -> None:
    assert not any(may(who, resource, verb) for resource, verb in LINES)


def test_e19_an_empty_set_is_a_denial(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of no verb none is allowed, and an empty set of those who may lets nobody in."""
    monkeypatch.setitem(TABLE, "empty", {"read": frozenset()})
    monkeypatch.setitem(TABLE, "none", {})
    assert not any(may(who, resource, "read") for who in EVERYBODY for resource in ("empty", "none"))
    assert not access.may_any(OWNER, "bookings", [])


@pytest.mark.parametrize("broken", [None, 1, ["owner"], {"read": None}, {"read": 7}])
def test_e19_a_table_that_is_broken_denies(monkeypatch: pytest.MonkeyPatch, broken: object) -> None:
    monkeypatch.setitem(TABLE, "broken", broken)
    assert not any(may(who, "broken", "read") for who in EVERYBODY)


def test_e19_an_exception_on_the_way_is_a_denial(monkeypatch: pytest.MonkeyPatch) -> None:
    class Failing(dict[str, object]):
        def __getitem__(self, key: str) -> object:
            raise RuntimeError("a fault of the program")

    monkeypatch.setattr(access, "TABLE", Failing(TABLE))
    assert not any(may(who, resource, verb) for who in EVERYBODY for resource, verb in LINES[:5])


def test_everybody_who_exists_has_a_column() -> None:
    assert set(Membership.Role.values) | {CLIENT} == set(ROLES)
    assert [access.key_of(scope) for scope in ApiKey.Scope.values] == list(KEYS)
    for resource, verbs in TABLE.items():
        for verb, who in verbs.items():
            assert who <= EVERYBODY, (resource, verb)
            assert OWNER in who, (resource, verb)


@pytest.mark.parametrize("resource", ONLY_ADMINS)
def test_what_runs_the_organization_is_the_owners_and_admins(resource: str) -> None:
    for verb, who in TABLE[resource].items():
        assert who <= {"owner", "admin", ADMIN_KEY}, verb
    assert TABLE["members"]["make_owner"] == {"owner"}
    assert TABLE["clients"]["erase"] == TABLE["professionals"]["erase"] == {"owner", "admin", ADMIN_KEY}
    assert TABLE["verticals"]["change"] == {"owner", "admin", ADMIN_KEY}


def test_a_readonly_member_and_a_reading_key_only_read() -> None:
    for resource, verb in LINES:
        if verb not in ("read", "export"):
            assert not may("readonly", resource, verb)
            assert not may("read key", resource, verb)


def test_each_scope_of_keys_contains_the_ones_before_it() -> None:
    lesser, middle, most = ({line for line in LINES if may(key, *line)} for key in KEYS)
    assert lesser < middle < most


def test_a_client_has_their_booking_and_nothing_else() -> None:
    assert {line for line in LINES if may(CLIENT, *line)} == {
        ("availability", "read"),
        ("bookings", "read"),
        ("bookings", "cancel"),
        ("bookings", "reschedule"),
        ("answers", "read"),
        ("answers", "change"),
    }


def test_a_professional_sees_neither_reports_nor_the_ledger() -> None:
    for resource in ("reports", "ledger", "events", "payment_methods", "keys", "status", "alerts", "export"):
        assert access.verbs_of(PROFESSIONAL, resource) == []


@pytest.mark.parametrize(
    ("who", "scopes"),
    [
        ("owner", ["read", "write", "admin"]),
        ("admin", ["read", "write", "admin"]),
        ("admin key", ["read", "write", "admin"]),
        ("staff", ["read", "write"]),
        ("write key", ["read", "write"]),
        ("readonly", ["read"]),
        ("read key", ["read"]),
        ("professional", []),
        ("client", []),
        ("", []),
    ],
)
def test_nobody_hands_on_more_than_they_have(who: str, scopes: list[str]) -> None:
    assert [scope for scope in (*access.SCOPES, "", "root") if access.covers(who, scope)] == scopes

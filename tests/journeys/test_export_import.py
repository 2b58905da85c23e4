"""Export and import: the same platform again, the original's export, and a second time nothing."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, connections

from analytics.models import AnalyticsEvent
from authspine.identity.models import Organization, User
from authspine.kernel import strict_json
from authspine.kernel.actor import SYSTEM
from authspine.kernel.crypto import Key, new_key
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import bookings, exporting
from bookings.models import Booking
from clients.models import Client
from professionals.models import Professional, WorkingHours
from tests import databases
from tests.fixtures import new_organization
from tests.journeys import worlds
from tests.journeys.documents import MAKE, answer, bring_in, copy, document, original, refusals, taken_out


@contextmanager
def another_installation() -> Iterator[None]:
    """A second database, empty, as long as this lasts."""
    first = str(connections["default"].settings_dict["NAME"])
    second = databases.make(f"{first.rsplit('_', 1)[-1]}_second")
    try:
        yield
    finally:
        databases.drop(second)
        databases.use(first)


def rows(organization: Organization) -> Counter[str]:
    """How many rows of each kind an organization has."""
    with organization_scope(organization, SYSTEM):
        models = (Client, Professional, WorkingHours, Booking, AnalyticsEvent)
        return Counter({model.__name__: model.objects.count() for model in models})


def test_an_empty_installation_becomes_the_same_platform() -> None:
    organization = new_organization(timezone="Europe/Berlin")
    worlds.live(organization)
    first = taken_out(organization)
    assert taken_out(organization) == first
    assert {"held", "expired", "no_show"} <= {booking["status"] for booking in strict_json.loads(first)["bookings"]}
    with another_installation():
        twin = new_organization(currency="EUR")
        report = bring_in(twin, strict_json.loads(first))
        second, there = taken_out(twin), worlds.occupied(twin)
        again = bring_in(twin, strict_json.loads(first))
    assert report["refused"] == again["refused"] == []
    assert second == first
    with organization_scope(organization, SYSTEM):
        bookings.expire_lapsed()  # which the export has told already
    assert there == worlds.occupied(organization)
    assert again["unchanged"] == report["imported"]
    assert sum(again["imported"].values()) == 0


@pytest.mark.parametrize("key", [None, new_key()], ids=["in clear", "sealed"])
def test_every_column_comes_over(key: Key | None) -> None:
    """An export that forgot a column would still equal the next one."""
    organization = new_organization()
    worlds.live(organization)
    with organization_scope(organization, SYSTEM):
        bookings.expire_lapsed()
        AnalyticsEvent.objects.filter(type="platform.data_imported").delete()
    here, exported = worlds.stored(organization), taken_out(organization, key=key)
    assert all(here.values()), "a kind without any row proves nothing"
    with another_installation():
        twin = new_organization()
        bring_in(twin, strict_json.loads(exported), key=key)
        with organization_scope(twin, SYSTEM):
            AnalyticsEvent.objects.filter(type="platform.data_imported").delete()
        there = worlds.stored(twin)
    assert there == here


def test_an_export_sees_one_moment(organization: Organization) -> None:
    bring_in(organization, original())
    before = taken_out(organization)
    pieces = exporting.export(organization, SYSTEM, key=None)
    first = next(pieces)
    assert len(first) < len(before) / 2

    def work() -> None:
        try:
            bring_in(organization, document())
        finally:
            connection.close()  # back to the pool: a thread that ends does not do it

    other = threading.Thread(target=work)
    other.start()
    other.join()
    assert first + "".join(pieces) == before
    assert len(taken_out(organization)) > len(before)


def test_the_originals_export_comes_in_as_its_answer_says(organization: Organization) -> None:
    found, expected = original(), answer()
    report = bring_in(organization, found)
    assert {kind: count for kind, count in report["imported"].items() if kind != "verticals"} == expected["imported"]
    told = Counter((entry["kind"], entry["id"], entry["code"]) for entry in expected["refused"])
    assert Counter(refusals(report)) == told
    refused = {id for _, id, _ in refusals(report)}
    came_in = [booking for booking in found["bookings"] if booking["id"] not in refused]
    assert Counter(booking["status"] for booking in came_in) == expected["source_statuses"]
    with organization_scope(organization, SYSTEM):
        statuses = Counter(booking.public_status for booking in Booking.objects.all())
    # Its holds ran out long ago.
    expected["source_statuses"]["expired"] = expected["source_statuses"].pop("held")
    assert statuses == expected["source_statuses"]


def test_a_second_import_of_the_original_adds_nothing(organization: Organization) -> None:
    first = bring_in(organization, original())
    before, exported = rows(organization), taken_out(organization)
    second = bring_in(organization, original())
    assert sum(second["imported"].values()) == 0
    assert {**second["unchanged"], "verticals": 0} == {**first["imported"], "verticals": 0}
    assert second["refused"] == first["refused"]
    assert rows(organization) == before
    assert taken_out(organization) == exported


def test_what_the_original_told_is_here(organization: Organization) -> None:
    bring_in(organization, original())
    with organization_scope(organization, SYSTEM):
        client = Client.objects.get(external_id="client_1790000000037_1")
        assert (client.name, client.email, client.phone) == ("Óscar 佐藤", "ryooqsg0@example.com", "+15405809747")
        assert client.preferences == {"language": "de", "sms": False}
        assert User.objects.get_by_natural_key(client.email).id == client.user_id
        pro = Professional.objects.get(external_id="pro_1790000008917_241")
        assert (pro.years_of_experience, pro.metadata, pro.vertical.slug) == (9, {"yearsExp": 9}, "fitness")
        assert pro.working_hours.count() == 5
        booking = Booking.objects.get(external_id="booking_1790000011322_306")
        assert booking.session.starts_at.isoformat() == "2026-09-03T09:00:00+00:00"
        assert (booking.total_cents, booking.currency, booking.client.external_id) == (
            6299, "USD", "client_1790000002775_75",
        )  # fmt: skip
        event = AnalyticsEvent.objects.get(external_id="event_1790000045177_1221")
        assert event.user == booking.client_id
        assert event.data == {
            "bookingId": str(booking.id),
            "professionalId": str(booking.session.professional_id),
            "serviceId": str(booking.session.service_id),
            "amount": 6299,
        }


def test_an_import_is_one_event(organization: Organization) -> None:
    bring_in(organization, document())
    bring_in(organization, document())
    with organization_scope(organization, SYSTEM):
        events = AnalyticsEvent.objects.order_by("created_at").values_list("type", "data")
        counts = dict.fromkeys(MAKE, 1)
        assert sorted(events) == [
            ("newsletter.opened", {}),
            ("platform.data_imported", counts),
            ("platform.initialized", AnalyticsEvent.objects.get(type="platform.initialized").data),
        ]
    assert "data_imported" not in taken_out(organization)


def test_another_organization_gets_rows_of_its_own_once(organization: Organization) -> None:
    worlds.live(organization)
    source, before = copy(organization), taken_out(organization)
    other = new_organization()
    first, second = bring_in(other, source), bring_in(other, source)
    assert first["refused"] == second["refused"] == []
    assert first["imported"] == second["unchanged"]
    assert sum(second["imported"].values()) == 0
    assert taken_out(organization) == before
    there = copy(other)
    for kind in MAKE:
        assert not {record["id"] for record in source[kind]} & {record["id"] for record in there[kind]}
        assert len(there[kind]) == len(source[kind])
    # What was written by hand in the data of a custom event is nobody's id.
    [event] = [event for event in there["events"] if event["session_id"] == "s1"]
    assert event["data"] == {"bookingId": "mine", "π": 3.14}


def test_references_follow_to_the_new_ids(organization: Organization) -> None:
    worlds.live(organization)
    other = new_organization()
    bring_in(other, copy(organization))
    here, there = copy(organization), copy(other)
    # The same order of creation, so the records stand side by side.
    new = {old["id"]: record["id"] for kind in here for old, record in _pairs(here, there, kind)}
    for kind, field in (
        ("bookings", "client"),
        ("bookings", "service"),
        ("payments", "booking"),
        ("refunds", "intent"),
    ):
        pairs = _pairs(here, there, kind)
        assert [new[old[field]] for old, _ in pairs] == [record[field] for _, record in pairs]
    for old, record in _pairs(here, there, "services"):
        people, resources = (
            [[offer["professional"] for offer in found["offers"]] for found in (old, record)],
            [[need["resources"] for need in found["requirements"]] for found in (old, record)],
        )
        assert [new[one] for one in people[0]] == people[1]
        assert [[new[one] for one in needed] for needed in resources[0]] == resources[1]
    for old, event in _pairs(here, there, "events"):
        if old["type"].startswith(("booking.", "payment.", "service.", "resource.")):
            assert event["user"] == (new[old["user"]] if old["user"] else None)
            named = {name: id for name, id in old["data"].items() if name.endswith("Id")}
            assert named
            assert {name: event["data"][name] for name in named} == {name: new[id] for name, id in named.items()}


def _pairs(here: dict[str, Any], there: dict[str, Any], kind: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    if not isinstance(here[kind], list):
        return []
    return list(zip(*(sorted(found[kind], key=_creation) for found in (here, there)), strict=True))


def _creation(record: dict[str, Any]) -> tuple[str, str]:
    return record["created_at"], record.get("type", "")

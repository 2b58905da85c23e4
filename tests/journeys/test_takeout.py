"""A person's export: everything about them and nothing about anybody else, whatever columns there will be."""

import io
import json
import uuid
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, connections, models, transaction
from django.test.utils import CaptureQueriesContext

from analytics import actions as event_actions
from analytics.models import AnalyticsEvent
from authspine.api import takeouts
from authspine.identity.models import Organization, User
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import clients, takeout
from authspine.orchestrator.takeout import rows
from authspine.privacy import tagging
from bookings.models import Booking
from clients.errors import ClientNotFound
from clients.models import Client
from payments.models import PaymentIntent, RefundRequest
from tests.factories import hour
from tests.fixtures import Maker, new_organization
from tests.journeys import worlds
from tests.rest import Api, caller, content, refused

type Canaries = dict[UUID, dict[str, str]]


def files(response: Any) -> tuple[str, str]:
    """What is in the zip: for programs and for people."""
    assert response.status_code == 200, response.content
    with zipfile.ZipFile(io.BytesIO(content(response))) as archive:
        assert archive.namelist() == ["person.json", "person.html"]
        return archive.read("person.json").decode(), archive.read("person.html").decode()


def document(api: Api, client: UUID) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files(api.get(f"/clients/{client}/export"))[0])
    return found


def told_columns() -> set[str]:
    """Every personal column of every table that is about clients, from the models themselves."""
    return {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if tagging.is_told(model)
        for field in tagging.personal(model)
    }


def lived(organization: Organization) -> None:
    """Somebody has done everything here that can be told of a client."""
    worlds.live(organization)
    with organization_scope(organization, SYSTEM):
        for intent in PaymentIntent.objects.filter(status="succeeded"):
            RefundRequest.objects.create(
                intent=intent, amount_cents=100, currency=intent.currency, requested_by="user:1"
            )


def canary(field: Any, number: int) -> Any:
    """A value that is nowhere else, as this column may have it: no id has a z in it."""
    mark = f"z{number:03d}"
    if getattr(field, "max_length", None) == len(mark):
        return mark
    if isinstance(field, models.JSONField) or field.get_default() == {}:
        return {"deep": [{"er": f"canary {mark}"}]}
    return f"{mark}@example.com" if "mail" in str(field.description) else f"canary-{mark}"


def marks(value: Any) -> str:
    """What to look for: the canary without what is around it."""
    text = json.dumps(value)
    at = text.index("z")
    return text[at : at + 4]


def planted(organization: Organization, numbers: Iterator[int]) -> Canaries:
    """Canaries in every personal column of every row about a client. The login is shared with others: it stays."""
    found: Canaries = defaultdict(dict)
    with organization_scope(organization, SYSTEM):
        people = {client.id: client for client in Client.objects.select_related("user")}
        of_login = {client.user_id: client.id for client in people.values()}
        for client in people.values():
            assert client.user
            found[client.id]["identity.User.email"] = client.user.email
        for model in [m for m in apps.get_models() if tagging.is_told(m) and m is not User]:
            for pk, about in model._default_manager.values_list("pk", tagging.of_client(model)):
                client_id = of_login.get(about, about)
                if client_id in people:
                    for field, value in _planted(model, pk, numbers):
                        found[client_id][f"{model._meta.label}.{field} {pk}"] = marks(value)
    return found


def _planted(model: Any, pk: Any, numbers: Iterator[int]) -> Iterator[tuple[str, Any]]:
    for field in tagging.personal(model):
        row, value = model._default_manager.get(pk=pk), canary(field, next(numbers))
        setattr(row, field.name, value)
        if _is_stored(row, field.name):
            yield field.name, value


def _is_stored(row: Any, name: str) -> bool:
    """Not every row may have everything: who has not cancelled has no reason for it."""
    try:
        with transaction.atomic():
            row.save(update_fields=[name])
    except IntegrityError:
        return False
    return True


def test_f7_everything_of_a_person_and_of_nobody_else(organization: Organization, admin: Api) -> None:
    """Canaries in every personal column, from the tags; a new column is in the export, or fails this."""
    other, numbers = new_organization(), count(100)
    for each in (organization, other):
        lived(each)
    here, there = planted(organization, numbers), planted(other, numbers)
    columns = {where.partition(" ")[0] for canaries in here.values() for where in canaries}
    assert columns == told_columns(), "a column without a canary proves nothing"
    theirs = {mark for canaries in there.values() for where, mark in canaries.items() if "User" not in where}
    kinds = set()
    for client, canaries in here.items():
        others = {mark for who, found in here.items() if who != client for mark in found.values()} - {
            *canaries.values()
        }
        as_json, page = files(admin.get(f"/clients/{client}/export"))
        for text in (as_json, page):
            assert {where: mark for where, mark in canaries.items() if mark not in text} == {}
            assert [mark for mark in others | theirs if mark in text] == []
        kinds |= {name for name, records in json.loads(as_json).items() if isinstance(records, list) and records}
    assert kinds == {rows.name_of(model) for model in rows.told()}, "a kind without any row proves nothing"


def test_f7_what_is_hidden_and_who_else_it_was_stays_here(organization: Organization, admin: Api) -> None:
    lived(organization)
    with organization_scope(organization, SYSTEM):
        client = Booking.objects.exclude(client__deleted_at=None).first() or Booking.objects.all()[0]
        row = client.client
        tokens, key = row.tokens, row.data_key
    found = document(admin, row.id)
    assert not {"data_key", "email_key", "tokens", "password"} & {*found["record"][0], *found["login"][0]}
    assert found["login"] == [{"email": row.user.email}]
    text = json.dumps(found)
    assert str(tokens[0]) not in text
    assert bytes(key).hex() not in text


def test_what_a_booking_is_of_is_told_with_it(make: Maker, admin: Api) -> None:
    booking = make.booking(notes="Window seat")
    (found,) = document(admin, booking.client_id)["bookings"]
    assert (
        found
        | {
            "service": "Consultation",
            "professional": "Pro Mann",
            "status": "held",
            "starts_at": booking.session.starts_at.isoformat(),
            "total": {"amount_cents": 7500, "currency": "USD"},
            "notes": "Window seat",
            "location": None,
        }
        == found
    )


def test_who_acted_is_told_as_a_kind_of_caller(make: Maker, admin: Api) -> None:
    booking = make.booking()
    admin.post(f"/bookings/{booking.id}/cancel", {"reason": "Ill"})
    found = document(admin, booking.client_id)
    assert (found["bookings"][0]["cancelled_by"], found["bookings"][0]["cancellation_reason"]) == ("key", "Ill")
    assert {event["actor"] for event in found["events"]} == {"system", "key"}


def test_f8_who_is_known_in_two_organizations_has_two_exports(make: Maker, admin: Api) -> None:
    """One login, and nothing of what the one knows in the file of the other."""
    email = f"two{uuid.uuid4().hex}@example.com"
    mine = make.client(email=email, name="Ana", notes="Here only")
    elsewhere = Maker(new_organization())
    theirs = elsewhere.client(email=email, name="Ann", notes="Only there")
    elsewhere.booking(client=theirs, notes="Booked there too")
    assert mine.user_id == theirs.user_id
    stranger = caller(elsewhere.organization, "admin")
    here, there = document(admin, mine.id), document(stranger, theirs.id)
    assert (here["record"][0]["notes"], there["record"][0]["notes"]) == ("Here only", "Only there")
    assert (len(here["bookings"]), len(there["bookings"])) == (0, 1)
    assert here["login"] == there["login"] == [{"email": email}]
    assert not [word for word in ("Ann", "there", str(theirs.id)) if word in json.dumps(here)]
    assert not [word for word in ("Ana", "Here", str(mine.id)) if word in json.dumps(there)]
    refused(admin.get(f"/clients/{theirs.id}/export"), 404, "not_found")


def test_f9_there_is_no_link_to_an_export(make: Maker, admin: Api) -> None:
    """It is had by who may, signing in each time, and each time is an event; so no address can leak or must expire."""
    client = make.client()
    address = f"/clients/{client.id}/export"
    refused(Api().get(address), 401, "not_authenticated")
    for scope in ("read", "write"):
        refused(caller(make.organization, scope).get(address), 403, "permission_denied")
    assert _exports(make.organization) == []
    for _ in range(2):
        response = admin.get(address)
        assert not [name for name in response.headers if name in ("Location", "Link", "Set-Cookie")]
    ((first, actor), (second, _)) = _exports(make.organization)
    assert first == second == client.id
    assert actor.startswith("key:")


def _exports(organization: Organization) -> list[tuple[UUID | None, str]]:
    with organization_scope(organization, SYSTEM):
        return list(AnalyticsEvent.objects.filter(type="client.exported").values_list("user", "actor"))


def test_without_its_event_nothing_is_taken_out(make: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    client = make.client()

    def broken(*args: Any, **kwargs: Any) -> None:
        raise DatabaseError("no room")

    monkeypatch.setattr(event_actions, "record", broken)
    with pytest.raises(DatabaseError, match="no room"):
        takeout.take_out(make.organization, SYSTEM, client.id)


def test_it_is_of_one_moment(make: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is written while it is read is in none of its parts."""
    client = make.client(notes="Before")
    read = rows.kind

    def slowly(*args: Any, **kwargs: Any) -> Any:
        found = read(*args, **kwargs)
        with connections["owner"].cursor() as cursor:
            cursor.execute("UPDATE analytics_analyticsevent SET session_id = 'later' WHERE \"user\" = %s", [client.id])
        return found

    monkeypatch.setattr(rows, "kind", slowly)
    taken = takeout.take_out(make.organization, SYSTEM, client.id)
    events = next(kind for kind in taken.kinds if kind.name == "events")
    assert [event["session_id"] for event in events.records] == [""]


def test_who_is_deleted_is_still_known(make: Maker, admin: Api) -> None:
    booking = make.booking()
    with organization_scope(make.organization, SYSTEM):
        clients.delete(booking.client_id)
    assert len(document(admin, booking.client_id)["bookings"]) == 1


def test_nothing_is_known_of_who_is_erased(make: Maker, erased: UUID) -> None:
    with pytest.raises(ClientNotFound):
        takeout.take_out(make.organization, SYSTEM, erased)


@pytest.fixture
def erased(make: Maker) -> UUID:
    client: Client = make.client()
    with organization_scope(make.organization, SYSTEM):
        gone: dict[str, Any] = dict.fromkeys(("name", "email", "phone", "notes"), "")
        Client.objects.filter(id=client.id).update(
            **gone,
            preferences={},
            metadata={},
            tokens=[],
            email_key=None,
            user=None,
            data_key=b"",
            deleted_at=client.created_at,
            erased_at=client.created_at,
        )
    return client.id


def test_the_same_is_told_in_the_same_order(make: Maker) -> None:
    """But for when it was taken out, and that it was."""
    booking = make.booking()
    texts = []
    for _ in range(2):
        taken = takeout.take_out(make.organization, SYSTEM, booking.client_id)
        same = [kind for kind in taken.kinds if kind.name != "events"]
        texts.append(takeouts.as_json(replace(taken, at=booking.created_at, kinds=tuple(same))))
    assert texts[0] == texts[1]


def test_more_bookings_take_no_more_statements(make: Maker) -> None:
    client, service = make.client(), make.service()
    counts = []
    for of_day in (9, 10, 11):
        make.booking(client=client, service=service, starts_at=hour(of_day), notes="By the window")
        with CaptureQueriesContext(connection) as captured:
            takeout.take_out(make.organization, SYSTEM, client.id)
        counts.append(len(captured))
    assert counts[1:] == counts[:-1]


def test_kinds_have_names_of_their_own() -> None:
    names = [rows.name_of(model) for model in rows.told()]
    assert len({*names, "format", "version", "organization", "client", "exported_at"}) == len(names) + 5

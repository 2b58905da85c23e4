"""Clients in the admin: what is saved goes through the journeys, with the member as its actor."""

import io
import zipfile
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import OperationalError

from analytics import actions as event_actions
from authspine.api.admin import access_log
from authspine.identity.models import User
from authspine.kernel.actor import SYSTEM
from authspine.kernel.errors import Conflict
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import clients as journeys
from bookings.models import Booking
from clients.models import Client
from payments.models import PaymentMethod
from tests.admin.office import faults, member, move, page, rows, run, said, signed_in
from tests.fixtures import Maker, new_organization

YES = {"_form_submitted": "on"}  # the dialog's own field


@pytest.fixture
def staff(make: Maker) -> User:
    return member(make.organization)


def form(**fields: str) -> dict[str, str]:
    blank = {"name": "Ana García", "email": "ana@example.com", "phone": "", "notes": ""}
    no_consents = {"consents-TOTAL_FORMS": "0", "consents-INITIAL_FORMS": "0"}
    return blank | {"preferences": "{}", "metadata": "{}"} | no_consents | fields


def events(make: Maker) -> list[tuple[str, str, Any]]:
    found = rows(make.organization, "analytics.AnalyticsEvent")
    return [(e.type, e.actor, e.data.get("fields")) for e in found if e.type.startswith("client.")]


def clients(make: Maker) -> list[Any]:
    return list(rows(make.organization, "clients.Client"))


def test_a_client_is_registered(make: Maker, staff: User) -> None:
    response = signed_in(staff).post(page(Client, "add"), form(name=" Zoë ", phone="+49 30 1"), follow=True)
    assert said(response)[0][0] == "success"
    (client,) = clients(make)
    assert (client.name, client.email, client.phone) == ("Zoë", "ana@example.com", "+49 30 1")
    assert client.user == User.objects.get_by_natural_key("ANA@example.com")
    assert events(make) == [("client.created", f"user:{staff.id}", None)]


def test_a_client_is_changed(make: Maker, staff: User) -> None:
    client = make.client(email="ana@example.com", name="Ana García")
    response = signed_in(staff).post(page(Client, "change", client.id), form(notes="Likes tea"))
    assert response.status_code == 302
    assert clients(make)[0].notes == "Likes tea"
    assert events(make)[-1] == ("client.updated", f"user:{staff.id}", ["notes"])


def test_saving_what_is_the_same_changes_nothing(make: Maker, staff: User) -> None:
    client = make.client(email="ana@example.com", name="Ana García")
    signed_in(staff).post(page(Client, "change", client.id), form())
    assert [type for type, *_ in events(make)] == ["client.created"]
    assert clients(make)[0].updated_at == client.updated_at


def test_an_email_that_is_taken_is_told_beside_its_field(make: Maker, staff: User) -> None:
    make.client(email="taken@example.com")
    client = make.client(email="ana@example.com", name="Ana García")
    browser = signed_in(staff)
    changed = browser.post(page(Client, "change", client.id), form(email="TAKEN@example.com", notes="lost"))
    assert faults(changed) == {"email": ["A client with this e-mail address exists already."]}
    added = browser.post(page(Client, "add"), form(email="taken@example.com"))
    assert faults(added) == {"email": ["A client with this e-mail address exists already."]}
    assert {one.notes for one in clients(make)} == {""}
    assert [type for type, *_ in events(make)] == ["client.created", "client.created"]
    assert not LogEntry.objects.filter(user=staff).exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "no address"),
        ("name", ""),
        ("name", "x" * 201),
        ("metadata", "[1]"),
        ("metadata", "{"),
        ("phone", "\x00"),
    ],
)
def test_wrong_fields_are_told(make: Maker, staff: User, field: str, value: str) -> None:
    assert set(faults(signed_in(staff).post(page(Client, "add"), form(**{field: value})))) == {field}
    assert not clients(make)


def breaks(error: Exception) -> Any:
    def record(*args: Any, **kwargs: Any) -> None:
        raise error

    return record


def test_when_the_event_is_refused_the_change_is_gone(
    make: Maker, staff: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = make.client(email="ana@example.com", name="Ana García")
    monkeypatch.setattr(event_actions, "record", breaks(Conflict("Not now.")))
    response = signed_in(staff).post(page(Client, "change", client.id), form(notes="lost"))
    assert faults(response) == {"__all__": ["Not now."]}
    assert clients(make)[0].notes == ""


def test_a_busy_database_is_told(make: Maker, staff: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client = make.client(email="ana@example.com", name="Ana García")
    monkeypatch.setattr(event_actions, "record", breaks(OperationalError("lock timeout")))
    response = signed_in(staff).post(page(Client, "change", client.id), form(notes="lost"))
    assert "busy or away" in faults(response)["__all__"][0]


def test_a_fault_of_the_program_is_no_refusal(make: Maker, staff: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client = make.client(email="ana@example.com", name="Ana García")
    monkeypatch.setattr(event_actions, "record", breaks(ZeroDivisionError()))
    with pytest.raises(ZeroDivisionError):
        signed_in(staff).post(page(Client, "change", client.id), form(notes="x"))


def test_a_client_without_bookings_is_deleted(make: Maker, staff: User) -> None:
    client = make.client()
    browser = signed_in(staff)
    assert browser.get(page(Client, "delete", client.id)).status_code == 200
    browser.post(page(Client, "delete", client.id), {"post": "yes"})
    assert not clients(make)
    assert events(make)[-1][:2] == ("client.deleted", f"user:{staff.id}")


def test_a_client_with_bookings_becomes_inactive(make: Maker, staff: User) -> None:
    client = make.client(name="Has History")
    make.booking(client=client)
    browser = signed_in(staff)
    run(browser, Client, "delete_selected", client, post="yes")
    assert [one.deleted_at is not None for one in clients(make)] == [True]
    assert "Has History" not in browser.get(page(Client, "changelist")).content.decode()
    assert "Has History" in browser.get(page(Client, "changelist"), {"deleted": "yes"}).content.decode()
    assert browser.get(page(Client, "change", client.id)).status_code == 200
    assert browser.post(page(Client, "change", client.id), form()).status_code == 403


def test_a_refused_deletion_is_told(make: Maker, staff: User) -> None:
    kept, gone = make.client(name="Kept"), make.client(name="Gone")
    make.booking(client=gone)
    browser = signed_in(staff)
    run(browser, Client, "delete_selected", gone, post="yes")
    sent = {"action": "delete_selected", "_selected_action": [str(gone.id), str(kept.id)], "post": "yes"}
    response = browser.post(page(Client, "changelist") + "?deleted=all", sent, follow=True)
    assert said(response) == [("error", "There is no such client.")]
    assert {one.name for one in clients(make)} == {"Kept", "Gone"}


def test_the_log_knows_no_names(make: Maker, staff: User) -> None:
    client = make.client(name="Ana García", email="ana@example.com")
    browser = signed_in(staff)
    browser.post(page(Client, "change", client.id), form(name="Ana Secret"))
    browser.post(page(Client, "delete", client.id), {"post": "yes"})
    told = [f"{entry.object_repr} {entry.change_message}" for entry in LogEntry.objects.filter(user=staff)]
    assert len(told) == 2
    assert all(str(client.id) in line and "Ana" not in line for line in told)


def test_the_search_is_the_api_s(make: Maker, staff: User) -> None:
    make.client(name="Ana García", email="x@example.com", phone="+49 30 1234")
    make.client(name="Mariana", email="y@example.com")
    browser = signed_in(staff)
    for typed in ("garcia", "x@exam", "1234", "ana gar"):
        found = browser.get(page(Client, "changelist"), {"q": typed}).content.decode()
        assert "García" in found, typed
        assert "Mariana" not in found, typed


def test_what_is_known_of_a_client_is_a_file_for_admins(make: Maker) -> None:
    client = make.client(email="ana@example.com", notes="Likes tea")
    owner = member(make.organization, "owner")
    browser = signed_in(owner)
    assert move(client, "take_out") in browser.get(page(Client, "change", client.id)).content.decode()
    asked = browser.get(move(client, "take_out"))
    assert '<form method="post"' in asked.content.decode()
    assert "client.exported" not in [type for type, *_ in events(make)]
    response = browser.post(move(client, "take_out"))
    assert response.headers["Content-Disposition"] == f'attachment; filename="client-{client.id}.zip"'
    assert "no-store" in response.headers["Cache-Control"]
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        assert "Likes tea" in archive.read("person.html").decode()
    assert [found for found in events(make) if found[0] == "client.exported"] == [
        ("client.exported", f"user:{owner.id}", None)
    ]


def test_who_is_deleted_is_still_taken_out(make: Maker) -> None:
    client = make.booking().client
    with organization_scope(make.organization, SYSTEM):
        journeys.delete(client.id)
    browser = signed_in(member(make.organization, "owner"))
    shown = browser.get(page(Client, "change", client.id)).content.decode()
    assert (move(client, "take_out") in shown, move(client, "hold") in shown) == (True, False)
    assert browser.post(move(client, "take_out")).headers["Content-Type"] == "application/zip"


@pytest.mark.parametrize(("role", "status"), [("readonly", 403), ("professional", 404), ("staff", 403)])
def test_nobody_else_takes_it_out(make: Maker, role: str, status: int) -> None:
    client = make.client()
    browser = signed_in(member(make.organization, role))
    assert move(client, "take_out") not in browser.get(page(Client, "change", client.id)).content.decode()
    for send in (browser.get, browser.post):
        assert send(move(client, "take_out")).status_code == status
    assert [type for type, *_ in events(make)] == ["client.created"]


@pytest.mark.parametrize("role", ["owner", "admin", "staff"])
def test_who_saw_and_changed_a_client_is_told_to_staff(make: Maker, role: str) -> None:
    """A page of its own, by the line of the table that `GET /clients/{id}/access-log` has; the audit is for admins."""
    client, user = make.client(notes="Likes tea"), member(make.organization, role)
    browser = signed_in(user)
    assert move(client, "access_log") in browser.get(page(Client, "change", client.id)).content.decode()
    browser.post(page(Client, "change", client.id), form(name="Ana"))
    told = browser.get(move(client, "access_log")).content.decode()
    assert told.count(f"user:{user.id}") >= 2
    for word in (">read<", ">change<", ">create<", "name", "clients.Client"):
        assert word in told.replace(" ", "").replace("\n", ""), word
    assert "Likes tea" not in told
    assert ("In the audit" in told) is (role != "staff")


# A client of others is not there for a professional.
@pytest.mark.parametrize(("role", "status"), [("readonly", 403), ("professional", 404)])
def test_nobody_else_is_told_who_saw_a_client(make: Maker, role: str, status: int) -> None:
    client = make.client()
    browser = signed_in(member(make.organization, role))
    assert move(client, "access_log") not in browser.get(page(Client, "change", client.id)).content.decode()
    assert browser.get(move(client, "access_log")).status_code == status


def test_nor_is_anybody_told_of_a_client_of_others(make: Maker) -> None:
    theirs, browser = Maker(new_organization()).client(), signed_in(member(make.organization, "staff"))
    assert browser.get(move(theirs, "access_log")).status_code == 404


def test_the_log_has_pages(make: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who looks at the log is in it as well, from then on."""
    monkeypatch.setattr(access_log, "SIZE", 3)
    client, browser = make.client(), signed_in(member(make.organization, "staff"))
    for _ in range(3):
        browser.get(page(Client, "change", client.id))
    first, second, none = (browser.get(move(client, "access_log"), {"page": n}).content.decode() for n in (1, 2, "x"))
    assert ("Older" in first, "Newer" in first) == (True, False)
    assert ("Older" in second, "Newer" in second) == (False, True)
    assert none.count("<time") == first.count("<time") == 3
    assert second.count("<time") == 2


def test_a_client_of_others_is_not_taken_out(make: Maker) -> None:
    theirs = Maker(new_organization()).client()
    browser = signed_in(member(make.organization, "owner"))
    for send in (browser.get, browser.post):
        assert send(move(theirs, "take_out")).status_code == 404
        assert send(move(theirs, "take_out").replace(str(theirs.id), "nobody")).status_code == 404


def test_no_form_of_others_takes_it_out(make: Maker) -> None:
    """Without the token of the page nothing is written."""
    client = make.client()
    browser = signed_in(member(make.organization, "owner"))
    browser.handler.enforce_csrf_checks = True
    assert browser.post(move(client, "take_out")).status_code == 403
    assert [type for type, *_ in events(make)] == ["client.created"]


def test_an_admin_erases_a_client_by_a_typed_word_and_sees_the_receipt(make: Maker) -> None:
    client, browser = make.client(), signed_in(member(make.organization, "admin"))
    address = move(client, "erase")
    dialog = browser.get(address).content.decode()
    assert "What stays, without the person" in dialog
    assert "Name, e-mail address, phone number" in dialog
    browser.post(address, YES | {"word": "yes"})
    assert clients(make)[0].erased_at is None
    response = browser.post(address, YES | {"word": "erase"}, follow=True)
    assert said(response) == [("success", "The client is erased. This is the receipt.")]
    assert "a line on the list of erasures" in response.content.decode()
    assert clients(make)[0].erased_at
    assert "erased client" in browser.get(page(Client, "changelist"), {"deleted": "all"}).content.decode()


def test_an_erasure_that_is_refused_is_told(make: Maker) -> None:
    booking, browser = make.booking(), signed_in(member(make.organization, "admin"))
    response = browser.post(move(booking.client, "erase"), YES | {"word": "erase"}, follow=True)
    assert [tone for tone, _ in said(response)] == ["error"]
    assert "There is a booking that is not over yet." in said(response)[0][1]


def test_staff_may_not_erase(make: Maker, staff: User) -> None:
    client = make.client()
    assert signed_in(staff).post(move(client, "erase"), YES | {"word": "erase"}).status_code == 403
    assert clients(make)[0].erased_at is None


def test_no_list_is_sorted_by_ciphertext(make: Maker, staff: User) -> None:
    make.client()
    response = signed_in(staff).get(page(Client, "changelist"), {"o": "1"})
    shown = response.context["cl"]
    assert response.status_code == 200
    assert not {"name", "email", "phone"} & set(shown.sortable_by)


def test_a_search_for_too_much_is_told(make: Maker, staff: User) -> None:
    make.client()
    for model in (Client, Booking, PaymentMethod):
        response = signed_in(staff).get(page(model, "changelist"), {"q": "a b c d e f g h i j k"}, follow=True)
        assert response.status_code == 200
        assert said(response) == [("error", "At most 10 different words.")]


@pytest.mark.parametrize(("words", "found"), [("zoë", 1), ("a b c d e f g h i j k", 0)])
def test_a_field_that_completes_answers_whatever_is_typed(make: Maker, staff: User, words: str, found: int) -> None:
    make.client(name="Zoë")
    field = {"app_label": "bookings", "model_name": "booking", "field_name": "client", "term": words}
    response = signed_in(staff).get("/admin/autocomplete/", field)
    assert response.status_code == 200
    assert len(response.json()["results"]) == found

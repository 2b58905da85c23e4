"""Consents and legal holds on a client's page: through the journeys, with the member as their actor."""

from typing import Any

import pytest

from authspine.identity.models import User
from clients.models import Client, Consent
from tests.admin.office import faults, member, move, one, page, rows, said, signed_in
from tests.clients.test_admin import form
from tests.fixtures import Maker

NEWS = {"purpose": "marketing", "text_version": "2026-1", "method": "paper"}


@pytest.fixture
def staff(make: Maker) -> User:
    return member(make.organization)


@pytest.fixture
def client(make: Maker) -> Client:
    made: Client = make.client(email="ana@example.com", name="Ana García")
    return made


def consents(*kept: Consent, new: dict[str, str] | None = None, **changed: str) -> dict[str, str]:
    """The page's form with these consents, the first of them changed, and a new one."""
    lines = [{"id": str(row.id), "client": str(row.client_id)} for row in kept]
    for line in lines[:1]:
        line |= changed
    lines += [new] if new else []
    sent = {"consents-TOTAL_FORMS": str(len(lines)), "consents-INITIAL_FORMS": str(len(kept))}
    return form(
        **sent | {f"consents-{at}-{name}": text for at, line in enumerate(lines) for name, text in line.items()}
    )


def kept(make: Maker) -> list[Any]:
    return list(rows(make.organization, "clients.Consent"))


def events(make: Maker) -> list[tuple[str, str]]:
    found = rows(make.organization, "analytics.AnalyticsEvent")
    return [(e.type, e.actor) for e in found if e.type.startswith("client.") and e.type != "client.created"]


def test_a_consent_is_given(make: Maker, staff: User, client: Client) -> None:
    answer = signed_in(staff).post(page(Client, "change", client.id), consents(new=NEWS))
    assert answer.status_code == 302
    (given,) = kept(make)
    assert {name: getattr(given, name) for name in NEWS} == NEWS
    assert (given.client_id, given.withdrawn_at) == (client.id, None)
    assert events(make) == [("client.consented", f"user:{staff.id}")]


def test_a_consent_is_withdrawn_and_nothing_else_of_it_changes(make: Maker, staff: User, client: Client) -> None:
    given = make.consent(client=client, **NEWS)
    sent = consents(given, purpose="photos", text_version="9", method="verbal", withdrawn_how="email")
    assert signed_in(staff).post(page(Client, "change", client.id), sent).status_code == 302
    (ended,) = kept(make)
    assert {name: getattr(ended, name) for name in NEWS} == NEWS
    assert (ended.withdrawn_how, ended.withdrawn_at is None) == ("email", False)
    assert events(make)[-1] == ("client.consent_withdrawn", f"user:{staff.id}")


def test_what_has_ended_is_only_looked_at(make: Maker, staff: User, client: Client) -> None:
    make.consent(client=client, **NEWS)
    make.consent(client=client, **NEWS | {"text_version": "2026-2"})
    newer, older = reversed(kept(make))
    browser = signed_in(staff)
    assert "Replaced by a newer text" in browser.get(page(Client, "change", client.id)).content.decode()
    browser.post(page(Client, "change", client.id), consents(older, newer, withdrawn_how=""))
    assert [row.withdrawn_how for row in kept(make)] == ["replaced", ""]


def test_it_is_withdrawn_and_given_again_at_once(make: Maker, staff: User, client: Client) -> None:
    given = make.consent(client=client, **NEWS)
    sent = consents(given, withdrawn_how="email", new=NEWS)
    assert signed_in(staff).post(page(Client, "change", client.id), sent).status_code == 302
    assert [row.withdrawn_at is None for row in kept(make)] == [False, True]


def test_what_is_live_is_not_given_again(make: Maker, staff: User, client: Client) -> None:
    given = make.consent(client=client, **NEWS)
    answer = signed_in(staff).post(page(Client, "change", client.id), consents(given, new=NEWS))
    assert "consented to this already" in faults(answer)["__all__"][0]
    assert kept(make) == [given]


@pytest.mark.parametrize(
    ("field", "value"),
    [("purpose", "Marketing"), ("purpose", ""), ("text_version", ""), ("method", "replaced"), ("method", "")],
)
def test_wrong_fields_are_told(make: Maker, staff: User, client: Client, field: str, value: str) -> None:
    answer = signed_in(staff).post(page(Client, "change", client.id), consents(new=NEWS | {field: value}))
    assert set(faults(answer)) == {field}
    assert kept(make) == []


def test_when_the_event_is_refused_the_consent_is_gone(
    make: Maker, staff: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from analytics import actions as event_actions
    from authspine.kernel.errors import Conflict

    def refuse(*args: Any, **kwargs: Any) -> None:
        raise Conflict("Not now.")

    monkeypatch.setattr(event_actions, "record", refuse)
    answer = signed_in(staff).post(page(Client, "change", client.id), consents(new=NEWS))
    assert faults(answer) == {"__all__": ["Not now."]}
    assert kept(make) == []


def test_a_client_is_held_and_let_go(make: Maker, client: Client) -> None:
    browser = signed_in(member(make.organization, "admin"))
    told = {"_form_submitted": "on", "reference": "2026/114", "until": "2199-01-01"}
    browser.post(move(client, "hold"), told)
    shown = browser.get(page(Client, "change", client.id))
    assert said(shown) == [("success", "Nobody deletes this client.")]
    assert "2026/114, until 2199-01-01" in shown.content.decode()
    refused = browser.post(page(Client, "delete", client.id), {"post": "yes"}, follow=True)
    assert said(refused) == [("error", "This client is under a legal hold.")]
    browser.post(move(client, "lift_hold"), {"_form_submitted": "on"})
    assert one(make.organization, Client).legal_hold_at is None
    assert [type for type, _ in events(make)] == ["client.legal_hold_set", "client.legal_hold_lifted"]


@pytest.mark.parametrize(
    "wrong", [{"reference": ""}, {"until": "2020-01-01"}, {"until": "soon"}, {"reference": "x" * 101}]
)
def test_a_wrong_hold_is_told(make: Maker, client: Client, wrong: dict[str, str]) -> None:
    browser = signed_in(member(make.organization, "admin"))
    browser.post(move(client, "hold"), {"_form_submitted": "on", "reference": "1", "until": ""} | wrong)
    assert one(make.organization, Client).legal_hold_at is None


def test_staff_hold_nobody(make: Maker, staff: User, client: Client) -> None:
    browser = signed_in(staff)
    told = {"_form_submitted": "on", "reference": "1", "until": ""}
    for name in ("hold", "lift_hold"):
        assert browser.post(move(client, name), told).status_code == 403
    assert one(make.organization, Client).legal_hold_at is None


def test_there_is_nothing_to_lift_of_one_who_is_not_held(make: Maker, client: Client) -> None:
    shown = signed_in(member(make.organization, "admin")).get(page(Client, "change", client.id)).content.decode()
    assert move(client, "hold") in shown
    assert move(client, "lift_hold") not in shown


def test_who_may_only_read_sees_consents_and_gives_none(make: Maker, client: Client) -> None:
    make.consent(client=client, **NEWS)
    browser = signed_in(member(make.organization, "readonly"))
    assert "2026-1" in browser.get(page(Client, "change", client.id)).content.decode()
    assert browser.post(page(Client, "change", client.id), consents(new=NEWS)).status_code == 403
    assert len(kept(make)) == 1


def test_consents_of_one_who_was_deleted_are_only_looked_at(make: Maker, staff: User) -> None:
    client = make.booking().client
    make.consent(client=client, **NEWS)
    browser = signed_in(staff)
    browser.post(page(Client, "delete", client.id), {"post": "yes"})
    shown = browser.get(page(Client, "change", client.id)).content.decode()
    assert "2026-1" in shown
    assert move(client, "hold") not in shown
    assert browser.post(page(Client, "change", client.id), consents(new=NEWS)).status_code == 403

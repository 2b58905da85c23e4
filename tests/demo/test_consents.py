"""Consents in the demo, and what a legal hold shows there."""

from datetime import UTC, datetime

import time_machine

from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import clients
from tests.demo.visitor import Visitor, fault, said, text, value
from tests.fixtures import Maker

NEWS = {"purpose": "marketing", "text_version": "2026-1", "method": "paper"}


def test_a_consent_is_given_and_withdrawn(visitor: Visitor, make: Maker) -> None:
    client = make.client()
    assert "Nothing has been agreed to" in visitor.open("client-consents", client.id)
    page = visitor.press("client-consents", client.id, **NEWS)
    assert said(page) == "✓ The consent is kept."
    assert "marketing (2026-1)" in visitor.open("client", client.id)
    with organization_scope(make.organization, SYSTEM):
        given = client.consents.get()
    page = visitor.press("consent-withdraw", client.id, given.id, how="verbal")
    assert said(page) == "✓ The consent is withdrawn."
    assert "ended" in page
    assert "marketing" not in visitor.open("client", client.id)


def test_what_is_wrong_stands_beside_its_field(visitor: Visitor, make: Maker) -> None:
    page = visitor.press("client-consents", make.client().id, purpose="All of it", text_version="", method="x")
    assert fault(page, "purpose") == "Use lower-case letters, digits, hyphens and underscores."
    assert fault(page, "text_version") == "Enter the version of the text that the client has read."
    assert fault(page, "method") == "Choose one of these."
    assert value(page, "purpose") == "All of it"


def test_a_refusal_is_told(visitor: Visitor, make: Maker) -> None:
    client = make.client()
    given = make.consent(client=client, **NEWS)
    assert "consented to this already" in said(visitor.press("client-consents", client.id, **NEWS))
    for how in ("", "replaced", "telepathy"):
        assert "Choose how it was withdrawn" in said(visitor.press("consent-withdraw", client.id, given.id, how=how))
    visitor.press("consent-withdraw", client.id, given.id, how="email")
    assert "ended already" in said(visitor.press("consent-withdraw", client.id, given.id, how="email"))


def test_one_who_is_held_cannot_be_deleted(visitor: Visitor, make: Maker) -> None:
    client = make.client()
    with time_machine.travel(datetime(2027, 1, 10, 12, tzinfo=UTC), tick=False):
        with organization_scope(make.organization, SYSTEM):
            clients.hold(client.id, reference="AZ 114/26", until=datetime(2027, 1, 10, tzinfo=UTC).date())
        page = visitor.open("client", client.id)
        assert "AZ 114/26, until Sun 10 Jan 2027" in page
        assert "Delete this client" not in page
        refused = visitor.client.post(f"/platform-demo/clients/{client.id}/delete")
        assert refused.status_code == 409
        assert "under a legal hold" in text(refused)
    with time_machine.travel(datetime(2027, 1, 11, 12, tzinfo=UTC), tick=False):
        page = visitor.open("client", client.id)
        assert "(over)" in page
        assert "Delete this client" in page

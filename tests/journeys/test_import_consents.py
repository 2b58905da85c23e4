"""Consents and legal holds in an import: taken as history, or refused with the client they are of."""

from typing import Any

import pytest

from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from clients.models import Client, Consent
from tests.journeys.documents import MAKE, at, bring_in, client, document, refusals
from tests.journeys.test_import_rules import with_second

AGREED: dict[str, Any] = {"id": "agreed", "purpose": "photos", "text_version": "1", "given_at": at(1)}
HELD: dict[str, Any] = {"reference": "114/26", "set_at": at(1)}

FLAWS: list[tuple[str, list[dict[str, Any]] | dict[str, Any]]] = [
    ("consents", [AGREED | {"purpose": "Photos"}]),
    ("consents", [AGREED | {"purpose": "photos\n"}]),
    ("consents", [AGREED | {"purpose": "x" * 51}]),
    ("consents", [AGREED | {"text_version": " "}]),
    ("consents", [AGREED | {"given_at": None}]),
    ("consents", [AGREED | {"method": "telepathy"}]),
    ("consents", [AGREED | {"method": "replaced"}]),
    ("consents", [AGREED | {"withdrawn_at": at(2)}]),
    ("consents", [AGREED | {"withdrawn_how": "email"}]),
    ("consents", [AGREED | {"withdrawn_at": at(0), "withdrawn_how": "email"}]),
    ("consents", [AGREED, AGREED | {"id": "other"}]),
    ("consents", [AGREED | {"note": "at the bar"}]),
    ("legal_hold", HELD | {"reference": ""}),
    ("legal_hold", HELD | {"reference": "x" * 101}),
    ("legal_hold", HELD | {"set_at": None}),
    ("legal_hold", HELD | {"until": at(1)}),
    ("legal_hold", HELD | {"reason": "sues"}),
]


@pytest.mark.parametrize(("field", "wrong"), FLAWS)
def test_a_wrong_one_refuses_its_client_alone(organization: Organization, field: str, wrong: Any) -> None:
    report = bring_in(organization, with_second("clients", {field: wrong}))
    assert refusals(report) == [("clients", "x", "validation_error")]
    assert report["imported"]["clients"] == 2
    with organization_scope(organization, SYSTEM):
        assert not Consent.objects.exists()
        assert not Client.objects.exclude(legal_hold_at=None).exists()


def test_history_is_taken_as_it_is(organization: Organization) -> None:
    """Without a method it was imported; a hold that is over and one that is live come in alike, also of the deleted."""
    over = AGREED | {"id": "over", "given_at": at(0), "withdrawn_at": at(0), "withdrawn_how": "verbal"}
    people = [
        client("c1", consents=[over, AGREED]),
        client("c2", legal_hold=HELD | {"until": "2020-01-01"}, deleted_at=at(3)),
        client("c3", legal_hold=HELD),
    ]
    assert bring_in(organization, document(clients=people))["refused"] == []
    with organization_scope(organization, SYSTEM):
        assert list(Consent.objects.order_by("given_at").values_list("method", "withdrawn_how")) == [
            ("imported", "verbal"), ("imported", ""),
        ]  # fmt: skip
        assert Client.objects.filter(legal_hold_reference="114/26").count() == 2


def test_what_does_not_tell_of_them_has_none(organization: Organization) -> None:
    bring_in(organization, document(clients=[MAKE["clients"]()]))
    with organization_scope(organization, SYSTEM):
        assert Client.objects.get().legal_hold_at is None
        assert not Consent.objects.exists()

"""External ids in an import: filled, and one record's alone. A record whose own is neither is refused by itself."""

from typing import Any

import pytest

from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from clients.models import Client
from payments.models import PaymentMethod
from professionals.models import TimeOff
from tests.journeys.documents import MAKE, at, bring_in, client, document, refusals
from tests.journeys.test_import_rules import with_second

INSIDE = {
    "consents": "clients",
    "payment_methods": "clients",
    "time_off": "professionals",
    "travel": "professionals",
    "downtimes": "resources",
    "requirements": "services",
}


def part(kind: str, id: str, **fields: Any) -> dict[str, Any]:
    """A record that is inside another."""
    if kind == "requirements":
        return {"id": id, "resources": ["m1"], **fields}
    if kind in ("time_off", "downtimes"):
        return {"id": id, "starts_at": at(1), "ends_at": at(2), **fields}
    if kind == "consents":
        return {"id": id, "purpose": f"p-{id}".lower(), "text_version": "1", "given_at": at(1), **fields}
    if kind == "travel":
        day = f"2027-03-{ord(id[-1]) % 28 + 1:02}"
        return {"id": id, "timezone": "UTC", "starts_on": day, "ends_on": day, **fields}
    return {"id": id, "type": "card", "provider": "p", "provider_method_id": id, **fields}


def vertical(slug: str, **fields: Any) -> dict[str, Any]:
    return {"slug": slug, "display_name": slug.title(), **fields}


def holding(kind: str, *parts: dict[str, Any]) -> dict[str, Any]:
    """A document whose second record of the kind that has such holds these, and whose third one is right."""
    holder = INSIDE[kind]
    make = MAKE[holder]
    return document(**{holder: [make(), make("x", **{kind: list(parts)}), make("y")]})


@pytest.mark.parametrize("blank", ["", "  ", "\t"])
@pytest.mark.parametrize("kind", MAKE)
def test_a_blank_one_is_refused_alone(organization: Organization, kind: str, blank: str) -> None:
    found = with_second(kind, {"external_id": blank})
    report = bring_in(organization, found)
    assert refusals(report) == [(kind, "x", "validation_error")]
    assert report["imported"] == {name: len(found[name]) - (name == kind) for name in MAKE}


@pytest.mark.parametrize("kind", INSIDE)
def test_a_blank_one_inside_refuses_what_holds_it(organization: Organization, kind: str) -> None:
    report = bring_in(organization, holding(kind, part(kind, "m1"), part(kind, "m2", external_id="")))
    assert refusals(report) == [(INSIDE[kind], "x", "validation_error")]
    assert report["imported"] == dict.fromkeys(MAKE, 1) | {INSIDE[kind]: 2}


@pytest.mark.parametrize("slug", ["beauty", "new"])
def test_a_blank_one_of_a_vertical_is_refused_alone(organization: Organization, slug: str) -> None:
    found = [vertical("first"), vertical(slug, external_id=""), vertical("last", external_id="mine")]
    report = bring_in(organization, document(verticals=found))
    assert refusals(report) == [("verticals", slug, "validation_error")]
    assert report["imported"] == dict.fromkeys(MAKE, 1) | {"verticals": 2}


@pytest.mark.parametrize("kind", MAKE)
def test_one_that_another_has_is_a_conflict(organization: Organization, kind: str) -> None:
    """Another one of the file, and another one that is here."""
    found = with_second(kind, {"external_id": "same"})
    found[kind][0]["external_id"] = "same"
    assert refusals(bring_in(organization, found)) == [(kind, "x", "conflict")]
    assert refusals(bring_in(organization, found)) == [(kind, "x", "conflict")]


@pytest.mark.parametrize("slugs", [("beauty", "fitness"), ("beauty", "new"), ("new", "beauty"), ("new", "newer")])
def test_one_that_another_vertical_has_is_a_conflict(organization: Organization, slugs: tuple[str, str]) -> None:
    first, second = (vertical(slug, external_id="same") for slug in slugs)
    report = bring_in(organization, document(verticals=[first, second, vertical("last")]))
    assert refusals(report) == [("verticals", slugs[1], "conflict")]
    assert report["imported"] == dict.fromkeys(MAKE, 1) | {"verticals": 2}


@pytest.mark.parametrize("kind", INSIDE)
def test_two_inside_one_record_cannot_share_one(organization: Organization, kind: str) -> None:
    same = [part(kind, id, external_id="same") for id in ("m1", "m2")]
    report = bring_in(organization, holding(kind, *same))
    assert refusals(report) == [(INSIDE[kind], "x", "conflict")]
    assert report["imported"] == dict.fromkeys(MAKE, 1) | {INSIDE[kind]: 2}


def test_two_inside_two_records_cannot_share_one(organization: Organization) -> None:
    for kind, holder in INSIDE.items():
        make = MAKE[holder]
        ids = [f"{kind}-{letter}" for letter in "abc"]
        first, second, here = (make(id, **{kind: [part(kind, f"m-{id}", external_id="same")]}) for id in ids)
        report = bring_in(organization, document(**{holder: [make(), first, second]}))
        assert refusals(report) == [(holder, ids[1], "conflict")]
        assert refusals(bring_in(organization, document(**{holder: [here]})))[0] == (holder, ids[2], "conflict")


def test_a_refused_record_leaves_its_external_ids_free(organization: Organization) -> None:
    methods = [part("payment_methods", "m1", external_id="mine")]
    wrong = client("x", external_id="me", payment_methods=methods, nmae="misspelt")
    right = client("y", external_id="me", payment_methods=[part("payment_methods", "m2", external_id="mine")])
    report = bring_in(organization, document(clients=[client(), wrong, right]))
    assert refusals(report) == [("clients", "x", "validation_error")]
    with organization_scope(organization, SYSTEM):
        assert Client.objects.get(external_id="me").email == "y@example.com"
        assert PaymentMethod.objects.get().external_id == "mine"
        assert not TimeOff.objects.exists()


@pytest.mark.parametrize(
    "slug", ["Beauty", "BEAUTY", "sch\N{LATIN SMALL LETTER O WITH DIAERESIS}n", "a b", "a/b", "x" * 51, "a\n"]
)
def test_a_vertical_that_no_address_leads_to_is_refused(organization: Organization, slug: str) -> None:
    report = bring_in(organization, document(verticals=[vertical("first"), vertical(slug), vertical("a_b-1")]))
    assert [(found["kind"], found["code"]) for found in report["refused"]] == [("verticals", "validation_error")]
    assert report["imported"] == dict.fromkeys(MAKE, 1) | {"verticals": 2}

"""A professional is erased: the person goes, with login, calendar and what they sell; others' bookings stay."""

from typing import Any
from uuid import uuid4

import pytest

from authspine.identity.models import Organization, User
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import erasure
from authspine.orchestrator.exporting import export
from authspine.privacy import blind, erasure_list
from authspine.privacy.people import KeyDestroyed
from bookings.models import Booking
from professionals.models import Professional, TimeOff, WorkingHours
from services.models import Offer, Service
from tests.fixtures import Maker
from tests.payments.paying import book, shop
from tests.privacy.canaries import everywhere
from tests.rest import Api, refused
from tests.studio import Studio


@pytest.fixture
def studio(organization: Organization) -> Studio:
    return shop(organization)


def erase(admin: Api, professional: Any) -> Any:
    return admin.post(f"/professionals/{professional}/erase")


def test_f1_no_canary_of_a_professional_is_left(admin: Api, organization: Organization) -> None:
    mark = uuid4().hex[:14]
    told: dict[str, Any] = {"name": f"{mark}name", "email": f"{mark}mail@example.com", "bio": f"{mark}bio"}
    told["vertical"] = "consulting"
    told |= {"specialties": [f"{mark}specialty"], "metadata": {"m": f"{mark}meta"}, "external_id": f"{mark}external"}
    made = admin.post("/professionals", told, key="onboard").json()["id"]
    off = {"starts_at": "2030-01-01T09:00:00Z", "ends_at": "2030-01-01T10:00:00Z", "reason": f"{mark}ill"}
    assert admin.post(f"/professionals/{made}/time-off", off, key="off").status_code == 201
    event = {"type": "course.taken", "user": made, "data": {"d": f"{mark}data"}}
    assert admin.post("/analytics/events", event).status_code == 201
    assert "professionals_professional.name" in everywhere(organization, mark)
    receipt = erase(admin, made)
    assert (receipt.status_code, receipt.json()["kind"], receipt.json()["person"]) == (200, "professional", made)
    assert everywhere(organization, mark) == []
    assert not User.objects.filter(email_key=blind.email_index(User, told["email"])).exists()
    refused(admin.post("/professionals", told, key="onboard"), 409, "answer_erased", "Idempotency-Key")
    assert admin.get(f"/professionals/{made}/erasure").content == receipt.content == erase(admin, made).content


def test_f4_with_a_booking_ahead(admin: Api, studio: Studio) -> None:
    booking = book(studio)
    refused(erase(admin, studio.professional.id), 409, "booking_ahead")
    assert admin.post(f"/bookings/{booking.id}/cancel").status_code == 200
    assert erase(admin, studio.professional.id).status_code == 200


def test_asked_again_it_removes_what_would_not_open(admin: Api, studio: Studio) -> None:
    """As a dump or a hand would bring it in: no action writes it."""
    with organization_scope(studio.organization, SYSTEM):
        before = Professional.objects.get(id=studio.professional.id)
    first = erase(admin, before.id)
    with organization_scope(studio.organization, SYSTEM):
        TimeOff.objects.create(professional=before, starts_at=studio.at(10), ends_at=studio.at(11), reason="surgery")
    with pytest.raises(KeyDestroyed):
        "".join(export(studio.organization, SYSTEM, key=None))
    assert erase(admin, before.id).content == first.content
    assert "surgery" not in "".join(export(studio.organization, SYSTEM, key=None))


def test_bookings_of_others_stay_and_the_rest_goes(admin: Api, studio: Studio) -> None:
    booking = book(studio, status="completed")
    receipt = erase(admin, studio.professional.id).json()
    assert [(each["what"], each["count"]) for each in receipt["kept"] if each["what"] != "events"] == [
        ("bookings of others", 1), ("the empty record", 1), ("a line on the list of erasures", 1)
    ]  # fmt: skip
    with organization_scope(studio.organization, SYSTEM):
        assert Booking.objects.get().id == booking.id
        assert not any(model.objects.exists() for model in (TimeOff, WorkingHours))
        assert not Offer.objects.filter(active=True).exists()
        assert not Service.objects.filter(active=True).exists()
        row = Professional.objects.get()
        assert (str(row), row.email, row.user, bytes(row.data_key)) == ("erased professional", "", None, b"")


def test_answers_to_others_stay_though_they_name_the_professional(admin: Api, studio: Studio) -> None:
    asked = {"client": str(studio.client.id), "service": str(studio.service.id), "starts_at": studio.at(9).isoformat()}
    first = admin.post("/bookings", asked, key="theirs")
    assert admin.post(f"/bookings/{first.json()['id']}/cancel").status_code == 200
    assert erase(admin, studio.professional.id).status_code == 200
    assert admin.post("/bookings", asked, key="theirs").content == first.content


def test_f2_a_restored_professional_is_erased_again(make: Maker, organization: Organization) -> None:
    professional = make.professional()
    receipt = erasure.erase_professional(organization, SYSTEM, professional.id)
    other = make.professional()
    line = next(one for one in erasure_list.lines() if one.id == receipt.id)
    with erasure_list.kept() as note:
        note(erasure_list.Line(other.id, line.organization, line.kind, other.id, line.at))
    assert [one.person for one in erasure.replay().found] == [other.id]
    with organization_scope(organization, SYSTEM):
        assert Professional.objects.get(id=other.id).erased_at

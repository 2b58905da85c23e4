"""A kept answer is for whom it was made: not for another link, nor for who sees less, more or nothing of it by now."""

from typing import Any

import pytest

from authspine.idempotency.models import KeyedRequest
from authspine.identity import access
from authspine.identity import actions as identity_actions
from authspine.identity.models import ApiKey, Membership, Organization, User
from authspine.kernel.actor import SYSTEM
from authspine.kernel.ids import new_id
from authspine.kernel.tenancy import organization_scope
from bookings.models import Booking
from tests.access.people import by_link, make_professional_of, new_user, session
from tests.fixtures import Maker
from tests.rest import Api, caller, refused

KEY = "guess-me"
ANA = {"email": "ana@example.com", "name": "Ana", "notes": "Pays late"}


def cancel(booking: Booking) -> str:
    return f"/bookings/{booking.id}/cancel"


def same(first: Any, again: Any) -> bool:
    """Whether the second is the first one's answer."""
    return "Idempotent-Replayed" in again.headers and bool(again.content == first.content)


@pytest.fixture
def two(make: Maker) -> tuple[Booking, Booking]:
    """Bookings of one client."""
    first = make.booking()
    return first, make.booking(client=first.client)


def test_a_link_gets_its_own_answer_again(organization: Organization, make: Maker) -> None:
    """Also by another link to the same booking."""
    booking = make.booking()
    first = by_link(organization, booking.id).post(cancel(booking), key=KEY)
    assert (first.status_code, "Idempotent-Replayed" in first.headers) == (200, False)
    assert same(first, by_link(organization, booking.id).post(cancel(booking), key=KEY))


def test_a_link_gets_no_answer_of_another_link_of_its_client(
    organization: Organization, two: tuple[Booking, Booking]
) -> None:
    mine, other = (by_link(organization, booking.id) for booking in two)
    assert other.post(cancel(two[1]), key=KEY).status_code == 200
    for key in (KEY, "fresh"):
        refused(mine.post(cancel(two[1]), key=key), 404, "not_found")
    refused(mine.post(cancel(two[1]), {"reason": "x"}, key=KEY), 404, "not_found")


def test_a_link_leaves_nothing_under_the_keys_of_another(
    organization: Organization, two: tuple[Booking, Booking]
) -> None:
    mine, other = (by_link(organization, booking.id) for booking in two)
    assert mine.post(cancel(two[1]), key=KEY).status_code == 404
    assert other.post(cancel(two[1]), key=KEY).status_code == 200


def test_the_keys_of_two_links_of_a_client_are_independent(
    organization: Organization, two: tuple[Booking, Booking]
) -> None:
    """In what is kept, too, and not only because the path of the one is not the other's."""
    for booking in two:
        assert by_link(organization, booking.id).post(cancel(booking), key=KEY).status_code == 200
    with organization_scope(organization, SYSTEM):
        kept = KeyedRequest.objects.values_list("principal", flat=True)
        assert set(kept) == {f"link:{booking.id}" for booking in two}


def become(organization: Organization, user: User, role: str) -> None:
    identity_actions.add_member(organization, user, role=role, by=access.OWNER)


@pytest.fixture
def user(organization: Organization) -> User:
    return new_user(organization, access.STAFF)


def test_who_was_staff_gets_no_answer_that_was_for_staff(organization: Organization, make: Maker, user: User) -> None:
    """By the same session, in which they are a professional now, whose booking it is."""
    booking, api = make.booking(notes="Left hand"), session(user)
    make_professional_of(organization, booking.session.professional, user)
    assert api.post(cancel(booking), {"waive_fee": True}, key=KEY).json()["cancelled_by"]
    become(organization, user, access.PROFESSIONAL)
    for who in (api, session(user)):
        answer = who.post(cancel(booking), {"waive_fee": True}, key=KEY)
        refused(answer, 422, "idempotency_mismatch", "Idempotency-Key")
    refused(api.post(cancel(booking), {"waive_fee": True}, key="fresh"), 403, "permission_denied", "waive_fee")


def test_who_may_no_longer_ask_is_refused(organization: Organization, user: User) -> None:
    api = session(user)
    assert api.post("/clients", ANA, key=KEY).status_code == 201
    become(organization, user, access.PROFESSIONAL)
    for key in (KEY, "fresh"):
        refused(api.post("/clients", ANA, key=key), 403, "permission_denied")


def test_who_was_promoted_does_nothing_twice(organization: Organization, user: User) -> None:
    """A repetition that is sent after it is told so; with the role of before it has its answer."""
    api = session(user)
    first = api.post("/clients", ANA, key=KEY)
    become(organization, user, access.ADMIN)
    refused(api.post("/clients", ANA, key=KEY), 422, "idempotency_mismatch", "Idempotency-Key")
    become(organization, user, access.STAFF)
    assert same(first, api.post("/clients", ANA, key=KEY))


@pytest.mark.parametrize(("role", "status"), [(access.STAFF, 201), (access.ADMIN, 422), (access.READONLY, 403)])
def test_who_was_removed_and_invited_again_is_who_they_are_now(
    organization: Organization, user: User, role: str, status: int
) -> None:
    api = session(user)
    assert api.post("/clients", ANA, key=KEY).status_code == 201
    Membership.objects.filter(user=user).delete()
    assert api.post("/clients", ANA, key=KEY).status_code == 403
    become(organization, user, role)
    assert api.post("/clients", ANA, key=KEY).status_code == status


@pytest.mark.parametrize(("scope", "status"), [("admin", 201), ("write", 422), ("read", 403)])
def test_a_key_of_another_scope_gets_no_answer_of_before(organization: Organization, scope: str, status: int) -> None:
    """No action changes a scope; whoever does it in the database is not to open the answers of before."""
    key, text = identity_actions.create_api_key(organization, scope="admin")
    assert Api(text).post("/clients", ANA, key=KEY).status_code == 201
    ApiKey.objects.filter(id=key.id).update(scope=scope)
    assert Api(text).post("/clients", ANA, key=KEY).status_code == status


def test_a_professional_gets_no_answer_of_a_booking_that_is_theirs_no_longer(
    organization: Organization, make: Maker
) -> None:
    """It is there for them no more, with the old key as with a new one; once it is theirs again, so is the answer."""
    booking, user = make.booking(), new_user(organization, access.PROFESSIONAL)
    professional, colleague = booking.session.professional, new_user(organization, access.PROFESSIONAL)
    make_professional_of(organization, professional, user)
    api = session(user)
    first = api.post(cancel(booking), key=KEY)
    assert first.status_code == 200
    make_professional_of(organization, professional, colleague)
    for key in (KEY, "fresh"):
        refused(api.post(cancel(booking), key=key), 404, "not_found")
    make_professional_of(organization, professional, user)
    assert same(first, api.post(cancel(booking), key=KEY))


def test_what_is_not_there_is_an_answer_for_who_sees_every_row(organization: Organization) -> None:
    """The control: kept, as ever."""
    missing = f"/bookings/{new_id()}/cancel"
    for api in (caller(organization), session(new_user(organization, access.STAFF))):
        first = api.post(missing, key=KEY)
        refused(first, 404, "not_found")
        assert same(first, api.post(missing, key=KEY))

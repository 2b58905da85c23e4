"""F1 of the matrix: nothing of an erased person is left anywhere, and no total has changed."""

from typing import Any
from uuid import UUID

import pytest
from django.db import connections, transaction
from django.db.utils import IntegrityError
from procrastinate.contrib.django.models import ProcrastinateJob

from authspine.identity import access
from authspine.identity.models import Organization, User
from authspine.kernel.actor import SYSTEM
from authspine.kernel.ids import new_id
from authspine.kernel.tenancy import organization_scope
from authspine.privacy import blind, receipts
from bookings.models import Booking
from clients.models import Client
from payments.models import Customer, LedgerEntry, LedgerTransaction, MethodSetup, PaymentIntent, PaymentMethod, Refund
from tests.access.people import by_link, keys, members
from tests.factories import BookingFactory
from tests.gateways import witness
from tests.payments.paying import work_off
from tests.privacy.canaries import World, everywhere, new_world
from tests.rest import refused


@pytest.fixture
def world(organization: Organization) -> World:
    return new_world(organization)


def erase(world: World, **more: Any) -> Any:
    return world.api.post(f"/clients/{world.client}/erase", **more)


def totals(world: World) -> dict[str, Any]:
    """What the business knows of its money and its past."""
    with organization_scope(world.studio.organization, SYSTEM):
        return {
            "bookings": list(Booking.objects.order_by("id").values_list("id", "status", "total_cents", "fee_cents")),
            "money": list(PaymentIntent.objects.order_by("id").values_list("id", "status", "captured_cents")),
            "refunds": list(Refund.objects.order_by("id").values_list("id", "status", "amount_cents")),
            "ledger": list(LedgerEntry.objects.order_by("id").values_list("id", "account", "amount_cents")),
            "transactions": LedgerTransaction.objects.count(),
        }


def test_f1_no_canary_is_left_in_any_column_of_any_table(world: World) -> None:
    before = everywhere(world.studio.organization, *world.canaries)
    # The control of the search: in clear, sealed by the person's key, and by the organization's, which stays.
    assert {
        "analytics_analyticsevent.data",
        "clients_client.phone, opened",
        "bookings_booking.cancellation_reason, opened",
        "bookings_intakeanswers.content, opened",
        "payments_refund.reason, opened",
        "idempotency_keyedrequest.content, opened",
    } <= set(before)
    assert erase(world).status_code == 200
    assert everywhere(world.studio.organization, *world.canaries) == []


def test_f1_the_key_and_the_blind_indexes_are_gone_and_nobody_is_found(world: World) -> None:
    email = f"{world.mark}mail@example.com"
    assert len(world.api.get("/clients", search=world.mark).json()["results"]) == 1
    assert erase(world).status_code == 200
    with organization_scope(world.studio.organization, SYSTEM):
        row = Client.objects.get(id=world.client)
        assert (bytes(row.data_key), row.email_key, row.tokens, row.user) == (b"", None, [], None)
        assert not Client.objects.filter(email_key=blind.email_index(Client, email)).exists()
    for asked in ({"search": world.mark}, {"search": world.canaries[1][-4:]}, {"email": email}):
        assert world.api.get("/clients", **asked).json()["results"] == []
    refused(world.api.get(f"/clients/{world.client}"), 404, "not_found")
    assert not User.objects.filter(email_key=blind.email_index(User, email)).exists()


def test_f1_bookings_and_money_stay_as_they_were(world: World) -> None:
    before = totals(world)
    assert erase(world).status_code == 200
    assert totals(world) == before
    with organization_scope(world.studio.organization, SYSTEM):
        assert not any(model.objects.exists() for model in (Customer, MethodSetup, PaymentMethod))
    shown = world.api.get(f"/bookings/{world.booking}").json()
    assert (shown["client"], shown["notes"]) == (world.client, "")


def test_f1_jobs_name_a_person_by_ids_alone(world: World) -> None:
    assert erase(world).status_code == 200
    jobs = list(ProcrastinateJob.objects.filter(args__organization=str(world.studio.organization.id)))
    assert "payments.forget_customer" in {job.task_name for job in jobs}
    for job in jobs:
        assert set(job.args) <= {"organization", "booking", "event", "erasure"}
        assert all(len(value) == 36 for value in job.args.values())


def test_f1_the_admins_log_names_nobody(world: World) -> None:
    """What the admin writes down is the kind of a row and its id; `everywhere` reads that table, too."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_admin_log WHERE object_repr !~ ' [0-9a-f-]{36}$'")
        assert cursor.fetchone() == (0,)


def test_the_event_of_an_erasure_tells_nothing_of_the_person(world: World) -> None:
    assert erase(world).status_code == 200
    (event,) = world.api.get("/analytics/events", event_type="client.erased").json()["results"]
    assert (event["user"], event["data"]) == (world.client, {"clientId": world.client})
    (own,) = world.api.get("/analytics/events", event_type="newsletter.opened").json()["results"]
    assert (own["user"], own["data"], own["session_id"]) == (world.client, {}, "")


def test_f12_the_provider_erases_them_too_and_the_receipt_says_so(world: World) -> None:
    with organization_scope(world.studio.organization, SYSTEM):
        customer = Customer.objects.get(client__id=UUID(world.client)).gateway_id
    assert erase(world).json()["provider"] == "pending"
    assert not hasattr(witness().customers.retrieve(customer), "deleted")
    assert work_off(world.studio) == 1
    assert witness().customers.retrieve(customer).deleted
    shown = world.api.get(f"/clients/{world.client}/erasure").json()
    assert shown["provider"] == "done"
    assert shown["provider_done_at"]
    with organization_scope(world.studio.organization, SYSTEM):
        receipt = receipts.get("client", UUID(world.client))
        assert receipt.provider_customer == ""


def test_a_receipt_is_read_by_owners_admins_and_admin_keys_alone(world: World) -> None:
    """It tells who erased whom. Of professionals, too, of whom nobody is erased here."""
    assert erase(world).status_code == 200
    organization = world.studio.organization
    everybody = keys(organization) | members(organization)
    with organization_scope(organization, SYSTEM):
        booking = BookingFactory()
    everybody[access.CLIENT] = by_link(organization, booking.id)
    readers = {access.OWNER, access.ADMIN, access.ADMIN_KEY}
    for path, found in ((f"/clients/{world.client}/erasure", 200), (f"/professionals/{new_id()}/erasure", 404)):
        answers = {who: everybody[who].get(path).status_code for who in access.EVERYBODY}
        assert answers == {who: found if who in readers else 403 for who in access.EVERYBODY}, path


def test_the_database_refuses_half_an_erasure(world: World) -> None:
    with (
        pytest.raises(IntegrityError, match="clients_client_erased_whole"),
        organization_scope(world.studio.organization, SYSTEM),
        transaction.atomic(),
    ):
        Client.objects.filter(id=world.client).update(data_key=b"")

"""The journey of erasing a client."""

from collections.abc import Callable, Iterable
from functools import partial
from uuid import UUID

from analytics import actions as event_actions
from authspine.idempotency import actions as answer_actions
from authspine.idempotency import attempts
from authspine.identity import actions as identity_actions
from authspine.identity import links
from authspine.identity.models import Organization
from authspine.kernel import clock, tenancy
from authspine.kernel.actor import Actor
from authspine.kernel.enqueue import enqueue
from authspine.kernel.ids import new_id
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator.erasure import receipts
from authspine.privacy import erasure_list
from authspine.privacy import receipts as privacy_receipts
from authspine.privacy.erasure_list import Line
from authspine.privacy.models import Erasure
from bookings import queries as booking_queries
from bookings.actions import people as booking_actions
from bookings.errors import BookingAhead
from clients import actions as client_actions
from clients import queries as client_queries
from clients.models import Client
from payments import queries as payment_queries
from payments.actions import people as payment_actions
from payments.errors import PaymentInFlight

KIND = Erasure.Kind.CLIENT


def erase_client(organization: Organization, actor: Actor, client_id: UUID) -> Erasure:
    """Erase a client, also one who is deleted: in one scope 1. lock them and their bookings, and find the receipt where
    it was done before; 2. may they go; 3. empty; 4. the line on the list of erasures.

    Whoever asks twice, or at the same time, gets the same receipt; what is there all the same, under the key that is
    gone, and would end every export, is removed then. Raises ClientNotFound, LegalHold, BookingAhead,
    PaymentInFlight, ErasureListAway.
    """
    tenancy.refuse_inside()
    with erasure_list.kept() as note, organization_scope(organization, actor):
        client = client_actions.lock_whole(client_id)
        bookings = booking_queries.lock_all_of(client_id)
        receipt = receipts.find(KIND, client_id)
        if receipt is not None:
            booking_actions.forget_leftovers(client_id)
            attempts.end(receipt)
            return receipt
        _check(client)
        line = Line(new_id(), organization.id, KIND, client_id, clock.now())
        receipt = _empty(client, bookings, line)
        attempts.end(receipt)
        note(line)
    return receipt


def check_client(organization: Organization, actor: Actor, client_id: UUID) -> None:
    """Whether the client could be erased now, without doing it. Raises what `erase_client` raises."""
    tenancy.refuse_inside()
    with organization_scope(organization, actor):
        _check(client_actions.lock_whole(client_id))


def erase_client_again(line: Line) -> bool:
    """Do in a restored database what `line` of the list says was done; False where there is nobody to erase.

    Nothing is asked: what is in the way in yesterday's database was not, when it was decided. Runs inside a scope.
    """
    if not client_queries.not_erased([line.person]):
        return False
    client = client_actions.lock_whole(line.person)
    if client.erased_at is None:
        _empty(client, booking_queries.lock_all_of(client.id), line)
    return True


def remove_client(client: Client) -> None:
    """Erase a client whom no booking refers to, in the scope that deletes them: 1. may they go; 2. empty all that would
    outlive the row, and take the row away; 3. the line on the list of erasures, when the scope ends.

    Expects the lock of `lock_present`. Raises LegalHold, PaymentInFlight, ErasureListAway.
    """
    _check(client)
    now = clock.now()
    line = Line(new_id(), tenancy.organization_id(), KIND, client.id, now)
    _forget(client, [], line, partial(client_actions.delete, client, has_history=False, now=now), stays=False)
    privacy_receipts.list_at_end(line)


def _check(client: Client) -> None:
    now = clock.now()
    client_actions.refuse_held(client, now=now)
    if booking_queries.client_has_any_ahead(client.id, now=now):
        raise BookingAhead
    if payment_queries.in_flight(client.id):
        raise PaymentInFlight


def _empty(client: Client, bookings: Iterable[UUID], line: Line) -> Erasure:
    """Empty what is known of the person, and leave the row; then `client.erased`."""
    now = clock.now()
    receipt = _forget(client, bookings, line, partial(client_actions.erase, client, now=now))
    event_actions.record("client.erased", user=client.id, data={"clientId": str(client.id)}, now=now)
    return receipt


def _forget(
    client: Client, bookings: Iterable[UUID], line: Line, end: Callable[[], int], *, stays: bool = True
) -> Erasure:
    """1. stored answers; 2. what is on file, and words about payments; 3. words about bookings; 4. events; 5. the
    person, with their key, by `end`, which gives how many consents there were; 6. their login, when nobody else needs
    it; 7. the receipt and the job that erases them at the provider.
    """
    now, whose, login = clock.now(), client.id, client.user_id
    named = [whose, *bookings, *payment_queries.ids_of_client(whose)]
    gone = {"stored answers": answer_actions.erase_answers(named, now=now)}
    customer, gone["ways to pay"] = payment_actions.forget(client, now=now)
    gone["notes and reasons of bookings"], gone["answers to questions"] = booking_actions.forget_client(whose)
    gone["contents of events"] = event_actions.forget(whose, now=now)
    gone["consents"] = end()
    links.forget(line.organization, whose)
    if login is not None:
        identity_actions.forget_login(login)
    receipt = receipts.of_client(line, gone, customer=customer, row_stays=stays)
    if receipt.provider == Erasure.Provider.PENDING:
        enqueue("payments.forget_customer", organization=line.organization, erasure=receipt.id)
    return receipt

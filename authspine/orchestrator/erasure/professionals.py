"""The journey of erasing a professional."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from analytics import actions as event_actions
from authspine.idempotency import actions as answer_actions
from authspine.idempotency import attempts
from authspine.identity import actions as identity_actions
from authspine.identity.models import Organization
from authspine.kernel import clock, tenancy
from authspine.kernel.actor import Actor
from authspine.kernel.ids import new_id
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator.erasure import receipts
from authspine.orchestrator.withdrawal import withdraw
from authspine.privacy import erasure_list
from authspine.privacy import receipts as privacy_receipts
from authspine.privacy.erasure_list import Line
from authspine.privacy.models import Erasure
from bookings import queries as booking_queries
from bookings.errors import BookingAhead
from professionals import actions as professional_actions
from professionals import queries as professional_queries
from professionals.models import Professional

KIND = Erasure.Kind.PROFESSIONAL
# Answers elsewhere name a professional by the id alone, and belong to others.
ADDRESS = "/professionals"


def erase_professional(organization: Organization, actor: Actor, professional_id: UUID) -> Erasure:
    """Erase a professional, also one who is deleted: the steps of `erase_client`.

    Raises ProfessionalNotFound, BookingAhead, ErasureListAway.
    """
    tenancy.refuse_inside()
    with erasure_list.kept() as note, organization_scope(organization, actor):
        professional = professional_actions.lock_whole(professional_id)
        receipt = receipts.find(KIND, professional_id)
        if receipt is not None:
            professional_actions.remove_calendar(professional)
            attempts.end(receipt)
            return receipt
        if booking_queries.professional_has_any_ahead(professional_id, now=clock.now()):
            raise BookingAhead
        line = Line(new_id(), organization.id, KIND, professional_id, clock.now())
        receipt = _empty(professional, line)
        attempts.end(receipt)
        note(line)
    return receipt


def erase_professional_again(line: Line) -> bool:
    """As `erase_client_again`."""
    if not professional_queries.not_erased([line.person]):
        return False
    professional = professional_actions.lock_whole(line.person)
    if professional.erased_at is None:
        _empty(professional, line)
    return True


def remove_professional(professional: Professional) -> None:
    """Erase a professional to whom nothing refers, as `remove_client` does: after what they offered has ended.

    Raises ProfessionalNotFound, ErasureListAway.
    """
    now = clock.now()
    line = Line(new_id(), tenancy.organization_id(), KIND, professional.id, now)
    end = partial(professional_actions.delete, professional, has_history=False, now=now)
    _forget(professional, line, end, stays=False)
    privacy_receipts.list_at_end(line)


def _empty(professional: Professional, line: Line) -> Erasure:
    """1. what they offer ends; 2. all that is known of the person is emptied, and the row is left;
    3. `professional.erased`.
    """
    now, whose = clock.now(), professional.id
    if professional.deleted_at is None:
        withdraw(professional, now=now)
    receipt = _forget(professional, line, partial(professional_actions.erase, professional, now=now))
    event_actions.record("professional.erased", user=whose, data={"professionalId": str(whose)}, now=now)
    return receipt


def _forget(professional: Professional, line: Line, end: Callable[[], None], *, stays: bool = True) -> Erasure:
    """1. stored answers; 2. events; 3. the person, with their calendar and their key, by `end`; 4. their login, when
    nobody else needs it; 5. the receipt.
    """
    now, login, whose = clock.now(), professional.user_id, professional.id
    gone = {"stored answers": answer_actions.erase_answers([whose], now=now, part=ADDRESS)}
    gone["contents of events"] = event_actions.forget(whose, now=now)
    end()
    if login is not None:
        identity_actions.forget_login(login)
    return receipts.of_professional(line, gone, row_stays=stays)

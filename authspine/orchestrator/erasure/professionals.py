"""The journey of erasing a professional."""

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
from authspine.orchestrator import professionals
from authspine.orchestrator.erasure import receipts
from authspine.privacy import erasure_list
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


def _empty(professional: Professional, line: Line) -> Erasure:
    """1. what they offer ends; 2. stored answers; 3. events; 4. the person, with their calendar and their key; 5. their
    login, when nobody else needs it; 6. the receipt, `professional.erased`.
    """
    now, login, whose = clock.now(), professional.user_id, professional.id
    if professional.deleted_at is None:
        professionals.withdraw(professional, now=now)
    gone = {"stored answers": answer_actions.erase_answers([whose], now=now, part=ADDRESS)}
    gone["contents of events"] = event_actions.forget(whose, now=now)
    professional_actions.erase(professional, now=now)
    if login is not None:
        identity_actions.forget_login(login)
    receipt = receipts.of_professional(line, gone)
    event_actions.record("professional.erased", user=whose, data={"professionalId": str(whose)}, now=now)
    return receipt

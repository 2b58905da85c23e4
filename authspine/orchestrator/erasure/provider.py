"""Erasing at the payment provider: a job, after the commit, until the provider has answered."""

from uuid import UUID

from authspine.identity.models import Organization
from authspine.kernel import clock, tenancy
from authspine.kernel.actor import Actor
from authspine.kernel.enqueue import enqueue
from authspine.kernel.tenancy import organization_scope
from authspine.privacy import receipts
from authspine.privacy.models import Erasure
from payments import gateway


def forget_customer(organization: Organization, actor: Actor, erasure_id: UUID) -> None:
    """Erase a person at the provider: 1. whom; 2. there; 3. the receipt. Once it is done it does nothing.

    Raises GatewayUnavailable (ask again), Erasure.DoesNotExist.
    """
    tenancy.refuse_inside()
    with organization_scope(organization, actor):
        receipt = Erasure.objects.get(id=erasure_id)
    if receipt.provider != Erasure.Provider.PENDING:
        return
    gateway.forget_customer(receipt.provider_customer, organization=organization.id, client=receipt.person)
    with organization_scope(organization, actor):
        receipts.done_at_provider(erasure_id, now=clock.now())


def ask_again() -> int:
    """Enqueue the job anew for whoever the provider still knows; how many. Runs inside a scope."""
    waiting = receipts.waiting()
    for erasure in waiting:
        enqueue("payments.forget_customer", organization=tenancy.organization_id(), erasure=erasure)
    return len(waiting)

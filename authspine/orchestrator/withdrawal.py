"""The end of what a professional offers: part of their deletion and of their erasure."""

from datetime import datetime

from analytics import actions as event_actions
from professionals.models import Professional
from services import actions as service_actions
from services.actions import offers as offer_actions


def withdraw(professional: Professional, *, now: datetime) -> None:
    """Nobody books this professional any more: 1. their offers end; 2. their services, each with
    `service.deactivated`.
    """
    offer_actions.withdraw_all(professional, now=now)
    for service in service_actions.remove_all(professional.id, now=now):
        sold = {"serviceId": str(service.id), "professionalId": str(professional.id)}
        event_actions.record("service.deactivated", user=professional.id, data=sold, now=now)

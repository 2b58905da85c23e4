"""Journeys of erasing a person: decided (`clients`, `professionals`), told at the payment provider (`provider`), and
after a restored backup carried out again (`replaying`); of whom time has forgotten (`retention`).
"""

from authspine.orchestrator.erasure.clients import erase_client, remove_client
from authspine.orchestrator.erasure.professionals import erase_professional, remove_professional
from authspine.orchestrator.erasure.provider import ask_again, forget_customer
from authspine.orchestrator.erasure.receipts import kept_of_client
from authspine.orchestrator.erasure.replaying import Replay, replay
from authspine.orchestrator.erasure.retention import Retention, apply_retention

__all__ = [
    "Replay",
    "Retention",
    "apply_retention",
    "ask_again",
    "erase_client",
    "erase_professional",
    "forget_customer",
    "kept_of_client",
    "remove_client",
    "remove_professional",
    "replay",
]

"""Journeys of erasing a person: decided (`clients`, `professionals`), told at the payment provider (`provider`), and
after a restored backup carried out again (`replaying`).
"""

from authspine.orchestrator.erasure.clients import erase_client
from authspine.orchestrator.erasure.professionals import erase_professional
from authspine.orchestrator.erasure.provider import ask_again, forget_customer
from authspine.orchestrator.erasure.receipts import kept_of_client
from authspine.orchestrator.erasure.replaying import Replay, replay

__all__ = [
    "Replay",
    "ask_again",
    "erase_client",
    "erase_professional",
    "forget_customer",
    "kept_of_client",
    "replay",
]

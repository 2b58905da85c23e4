"""Journeys of money.

Each is claim -> call -> record: what is about to happen is committed before the gateway is asked, no call runs inside a
scope, and what the gateway says is recorded whole, with its events and its ledger, in a scope of its own. So they are
called outside of any. When the gateway does not answer, the outcome is unknown (GatewayUnavailable): the claim stands,
and the same request again takes it up under the same key, so that it is never a second charge. What is seen at the
gateway is applied in one place, whoever brought it: an answer, a webhook, or a comparison.
The scope of a claim tells of it by `attempts.begin`, the last one of the outcome by `attempts.end`.
"""

from authspine.orchestrator.payments.approving import approve_refund, refund_or_ask, refuse_refund
from authspine.orchestrator.payments.capturing import cancel, capture
from authspine.orchestrator.payments.confirming import confirm, pay
from authspine.orchestrator.payments.looking import fees, look
from authspine.orchestrator.payments.receiving import process_event
from authspine.orchestrator.payments.reconciling import reconcile
from authspine.orchestrator.payments.recounting import story
from authspine.orchestrator.payments.refunding import refund, resume_refund
from authspine.orchestrator.payments.settling import settle_booking
from authspine.orchestrator.payments.starting import start

__all__ = [
    "approve_refund",
    "cancel",
    "capture",
    "confirm",
    "fees",
    "look",
    "pay",
    "process_event",
    "reconcile",
    "refund",
    "refund_or_ask",
    "refuse_refund",
    "resume_refund",
    "settle_booking",
    "start",
    "story",
]

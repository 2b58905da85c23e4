"""A Stripe of the project's own, for the demo and the tests: own process, own ledger, faults by script.

It keeps true what the platform leans on at Stripe: one effect per idempotency key, one charge per intent, never more
given back than was captured, an event for every change. It knows nothing of Django, so that it starts at once.
"""

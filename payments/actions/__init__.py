"""Changes to payments, between the calls to the gateway: every step is a scope of its own, and none speaks to anybody.

Lock order: booking, then payment. Each move of a status is one conditional update, so of two that bring the same answer
one records it.
"""

"""The admin of identity: organizations and logins for superusers, members and keys for an organization's own admins.

And of requests that came with an idempotency key, and what the gateway told.
"""

from authspine.platform.admin import gateway_events, keys, members, organizations, requests, users

__all__ = ["gateway_events", "keys", "members", "organizations", "requests", "users"]

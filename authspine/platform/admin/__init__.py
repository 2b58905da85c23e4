"""The admin of identity: organizations and logins for superusers, members and keys for an organization's own admins.

And of requests that came with an idempotency key, of what the gateway told, and of erasures.
"""

from authspine.platform.admin import audit, erasures, gateway_events, keys, members, organizations, requests, users

__all__ = ["audit", "erasures", "gateway_events", "keys", "members", "organizations", "requests", "users"]

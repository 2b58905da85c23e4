"""The admin of identity: organizations and logins for superusers; members, keys and links for an organization itself.

And of requests that came with an idempotency key, of what the gateway told, and of erasures.
"""

from authspine.platform.admin import (
    audit,
    erasures,
    gateway_events,
    keys,
    links,
    members,
    organizations,
    requests,
    users,
)

__all__ = ["audit", "erasures", "gateway_events", "keys", "links", "members", "organizations", "requests", "users"]

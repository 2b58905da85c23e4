"""The admin of identity: organizations and logins for superusers, members and keys for an organization's own admins.

And of requests that came with an idempotency key.
"""

from authspine.platform.admin import keys, members, organizations, requests, users

__all__ = ["keys", "members", "organizations", "requests", "users"]

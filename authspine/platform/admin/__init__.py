"""The admin of identity: organizations and logins for superusers, members and keys for an organization's own admins."""

from authspine.platform.admin import gateway_events, keys, members, organizations, users

__all__ = ["gateway_events", "keys", "members", "organizations", "users"]

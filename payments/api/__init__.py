"""Payments over HTTP. Whatever may speak to the gateway opens scopes of its own (`own_scopes`)."""

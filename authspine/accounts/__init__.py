"""Signing in: pages, second factors, invitations. What allauth keeps of a login is its alias, never its address."""

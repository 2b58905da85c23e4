"""Who may come in: users, organizations, memberships and API keys. Global tables, by design."""

"""The ground that every app stands on: errors, money, clock, ids, tenancy. It imports no app."""

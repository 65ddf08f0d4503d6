"""The ratchet: what a migration in progress must not do again."""

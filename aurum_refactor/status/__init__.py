"""How far a migration is: read off the code and the lock, never guessed."""

"""The only room that touches files, git and the lock; nothing here prints or exits."""

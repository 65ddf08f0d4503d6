"""Survey to Plan: every choice is made here, deterministically; reads no tree and no file."""

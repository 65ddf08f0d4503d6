"""The command line: the only room that knows click and rich; nothing here decides about code."""

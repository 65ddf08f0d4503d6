"""Speed and memory, measured from whole processes; run by hand, never by the tests."""

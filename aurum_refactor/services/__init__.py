"""Service layers: what the endpoints of a domain ask for, as interfaces, stubs, DAOs and tests."""

"""Methods that are registered as endpoints, carried into a base class that stands above theirs.

``choose`` takes the methods of one domain. ``judge`` tells whether nobody can tell: of the
class by its ``namespaces`` and who has ``looked_at`` them, of each of its ``methods`` by what
runs with it (``wrapping``).
"""

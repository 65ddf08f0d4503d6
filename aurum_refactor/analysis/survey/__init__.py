"""One monolith and the project around it, read into a ``Survey``.

``survey`` puts it together. ``interesting`` tells which files are read for it and ``layout``
where the monolith stands; ``uses`` is what other files do with it, ``early`` what may run
before it is whole, and the other files are one question each that the planner asks.
"""

"""What the code says: sources read with ``ast``, as plain values; nothing is run or rewritten.

``survey`` puts everything together that is known of a monolith. ``registrations`` are its
routes and ``references`` what other files do with its names; ``lifting`` and ``carrying``
choose what comes out of factories and classes before anything is planned.
"""

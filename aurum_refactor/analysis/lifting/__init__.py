"""What is lifted out of functions, conditions and loops, and why the rest is not.

``nested_module`` is what was read; ``choose`` takes the longest runs of one domain and
``registrars`` the functions that move as they are. ``judge`` tells whether a ``run`` may
become a function: by its ``shape`` and ``handlers``, what is ``captured`` and ``returned``,
and what runs ``meanwhile``. ``lines`` and ``strings`` tell whether its text may move.
"""

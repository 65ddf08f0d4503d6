"""Does every name of a lifted body mean the same as in its place? By CPython's symbol tables.

``judge`` asks one question a file: of ``pieces`` and their scopes, of ``arguments``, of what
is ``given_back`` and of ``annotations``. A ``case`` is what they look at; ``names_bound`` and
``paths`` tell where a function binds a name, and whether it surely does.
"""

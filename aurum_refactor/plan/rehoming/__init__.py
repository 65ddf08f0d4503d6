"""Where the names of an emptied monolith live when every reference to them is rewritten.

``decide`` is the fixed point. ``emptied`` is what is known beforehand, ``leaving`` with
``ties`` and ``freedom`` what may go, ``homes`` where to, ``places`` with ``clashes`` what
would come too late or find no room there, and ``answer`` the decision as a value.
"""

"""Survey to Plan: every choice is made here, deterministically; reads no tree and no file.

``planner`` makes the plan: ``domains`` for endpoints, ``runs`` of them, ``homes`` for what they
need, until all of it is settled (``settle``). ``rehoming`` is the second half of rewrite mode:
where the names of an emptied monolith live.
"""

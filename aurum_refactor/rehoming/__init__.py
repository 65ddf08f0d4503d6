"""Rewrite mode on top of an extraction: names leave the monolith, and references follow.

``rewritten`` takes turns until one changes nothing. A turn (``faults``) reads what is there
(``surroundings``, ``readings``), tells what must stay (``tied``), plans and rewrites until
nothing names what is gone (``attempts``, ``leftovers``), and is proven (``proving``).
Nothing is written.
"""

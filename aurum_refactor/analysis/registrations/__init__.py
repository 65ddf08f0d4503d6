"""What a module registers on its applications and routers, and in which order.

``reading`` goes from statement to statement; ``calls`` says what one registration is and
``literal_paths`` where it is; ``endpoints`` puts those of one function together. What is
written where nothing can move is in ``unmoved``, and ``executed_uses`` finds what may
register without saying so.
"""

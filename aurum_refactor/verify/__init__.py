"""Shows before ≡ after by running both states of the target in fresh processes.

Nothing here knows how a move is analysed, planned or rewritten: a proof that
shares its author's mistake is none. Start at ``verify.verify``.
"""

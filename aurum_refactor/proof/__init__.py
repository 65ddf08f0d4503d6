"""ChangeSet to Proof: reads the result afresh and knows nothing of how it was made.

``prove`` asks for one guarantee a file. ``lifting`` puts back what came out of factories and
``carrying`` what came out of classes, and hold it against the original: by ``closures`` and
by ``inheritance``.
"""

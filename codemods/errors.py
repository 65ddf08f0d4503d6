"""The one thing a rewrite can say besides a tree: that it will not guess."""

from __future__ import annotations


class CannotRewrite(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """An expected refusal: the rewrite asked for has no faithful form.

    The commands turn it into LibCST's ``SkipFile``; other callers turn it into
    whatever a refusal is on their floor. There is no line in it: trees without
    metadata have none, and the caller knows which statement it handed in.
    """

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(name, reason)
        #: What cannot be rewritten: an identifier, an ordinal or an import, as written.
        self.name = name
        #: Why, as the rest of a sentence that begins with the name.
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.name} {self.reason}"

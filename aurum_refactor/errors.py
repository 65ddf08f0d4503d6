"""What can go wrong, in sentences for people; imports nothing of ours.

Every error here ends a command with exit status 2 and exactly one message. A
refusal is not an error: it is a ``Finding`` on the plan.
"""

from __future__ import annotations


class AurumRefactorError(Exception):
    """Root of everything this package raises on purpose; ``str()`` is the whole message."""


class SourceError(AurumRefactorError):
    """A file that cannot be read or parsed.

    ``path`` is relative to the project and POSIX; ``line`` is 1-based, or
    ``None`` where the whole file is meant.
    """

    def __init__(self, path: str, reason: str, line: int | None = None) -> None:
        super().__init__(path, reason, line)
        self.path = path
        self.reason = reason
        self.line = line

    def __str__(self) -> str:
        place = self.path if self.line is None else f"{self.path}:{self.line}"
        return f"{place}: {self.reason}"


class ConfigError(AurumRefactorError):
    """Every mistake of one configuration file, together: ``(line or None, message)``."""

    def __init__(self, path: str, mistakes: tuple[tuple[int | None, str], ...]) -> None:
        super().__init__(path, mistakes)
        self.path = path
        self.mistakes = mistakes

    def __str__(self) -> str:
        lines = [
            f"{self.path}: {text}" if line is None else f"{self.path}:{line}: {text}"
            for line, text in self.mistakes
        ]
        return "\n".join(lines)


class UsageError(AurumRefactorError):
    """The command was asked for something that does not exist or cannot be."""


class TargetError(AurumRefactorError):
    """The project is not in a state that may be written to: dirty, locked, changed."""


class MoveError(AurumRefactorError):
    """A rewrite could not be expressed; names the rewrite, the place and the reason."""


class ProofError(AurumRefactorError):
    """The static proof rejected the result of an extraction; nothing was written."""


class VerifyError(AurumRefactorError):
    """A state of the target could not be observed: it crashed, hung, or has no routes."""

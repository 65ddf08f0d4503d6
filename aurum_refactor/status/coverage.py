"""Coverage of some files, as a ``coverage.xml`` in Cobertura's form says."""

from __future__ import annotations

from collections.abc import Collection
from xml.etree import ElementTree

from aurum_refactor.errors import SourceError


def covered(name: str, data: bytes, paths: Collection[str]) -> tuple[int, int] | None:
    """Lines of some files that tests run, and all of them.

    Args:
        name: What to call the report in errors.
        data: The report.
        paths: Relative POSIX paths of the files.

    Returns:
        None if the report mentions none of them.

    Raises:
        SourceError: It is no such report.
    """
    try:
        # Expat refuses entities that grow without bounds, since 2.4.1.
        root = ElementTree.fromstring(data)  # noqa: S314
    except (ElementTree.ParseError, ValueError) as error:
        raise SourceError(name, f"is not a coverage report in XML: {error}") from None
    if root.tag != "coverage":
        raise SourceError(name, "is not a coverage report; write one with `coverage xml`")
    run, total, is_mentioned = 0, 0, False
    for element in root.iter("class"):
        file = element.get("filename", "").replace("\\", "/")
        if not file or not any(path == file or path.endswith(f"/{file}") for path in paths):
            continue
        is_mentioned = True
        hits = [line.get("hits", "0") for line in element.iterfind("./lines/line")]
        run += sum(hit != "0" for hit in hits)
        total += len(hits)
    return (run, total) if is_mentioned else None

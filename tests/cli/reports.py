"""Reports held against golden files: text, Markdown, and JSON against its schema.

Names that stay in the monolith, and how long modules are, are left out: that is for the plan and
the rewriting to say, and tested there.
"""

from __future__ import annotations

import difflib
import json
import re
from importlib import resources
from pathlib import Path

from jsonschema import Draft202012Validator

from tests.cli.project import run

GOLDEN = Path(__file__).parents[2] / "fixtures" / "reports"


def compare_reports(root: Path, name: str, *, update: bool) -> None:
    """Report on a project in every format; text and Markdown are ``<name>.txt`` and ``.md``."""
    schema = resources.files("aurum_refactor.cli").joinpath("schemas/report-1.schema.json")
    as_json = run(root, "report", "--format", "json")
    assert as_json.exit_code == 0, as_json.output
    Draft202012Validator(json.loads(schema.read_text())).validate(json.loads(as_json.stdout))
    # One of the long ones is enough to see all states.
    long = [("markdown", "md")] if name == "half_way" else []
    for form, ending in (("text", "txt"), *long):
        result = run(root, "report", "--format", form, width=100)
        assert result.exit_code == 0, result.output
        path = GOLDEN / f"{name}.{ending}"
        if update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(without_anchored(result.stdout))
        rows = (path.read_text().splitlines(), without_anchored(result.stdout).splitlines())
        assert rows[0] == rows[1], "\n".join(difflib.unified_diff(*rows, lineterm=""))


def without_anchored(text: str) -> str:
    """A report without the names that stay, their number, and the lengths of modules."""
    text = re.sub(r"(?m)^(Stays in the monolith)  .*\n(?:  .*\n)+", r"\1\n", text)
    text = re.sub(r"(?m)^\| `\w+` \| \d+ \| .* \|\n", "", text)
    text = re.sub(r"(Names that stay in the monolith): \d+", r"\1", text)
    text = re.sub(r"[\d,]+ lines;", "N lines;", text)
    text = re.sub(r"(?m)^(  \w+(?: +\d+){4}) +[\d,]+  ", r"\1  N  ", text)
    return re.sub(r"(?m)^(\| \w+ (?:\| \d+ ){4}\|) [\d,]+ \|", r"\1 N |", text)

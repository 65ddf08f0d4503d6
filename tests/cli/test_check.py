"""``check`` on the command line: formats, the baseline, and what stops it."""

from __future__ import annotations

import json
import shutil
from importlib import resources
from pathlib import Path

import pytest
from jsonschema import Draft7Validator, Draft202012Validator

from aurum_refactor.cli.annotations import annotate
from aurum_refactor.cli.facts import FindingFacts
from tests.cli.project import git, run, tree
from tests.guard.project import add, migrated, unmigrated

API, CURVES = "src/shop/api.py", "src/shop/v1/curves.py"
LATE = '\n\n@router.get("/v1/late")\ndef late() -> int:\n    return 1\n'
BASELINE = "aurum-refactor.baseline"


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return migrated(tmp_path_factory.mktemp("shop"))


@pytest.fixture
def shop(pristine: Path, tmp_path: Path) -> Path:
    """A copy of the migrated project."""
    return Path(shutil.copytree(pristine, tmp_path / "shop"))


def test_nothing_slid_back(shop: Path) -> None:
    files = tree(shop)

    result = run(shop, "check")

    assert result.exit_code == 0
    assert result.stdout == "nothing slid back; 4 modules looked at\n"
    assert tree(shop) == files


def test_text_says_where_and_what_to_do(shop: Path) -> None:
    line = add(shop, API, LATE) + 2

    result = run(shop, "check", width=100)

    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "1 finding; 4 modules looked at",
        "",
        "Found  AR401: 1",
        "  AR401",
        f"    {API}:{line}  GET /v1/late (late) is new in the monolith",
        "    → put it into the router module of its domain",
    ]


def test_warnings_alone_are_no_failure(shop: Path) -> None:
    add(shop, API, "\nX = 1  # aurum: ignore[AR401] old\n")

    result = run(shop, "check")

    assert result.exit_code == 0
    assert "AR406" in result.stdout


def test_json_keeps_its_schema(shop: Path) -> None:
    add(shop, API, f"{LATE}\nX = 1  # aurum: ignore[AR402] old\n")
    add(shop, CURVES, "\nfrom . import orders  # aurum: ignore[AR402] in week 4\n")

    document = json.loads(run(shop, "check", "--format", "json").stdout)

    text = resources.files("aurum_refactor.cli").joinpath("schemas/check-1.schema.json")
    Draft202012Validator(json.loads(text.read_text())).validate(document)
    assert document["per_rule"] == {"AR401": 1, "AR406": 1}
    assert [row["reason"] for row in document["ignored"]] == ["in week 4"]


def sarif_schema() -> Draft7Validator:
    path = Path(__file__).parent / "sarif-2.1.0-subset.schema.json"
    return Draft7Validator(json.loads(path.read_text()))


def test_sarif_keeps_the_published_format(shop: Path) -> None:
    add(shop, API, f"{LATE}\nX = 1  # aurum: ignore[AR402] old\n")

    document = json.loads(run(shop, "check", "--format", "sarif").stdout)

    sarif_schema().validate(document)
    (log,) = document["runs"]
    rules = [rule["id"] for rule in log["tool"]["driver"]["rules"]]
    assert rules == ["AR401", "AR402", "AR403", "AR404", "AR405", "AR406"]
    first = log["results"][0]
    assert (first["ruleId"], rules[first["ruleIndex"]], first["level"]) == (
        "AR401",
        "AR401",
        "error",
    )
    assert first["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == API
    assert (
        len({row["partialFingerprints"]["aurumRefactorFinding/v1"] for row in log["results"]}) == 2
    )


@pytest.mark.parametrize(
    "change",
    [
        {"version": "2.0.0"},
        {"runs": [{"results": []}]},
        {"runs": [{"tool": {"driver": {}}}]},
        {"runs": [{"tool": {"driver": {"name": "x"}}, "results": [{"level": "bad"}]}]},
    ],
)
def test_the_schema_is_no_rubber_stamp(change: dict[str, object]) -> None:
    log = {"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}}]}
    assert sarif_schema().is_valid(log)
    assert not sarif_schema().is_valid({**log, **change})


def test_paths_start_at_the_top_of_the_repository(pristine: Path, tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    inner = shutil.copytree(pristine, tmp_path / "services" / "a b")
    shutil.rmtree(inner / ".git")
    line = add(Path(inner), API, LATE) + 2

    annotated = run(Path(inner), "check", "--format", "github").stdout
    log = json.loads(run(Path(inner), "check", "--format", "sarif").stdout)

    assert annotated == (
        f"::error file=services/a b/{API},line={line},title=AR401::GET /v1/late (late) is new in "
        "the monolith; put it into the router module of its domain\n"
    )
    location = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == f"services/a%20b/{API}"


def test_annotations_are_escaped() -> None:
    row = FindingFacts("AR401", "error", "100 %\nmore", "a, b: c", "a,b:c.py", 3, "", None)

    assert annotate([row], "") == (
        "::error file=a%2Cb%3Ac.py,line=3,title=AR401::100 %25%0Amore; a, b: c\n"
    )


def test_markdown_is_a_comment(shop: Path) -> None:
    line = add(shop, API, LATE) + 2

    lines = run(shop, "check", "--format", "markdown").stdout.splitlines()

    assert lines[0] == "### 1 finding; 4 modules looked at"
    assert lines[4].startswith(f"| AR401 | `{API}:{line}` | GET /v1/late (late) is new")


def test_the_baseline_only_shrinks(shop: Path) -> None:
    add(shop, API, LATE)
    first = run(shop, "check", "--update-baseline")
    accepted = run(shop, "check")
    add(shop, API, LATE.replace("late", "later"))
    grown = (shop / BASELINE).read_bytes()

    more = run(shop, "check", "--update-baseline")

    assert (first.exit_code, accepted.exit_code, more.exit_code) == (0, 0, 1)
    assert "1 finding accepted" in accepted.stdout
    assert "GET /v1/later (later) is new" in more.stdout
    assert (shop / BASELINE).read_bytes() == grown


def test_what_is_gone_leaves_the_baseline(shop: Path) -> None:
    text = (shop / API).read_text()
    add(shop, API, LATE)
    run(shop, "check", "--update-baseline")
    (shop / API).write_text(text)

    noticed = run(shop, "check")
    updated = run(shop, "check", "--update-baseline")
    add(shop, API, LATE)

    assert "1 entry is not needed any more" in noticed.stdout
    assert updated.stderr == f"note: 1 removed from {BASELINE}; it never grows\n"
    assert json.loads((shop / BASELINE).read_text()) == {"version": 1, "findings": []}
    assert run(shop, "check").exit_code == 1


def test_before_the_first_extraction_a_baseline_is_needed(tmp_path: Path) -> None:
    root = unmigrated(tmp_path)

    without = run(root, "check")
    written = run(root, "check", "--update-baseline")
    add(root, API, LATE)

    assert without.exit_code == 2
    assert without.stderr == (
        "error: nothing says which endpoints src/shop/api.py had before: there is neither a lock "
        "nor a baseline; write one with `aurum-refactor check --update-baseline`\n"
    )
    assert written.exit_code == 0
    assert run(root, "check").exit_code == 1


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"{", "aurum-refactor.baseline:1: is not valid JSON"),
        (b"[]", "aurum-refactor.baseline: is not a baseline"),
        (b"\xff", "aurum-refactor.baseline: is not a baseline"),
        (b'{"version": 2, "findings": []}', "was written by a newer aurum-refactor (format 2)"),
        (b'{"version": 1, "findings": [{"code": "AR401"}]}', "is not a baseline"),
        (b'{"version": 1, "findings": [{"code": 1, "path": "", "key": ""}]}', "is not a baseline"),
        (b'{"version": 1, "findings": 5}', "is not a baseline"),
    ],
)
def test_a_corrupt_baseline(shop: Path, data: bytes, message: str) -> None:
    (shop / BASELINE).write_bytes(data)

    for more in ((), ("--update-baseline",)):
        result = run(shop, "check", *more)
        assert result.exit_code == 2
        assert message in result.stderr
        assert len(result.stderr.splitlines()) == 1
        assert (shop / BASELINE).read_bytes() == data


def test_a_baseline_that_is_not_there(shop: Path) -> None:
    result = run(shop, "check", "--baseline", "other.json")

    assert result.exit_code == 2
    assert "other.json: no such file" in result.stderr


def test_a_router_that_does_not_parse(shop: Path) -> None:
    line = add(shop, CURVES, "\ndef f(:\n") + 1

    result = run(shop, "check")

    assert result.exit_code == 2
    assert result.stderr.startswith(f"error: {CURVES}:{line}: not valid Python")


def test_a_monolith_that_is_gone(shop: Path) -> None:
    (shop / API).unlink()

    result = run(shop, "check")

    assert result.exit_code == 2
    assert f"{API}: does not exist, although it is known as a monolith" in result.stderr

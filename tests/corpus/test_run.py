"""The runner on projects of ours: no network, nothing of anybody else's."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from corpus import schedule, try_out
from corpus.checkout import CheckoutError, checkout
from corpus.manifest import Manifest, Project, load_manifest
from corpus.row import FAILED, Row
from corpus.run import main
from corpus.state import tool_state
from tests.corpus.towns import BROKEN, RECIPE, TOWN, entry, repository


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Two projects in a mirror; the second does not parse."""
    commits = {n: repository(tmp_path / "mirror", n, t) for n, t in _TEXTS.items()}
    manifest = entry("town", commits["town"], RECIPE) + entry("ruin", commits["ruin"])
    (tmp_path / "manifest.toml").write_text(manifest)
    return tmp_path


_TEXTS = {"town": TOWN, "ruin": BROKEN}


def _run(place: Path, *words: str) -> Result:
    fixed = ["--manifest", "manifest.toml", "--mirror", "mirror", "--work", "work"]
    paths = [str(place / word) if not word.startswith("-") else word for word in fixed]
    return CliRunner().invoke(main, [*paths, "--table", str(place / "table.json"), *words])


def _rows(result: Result) -> dict[str, dict[str, object]]:
    return {row["name"]: row for row in json.loads(result.stdout)["rows"]}


def test_one_broken_project_is_a_row_and_the_others_have_theirs(place: Path):
    result = _run(place, "--no-verify", "--format", "json")

    rows = _rows(result)
    town, ruin = rows["town"], rows["ruin"]
    assert (town["status"], town["endpoints"], town["moved"]) == ("ok", 3, 2)
    assert (town["refused"], town["equal"]) == ({"AR101": 1}, "not run")
    assert min(town["seconds"], town["ratio"]) > 0
    assert town["peak_mib"] > 5
    assert ruin["status"] == "failed"
    assert "town/api.py" in ruin["trouble"]
    assert result.exit_code == 1
    assert "worse: ruin: failed" in result.stderr


def test_writing_makes_page_and_twin_and_the_next_run_compares_with_them(place: Path):
    page = place / "docs" / "corpus.md"
    page.parent.mkdir()

    _run(place, "--no-verify", "--write", str(page))
    again = _run(place, "--no-verify", "--resume")

    assert "| town | 3 |" in page.read_text()
    assert "python -m corpus.run --write docs/corpus.md" in page.read_text()
    assert str(place) not in page.read_text() + (place / "table.json").read_text()
    # What is broken in the table is no news.
    assert again.exit_code == 0, again.output


def test_a_project_that_moved_more_in_the_table_fails_the_run(place: Path):
    table = place / "table.json"
    _run(place, "--no-verify", "--only", "town", "--write", str(place / "corpus.md"))
    value = json.loads(table.read_text())
    value["rows"][0] |= {"moved": 3, "refused": {}}
    table.write_text(json.dumps(value))

    result = _run(place, "--no-verify", "--only", "town")

    assert result.exit_code == 1
    assert "worse: town: 2 endpoints moved instead of 3" in result.stderr
    assert "(AR101 0 → 1)" in result.stderr


def test_resuming_keeps_what_is_done_until_the_manifest_changes(
    place: Path, monkeypatch: pytest.MonkeyPatch
):
    _run(place, "--no-verify")
    monkeypatch.setattr("corpus.run.try_out", lambda project, _: _failing(project))

    kept = _rows(_run(place, "--no-verify", "--resume", "--format", "json"))
    manifest = place / "manifest.toml"
    manifest.write_text(manifest.read_text().replace("timeout = 60", "timeout = 61"))
    changed = _rows(_run(place, "--no-verify", "--resume", "--format", "json"))

    assert kept["town"]["status"] == "ok"
    assert changed["town"]["trouble"].startswith("RuntimeError: crash in town (test_run.py:")
    assert changed["ruin"]["trouble"] == kept["ruin"]["trouble"]


def test_resuming_keeps_no_row_of_another_tool(place: Path, monkeypatch: pytest.MonkeyPatch):
    _run(place, "--no-verify", "--only", "ruin")
    monkeypatch.setattr("corpus.run.try_out", lambda project, _: _failing(project))
    monkeypatch.setattr("corpus.store.tool_state", lambda: "another")

    rows = _rows(_run(place, "--no-verify", "--resume", "--only", "ruin", "--format", "json"))

    assert rows["ruin"]["trouble"].startswith("RuntimeError: crash in ruin")


def test_resuming_does_what_was_not_asked_for_before(place: Path, monkeypatch: pytest.MonkeyPatch):
    _run(place, "--no-verify", "--only", "ruin")
    monkeypatch.setattr("corpus.run.try_out", lambda project, _: _failing(project))

    words = ("--no-verify", "--resume", "--only", "ruin", "--format", "json")
    kept = _rows(_run(place, *words))
    more = _rows(_run(place, "--requests", *words))

    assert "crash" not in str(kept["ruin"]["trouble"])
    assert more["ruin"]["trouble"].startswith("RuntimeError: crash in ruin")


def test_the_state_of_the_tool_is_that_of_its_code(tmp_path: Path):
    code = tmp_path / "aurum_refactor" / "plan" / "order.py"
    code.parent.mkdir(parents=True)
    states = []
    for text in ("a = 1\n", "a = 2\n", "a = 1\n"):
        code.write_text(text)
        tool_state.cache_clear()
        states.append(tool_state(tmp_path))
    (code.parent / "notes.txt").write_text("x")
    tool_state.cache_clear()

    assert states[0] == states[2] == tool_state(tmp_path) != states[1]
    tool_state.cache_clear()


def test_rewrite_mode_has_rows_and_a_table_of_its_own(place: Path, monkeypatch: pytest.MonkeyPatch):
    words = ("--no-verify", "--only", "town", "--format", "json")
    page = place / "docs" / "corpus-rewrite.md"
    page.parent.mkdir()
    kept = _rows(_run(place, *words))["town"]

    result = _run(place, *words, "--references", "rewrite", "--write", str(page))
    monkeypatch.setattr("corpus.run.try_out", lambda project, _: _failing(project))
    resumed = _rows(_run(place, *words, "--resume", "--references", "rewrite"))["town"]
    keep = _run(place, *words, "--resume")

    town = _rows(result)["town"]
    # The class registers on what stays.
    assert (town["moved"], town["rewriting"]["stays"]) == (2, _STAYS)
    assert resumed == town
    assert "rewriting" not in kept
    assert "| town | 3 |" in page.read_text()
    command = "python -m corpus.run --references rewrite --write docs/corpus-rewrite.md"
    assert command in page.read_text()
    # What is committed is now of the other mode.
    assert keep.exit_code == 2
    assert "is the table of --references rewrite" in keep.stderr


_STAYS = {"reads a receiver": 1, "receiver": 1}


def _failing(project: Project) -> Row:
    raise RuntimeError(f"crash in {project.name}")


def test_a_crash_of_ours_ends_one_project_only():
    projects = [Project(name, "m.py", pypi="x==1") for name in ("a", "b")]

    def one(project: Project) -> Row:
        return _failing(project) if project.name == "a" else Row("b", "m.py", "x==1")

    rows = schedule.try_all(projects, one, jobs=2, started=lambda _: None, done=lambda _p, _r: None)

    assert [row.status for row in rows] == [FAILED, "ok"]
    assert rows[0].trouble.startswith("RuntimeError: crash in a (test_run.py:")


def test_too_little_time_is_a_row(place: Path):
    rows = _rows(_run(place, "--no-verify", "--timeout", "0.01", "--format", "json"))

    assert rows["town"]["status"] == "timeout"
    assert rows["town"]["trouble"] == "stopped after 0 s"


def test_domains_of_the_manifest_are_used(place: Path):
    commit = _project(place).commit
    domains = 'domains = {all_of_it = ["/**"]}'
    (place / "manifest.toml").write_text(entry("town", commit, domains))

    rows = _rows(_run(place, "--no-verify", "--format", "json"))

    assert rows["town"]["domains"] == 1
    assert "all_of_it" in (place / "work" / "settings" / "town.toml").read_text()


@pytest.mark.slow
def test_where_an_environment_exists_both_states_are_run(place: Path):
    venv = place / "venvs" / "town" / "bin"
    venv.mkdir(parents=True)
    # Not a link: a venv is found by the path of its own interpreter.
    (venv / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (venv / "python").chmod(0o755)

    result = _run(place, "--only", "town", "--venvs", str(place / "venvs"), "--format", "json")

    town = _rows(result)["town"]
    assert (town["equal"], town["equal_trouble"]) == ("equal", ""), town
    assert town["compared"] >= 2
    # The recipe says so, and the command line does not.
    assert town["requests"] >= 20
    assert result.exit_code == 0


def test_without_an_environment_nothing_is_run(place: Path):
    town = _rows(_run(place, "--only", "town", "--format", "json"))["town"]

    assert (town["equal"], town["equal_trouble"]) == ("not run", "no environment")


def test_without_a_mirror_the_commit_is_fetched(tmp_path: Path):
    commit = repository(tmp_path, "town")
    project = Project("town", "town/api.py", repo=str(tmp_path / "us+town"), commit=commit)

    tree = checkout(project, tmp_path / "work", None)

    assert (tree / "town" / "api.py").read_text() == TOWN


def test_an_absent_commit_is_one_sentence(place: Path):
    project = Project("town", "town/api.py", repo="us/town", commit="0" * 40)

    with pytest.raises(CheckoutError, match=f"has no commit {'0' * 40}"):
        checkout(project, place / "work", place / "mirror")


def test_an_unusable_manifest_is_status_2(place: Path):
    (place / "manifest.toml").write_text("[[project]]\n")

    result = _run(place)

    assert result.exit_code == 2
    assert result.stderr.startswith("error: ")


def _project(place: Path) -> Project:
    manifest: Manifest = load_manifest(place / "manifest.toml")
    return manifest.projects[0]


def test_the_home_of_a_project_is_filled_in_everywhere(tmp_path: Path):
    from corpus.manifest import Recipe

    words = try_out._options(Recipe(app="f('{home}')", env=(("K", "{home}/d"),)), tmp_path / "h")

    assert f"f('{tmp_path}/h')" in words
    assert f"K={tmp_path}/h/d" in words

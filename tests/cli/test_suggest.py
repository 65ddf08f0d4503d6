"""What `plan --suggest` proposes, on a service whose tags are crossed with what it does."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from tests.cli.project import process, run, write

# Four endpoints need _tree and TREES, four need _lake and LAKES; one of each has the other's
# path. `ping` needs nothing.
pytestmark = pytest.mark.static

CODE = """\
from fastapi import FastAPI

app = FastAPI()
TREES = ("oak", "elm")
LAKES = ("ijssel", "nemi")


def _tree(n: int) -> str:
    return TREES[n]


def _lake(n: int) -> str:
    return LAKES[n]


@app.get("/ping")
def ping() -> str:
    return "pong"
""" + "".join(
    f'\n\n@app.get("/{path}/{name}")\ndef {name}() -> str:\n    return _{thing}(0)\n'
    for path, thing, name in [
        ("trees", "tree", "oaks"),
        ("trees", "tree", "elms"),
        ("lakes", "tree", "birches"),
        ("trees", "tree", "limes"),
        ("lakes", "lake", "ponds"),
        ("lakes", "lake", "meres"),
        ("lakes", "lake", "tarns"),
        ("trees", "lake", "pools"),
    ]
)

TEXT = """\
main  main.py
  9 endpoints that can move, joined by the names of the project that they need
  those that need nothing that another one needs keep their domain: 1

  domains by  domains  modularity  cohesion  coupling  shared  agreement
  current           3       0.000     0.000         8       4      1.000
  greedy            3       0.500     1.000         0       0      0.250
  louvain           3       0.500     1.000         0       0      0.250
  labels            3       0.500     1.000         0       0      0.250

  modularity: how much more endpoints of one domain need the same than chance
    would have it; cohesion: mean over the domains; coupling: reads of names of
    other new modules; shared: helpers in the shared module; agreement: adjusted
    Rand index with the current domains; the fewer the domains, the less
    coupling there is in any case
  greedy: Clauset, Newman, Moore 2004, greedy modularity
  louvain: Blondel, Guillaume, Lambiotte, Lefebvre 2008
  labels: Raghavan, Albert, Kumara 2007, label propagation

greedy: 2 endpoints would change domain
  lakes → trees (1): birches:31
  trees → lakes (1): pools:56

As settings  of greedy, which has the highest modularity
  [tool.aurum-refactor.domains]
  health = ["/ping/**"]
  lakes = [
    "/lakes/meres/**",
    "/lakes/ponds/**",
    "/lakes/tarns/**",
    "/trees/pools/**",
  ]
  trees = [
    "/lakes/birches/**",
    "/trees/elms/**",
    "/trees/limes/**",
    "/trees/oaks/**",
  ]
"""


@pytest.fixture
def park(tmp_path: Path) -> Path:
    return write(tmp_path, {"main.py": CODE, "pyproject.toml": ""})


def test_crossed_domains_are_put_right(park: Path) -> None:
    result = run(park, "plan", "--suggest")

    assert result.stdout == TEXT
    assert (result.exit_code, result.stderr) == (0, "")


def test_the_proposal_is_what_the_settings_make_of_it(park: Path) -> None:
    shown = json.loads(run(park, "plan", "--suggest", "--format", "json").stdout)

    (park / "pyproject.toml").write_text(shown["settings"]["toml"])
    again = json.loads(run(park, "plan", "--suggest", "--format", "json").stdout)

    current, greedy = again["divisions"][:2]
    assert current["groups"] == shown["divisions"][1]["groups"] == greedy["groups"]
    assert (greedy["agreement"], greedy["moves"]) == (1.0, [])
    assert (
        "  no method finds domains of a higher modularity than the current ones have\n"
        in run(park, "plan", "--suggest").stdout
    )


def test_json_keeps_its_schema_and_its_bytes(park: Path) -> None:
    text = resources.files("aurum_refactor.cli").joinpath("schemas/suggest-1.schema.json")
    schema = json.loads(text.read_text())
    Draft202012Validator.check_schema(schema)

    shown = process(park, "plan", "--suggest", "--format", "json").stdout

    Draft202012Validator(schema).validate(json.loads(shown))
    assert process(park, "plan", "--suggest", "--format", "json").stdout == shown


def test_without_common_needs_there_is_nothing_to_cluster(tmp_path: Path) -> None:
    code = CODE.replace("_tree(0)", "''").replace("_lake(0)", "''")
    root = write(tmp_path, {"main.py": code, "pyproject.toml": ""})

    lines = run(root, "plan", "--suggest").stdout.splitlines()

    assert lines[2] == "  no two of them need the same name, so there is nothing to cluster"
    assert lines[5] == "  current           3           -         -         0       0      1.000"
    assert "As settings" not in "\n".join(lines)


def test_paths_that_two_domains_share_are_named(tmp_path: Path) -> None:
    code = CODE.replace('"/trees/pools"', '"/trees/oaks"').replace("def pools", "def oaks_too")
    code = code.replace('@app.get("/trees/oaks")\ndef oaks_too', '@app.put("/trees/oaks")\ndef o')
    root = write(tmp_path, {"main.py": code, "pyproject.toml": ""})

    text = run(root, "plan", "--suggest").stdout

    assert text.endswith(
        "  no URL pattern tells all of lakes, trees from the other domains; tags and\n"
        "    paths decide there\n"
    )


def test_a_comment_has_the_figures_and_the_settings(park: Path) -> None:
    text = run(park, "plan", "--suggest", "--format", "markdown").stdout

    assert "| greedy | 3 | 0.500 | 1.000 | 0 | 0 | 0.250 |\n" in text
    assert "| lakes | trees | `birches:31` |\n" in text
    assert "```toml\n[tool.aurum-refactor.domains]\n" in text

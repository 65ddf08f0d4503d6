"""Small projects of ours in git repositories of their own, and a manifest that pins them."""

from __future__ import annotations

import subprocess
from pathlib import Path

TOWN = """\
from fastapi import FastAPI

app = FastAPI()
STREETS = ["Elm", "Oak"]


@app.get("/streets")
def streets() -> list[str]:
    return STREETS


@app.get("/houses/{number}")
def house(number: int) -> int:
    return number


class Crowd:
    def __init__(self) -> None:
        self.__many = True
        app.add_api_route("/crowded", self.crowded)

    def crowded(self) -> bool:
        return self.__many


Crowd()
"""

BROKEN = "from fastapi import FastAPI\n\napp = FastAPI(\n"

RECIPE = 'run = {app = "town.api:app", timeout = 60, requests = true}\n'


def repository(mirror: Path, name: str, text: str = TOWN) -> str:
    """Commit a project under ``mirror/us+NAME``; give the commit."""
    tree = mirror / f"us+{name}"
    package = tree / "town"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "api.py").write_text(text)
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@t", "-C", str(tree)]
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "town"]):
        subprocess.run([*git, *words], check=True)
    head = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
    return head.stdout.strip()


def entry(name: str, commit: str, more: str = "") -> str:
    """One project of a manifest."""
    return (
        f'[[project]]\nname = "{name}"\nrepo = "us/{name}"\ncommit = "{commit}"\n'
        f'module = "town/api.py"\n{more}\n'
    )

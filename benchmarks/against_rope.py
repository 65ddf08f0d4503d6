"""One helper moved by rope, beside our extraction of every domain of the same file.

    pip install 'aurum-refactor[dev]'
    python benchmarks/against_rope.py
    python benchmarks/against_rope.py --root PROJECT --monolith src/app/api.py --helper _parse

rope (a development dependency) moves one symbol a run, each of them with a pass
over the whole project; nobody writes anything, both only work out the change.
What rope's result is worth is not asked here.
"""

from __future__ import annotations

import argparse
import ast
import importlib.util
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import measure
from benchmarks.measure import CommandFailedError, Usage

_FIXTURE = measure.CHECKOUT / "fixtures" / "aurum"
_FIXTURE_MONOLITH = "src/aurum/api/routes.py"
_DESTINATION = "moved_by_rope.py"

#: What the measured process runs: arguments are the project, the module, the helper.
_MOVE = """\
import sys
from rope.base.project import Project
from rope.refactor.move import create_move

root, monolith, destination, helper = sys.argv[1:]
# Files that do not parse would stop rope, wherever they are.
project = Project(root, ropefolder=None, ignore_syntax_errors=True)
resource = project.get_resource(monolith)
text = resource.read()
offset = text.index(f"def {helper}(") + len("def ")
changes = create_move(project, resource, offset).get_changes(project.get_resource(destination))
print(changes.get_description())
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure both, in turns, and print a table."""
    options = _options(arguments)
    if importlib.util.find_spec("rope") is None:
        print(
            "error: rope is not installed; `pip install 'aurum-refactor[dev]'` or "
            "`pip install rope` installs it",
            file=sys.stderr,
        )
        return 2
    helper = options.helper or first_helper(options.root / options.monolith)
    if helper is None:
        print(f"error: no undecorated function in {options.monolith}", file=sys.stderr)
        return 2
    try:
        taken = _measured(options, helper)
    except CommandFailedError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(_text(options, helper, taken))
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="rope moves one helper; `extract --all --dry-run` moves everything."
    )
    parser.add_argument("--root", type=Path, default=_FIXTURE, help="a project (copied first)")
    parser.add_argument("--monolith", help="the module, relative to the project")
    parser.add_argument("--helper", help="the function that rope moves; default: the first one")
    parser.add_argument("--runs", type=int, default=5, help="rounds; medians are printed")
    options = parser.parse_args(arguments)
    options.root = options.root.resolve()
    if options.monolith is None and options.root == _FIXTURE:
        options.monolith = _FIXTURE_MONOLITH
    if options.monolith is None:
        parser.error("name the module of that project with --monolith")
    if not (options.root / options.monolith).is_file():
        parser.error(f"{options.root / options.monolith}: no such file")
    if options.runs < 1:
        parser.error("--runs counts from 1")
    return options


def first_helper(path: Path) -> str | None:
    functions = [
        node.name
        for node in ast.parse(path.read_bytes()).body
        if isinstance(node, ast.FunctionDef) and not node.decorator_list
    ]
    return functions[0] if functions else None


def move(project: Path, monolith: str, helper: str) -> list[str]:
    """The command by which rope works out one move; makes the empty file it moves to."""
    destination = str(Path(monolith).parent / _DESTINATION)
    (project / destination).write_text("", encoding="utf-8")
    return [sys.executable, "-c", _MOVE, str(project), monolith, destination, helper]


def _measured(options: argparse.Namespace, helper: str) -> dict[str, list[Usage]]:
    taken: dict[str, list[Usage]] = {"Y": [], "rope": [], "extract": []}
    with tempfile.TemporaryDirectory(prefix="aurum-rope-") as directory:
        project = measure.copy_of(options.root, Path(directory))
        monolith = options.monolith
        moved = move(project, monolith, helper)
        commands = {
            "Y": measure.yardstick(project / monolith),
            "rope": moved,
            "extract": measure.extract(monolith),
        }
        # The first round fills the caches of bytecode and disk, and does not count.
        for turn in range(options.runs + 1):
            for name, command in commands.items():
                usage = measure.run(command, project)
                if turn:
                    taken[name].append(usage)
            print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return taken


def _text(options: argparse.Namespace, helper: str, taken: dict[str, list[Usage]]) -> str:
    names = {
        "Y": "libcst.parse_module",
        "rope": f"rope: move {helper}",
        "extract": "ours: extract --all --dry-run",
    }
    width = max(map(len, names.values()))
    lines = [
        f"{options.monolith} of {options.root.name}, {options.runs} interleaved rounds, "
        "medians of CPU seconds (user + system), highest peaks",
        "",
        f"{'':<{width}}    CPU s    in Y     MiB",
    ]
    for name, label in names.items():
        usages = taken[name]
        cpu = measure.middle([usage.cpu for usage in usages])
        in_y = measure.ratio(usages, taken["Y"])
        lines.append(f"{label:<{width}} {cpu:>8.2f} {in_y:>7.2f} {measure.peak(usages):>7.0f}")
    times = measure.ratio(taken["rope"], taken["extract"])
    lines += ["", f"One symbol by rope takes {times:.1f} times what everything takes us."]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())

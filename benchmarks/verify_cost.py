"""What `verify` costs, in imports of the application that it verifies.

    python benchmarks/verify_cost.py
    python benchmarks/verify_cost.py --requests --runs 5 --check

The yardstick is two imports: `python -c "import aurum.api.app as a; a.create_app()"`
of the state before and of the state after. The whole extraction of the fixture
is verified. Whole processes with their children, CPU seconds, taking turns.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import measure
from benchmarks.measure import CHECKOUT, CommandFailedError

_APP = "aurum.api.app:create_app()"
_IMPORT = "import aurum.api.app as a; a.create_app()"
_LIMIT = 3.0


@dataclass(frozen=True, slots=True)
class Round:
    """CPU seconds of one turn, user and system, children included."""

    imports: float
    verify: float

    @property
    def ratio(self) -> float:
        return self.verify / self.imports


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and with ``--check`` say 1 where it costs more than three times."""
    parser = argparse.ArgumentParser(description="Measures `verify` in imports of the application.")
    parser.add_argument("--runs", type=int, default=5, help="rounds; medians are printed")
    parser.add_argument("--requests", action="store_true", help="send requests too")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--check", action="store_true", help="exit 1 if it is above the limit")
    options = parser.parse_args(arguments)
    if options.runs < 1:
        parser.error("--runs counts from 1")
    try:
        rounds, extraction = _measured(options.runs, requests=options.requests)
    except CommandFailedError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    value = median(turn.ratio for turn in rounds)
    if options.format == "json":
        print(_json(rounds, value, extraction))
    else:
        print(f"two imports  {median(turn.imports for turn in rounds):.2f} CPU s")
        print(f"verify       {median(turn.verify for turn in rounds):.2f} CPU s")
        print(f"ratio        {value:.2f}, at most {_LIMIT:g}")
    return 1 if options.check and value > _LIMIT else 0


def _measured(runs: int, *, requests: bool) -> tuple[list[Round], int]:
    fixture = CHECKOUT / "fixtures" / "aurum"
    with tempfile.TemporaryDirectory(prefix="aurum-cost-") as directory:
        states = []
        for name in ("before", "after"):
            (Path(directory) / name).mkdir()
            states.append(measure.copy_of(fixture, Path(directory) / name))
            # A root of its own, whatever repository the checkout is in.
            (states[-1] / ".git").mkdir()
        before, after = states
        extract = [sys.executable, "-m", "aurum_refactor", "extract", "--all", "--force"]
        # 1 is "there is something to see": what it leaves where it is.
        _cpu(extract, after, worst=1)
        new = len(list((after / "src").rglob("*.py"))) - len(list((before / "src").rglob("*.py")))
        verify = [sys.executable, "-m", "aurum_refactor", "verify", "--app", _APP]
        verify += ["--python", sys.executable, "--before", str(before)]
        verify += ["--requests"] if requests else []
        load = [sys.executable, "-B", "-c", _IMPORT]
        rounds = []
        # The first turn fills the caches of the disk, and does not count.
        for turn in range(runs + 1):
            imports = sum(_cpu(load, state / "src") for state in states)
            taken = Round(imports, _cpu(verify, after))
            if turn:
                rounds.append(taken)
            print(".", end="", file=sys.stderr, flush=True)
        print(file=sys.stderr)
    return rounds, new


def _cpu(command: Sequence[str], directory: Path, worst: int = 0) -> float:
    """CPU seconds of a process and all that it waited for; *worst* is the highest good status."""
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT), "PYTHONHASHSEED": "0"}
    # The tool as it is installed: compiled. The application says itself what it wants (-B).
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        command, cwd=directory, env=environment, capture_output=True, text=True, check=False
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if not 0 <= done.returncode <= worst:
        said = (done.stderr or done.stdout).strip()[-2000:]
        raise CommandFailedError(f"{' '.join(command)}: {done.returncode}\n{said}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _json(rounds: Sequence[Round], value: float, new: int) -> str:
    return json.dumps(
        {
            "new_modules": new,
            "rounds": [{"imports": turn.imports, "verify": turn.verify} for turn in rounds],
            "ratio": value,
            "limit": _LIMIT,
            "met": value <= _LIMIT,
        },
        indent=2,
    )


if __name__ == "__main__":
    sys.exit(main())

"""What `check` costs on fixtures/aurum, extracted as a whole.

    python benchmarks/check_cost.py
    python benchmarks/check_cost.py --runs 5 --check

Whole processes, start included, CPU seconds; the fixture is copied first.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import measure
from benchmarks.measure import CHECKOUT, CommandFailedError

_TOOL = (sys.executable, "-m", "aurum_refactor")
# CPU seconds: a gate that everybody waits for must not be felt.
_LIMIT = 1.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and with ``--check`` say 1 where it takes more than a second."""
    parser = argparse.ArgumentParser(description="Measures `check` on the bundled monolith.")
    parser.add_argument("--runs", type=int, default=5, help="the median is printed")
    parser.add_argument("--check", action="store_true", help="exit 1 if it is above the limit")
    options = parser.parse_args(arguments)
    if options.runs < 1:
        parser.error("--runs counts from 1")
    try:
        seconds = _measured(options.runs)
    except CommandFailedError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(f"check  {seconds:.2f} CPU s, at most {_LIMIT:g}")
    return 1 if options.check and seconds > _LIMIT else 0


def _measured(runs: int) -> float:
    with tempfile.TemporaryDirectory(prefix="aurum-cost-") as directory:
        root = measure.copy_of(CHECKOUT / "fixtures" / "aurum", Path(directory))
        # A root of its own, whatever repository the checkout is in.
        (root / ".git").mkdir()
        measure.run([*_TOOL, "extract", "--all", "--force"], root)
        return median(measure.run([*_TOOL, "check"], root).cpu for _turn in range(runs))


if __name__ == "__main__":
    sys.exit(main())

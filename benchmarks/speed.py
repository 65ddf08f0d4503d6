"""Speed and memory of `plan` and `extract`, in parses of the same file by LibCST.

    python benchmarks/speed.py
    python benchmarks/speed.py --root PROJECT --monolith src/app/api.py --check

Y is the whole process `python -c "import libcst; libcst.parse_module(...)"`. All
commands take turns, in whole processes, so that a busy machine slows all of
them. Nothing is written to the project: it is copied first.
rope, where it is installed, takes its turn at moving one helper of the module.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import platform
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import against_rope, measure
from benchmarks.endpoints import endpoints_in
from benchmarks.measure import CommandFailedError, Usage
from benchmarks.scale import scaled

_FIXTURE = measure.CHECKOUT / "fixtures" / "aurum"
_FIXTURE_MONOLITH = "src/aurum/api/routes.py"
#: The module of which the memory target speaks.
_LARGE = 22_000
_MIB = 400.0
#: A small module repeated more often than this resembles nobody's.
_COPIES = 20
_GROWTH = 1.2
_LIMITS = {"plan": 2.0, "extract": 4.0}
_EXTRACT = "extract --all --dry-run"


@dataclass(frozen=True, slots=True)
class Row:
    """What the commands took at one length of the module."""

    scale: int
    lines: int
    endpoints: int
    y_cpu: float
    y_peak_mib: float
    plan_cpu: float
    plan_ratio: float
    plan_peak_mib: float
    extract_cpu: float
    extract_ratio: float
    extract_peak_mib: float


@dataclass(frozen=True, slots=True)
class Rope:
    """What rope took to work out the move of one helper."""

    helper: str
    scale: int
    cpu: float
    ratio: float
    peak_mib: float


@dataclass(frozen=True, slots=True)
class Target:
    """One promise, and what became of it."""

    what: str
    limit: float
    value: float
    unit: str

    @property
    def is_met(self) -> bool:
        return self.value <= self.limit


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and with ``--check`` say 1 where a target is missed."""
    options = _options(arguments)
    try:
        rows, memory, rope = _measured(options)
    except CommandFailedError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    targets = _targets(rows, memory)
    if options.format == "json":
        print(_json(options, rows, memory, rope, targets))
    else:
        print(_text(options, rows, memory, rope, targets))
    return 1 if options.check and not all(target.is_met for target in targets) else 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Measures `plan` and `extract --all --dry-run` in parses by LibCST."
    )
    parser.add_argument("--root", type=Path, default=_FIXTURE, help="a project (copied first)")
    parser.add_argument("--monolith", help="the module, relative to the project")
    parser.add_argument("--scales", type=_numbers, default=(1, 2, 4, 8), metavar="1,2,4,8")
    parser.add_argument("--runs", type=int, default=5, help="rounds; medians are printed")
    parser.add_argument(
        "--no-rope",
        dest="rope",
        action="store_false",
        help="leave rope out, which takes minutes in a large repository",
    )
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.add_argument("--check", action="store_true", help="exit 1 where a target is missed")
    options = parser.parse_args(arguments)
    options.root = options.root.resolve()
    if options.monolith is None and options.root == _FIXTURE:
        options.monolith = _FIXTURE_MONOLITH
    if options.monolith is None:
        parser.error("name the module of that project with --monolith")
    if not (options.root / options.monolith).is_file():
        parser.error(f"{options.root / options.monolith}: no such file")
    if options.runs < 1 or not options.scales or min(options.scales) < 1:
        parser.error("--runs and --scales count from 1")
    return options


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(sorted({int(part) for part in text.split(",") if part}))


# ---------------------------------------------------------------- measuring


def _measured(options: argparse.Namespace) -> tuple[list[Row], Row, Rope | None]:
    original = (options.root / options.monolith).read_bytes().decode("utf-8")
    with tempfile.TemporaryDirectory(prefix="aurum-speed-") as directory:
        project = measure.copy_of(options.root, Path(directory))
        helper = None
        if options.rope and importlib.util.find_spec("rope") is not None:
            helper = against_rope.first_helper(project / options.monolith)
        rows, rope = _rows(
            project, options.monolith, original, options.scales, options.runs, helper
        )
        scale = min(_COPIES, max(1, round(_LARGE / (original.count("\n") + 1))))
        memory = next((row for row in rows if row.scale == scale), None)
        if memory is None:
            # Memory hardly varies from run to run.
            (memory,), _ = _rows(project, options.monolith, original, (scale,), 1)
    return rows, memory, rope


def _rows(
    project: Path,
    monolith: str,
    original: str,
    scales: Sequence[int],
    runs: int,
    helper: str | None = None,
) -> tuple[list[Row], Rope | None]:
    path = project / monolith
    texts = {scale: scaled(original, scale) for scale in scales}
    taken: dict[tuple[int, str], list[Usage]] = {}
    # The first round fills the caches of bytecode and disk, and does not count.
    for turn in range(runs + 1):
        for scale, text in texts.items():
            path.write_bytes(text.encode("utf-8"))
            commands = {
                "y": measure.yardstick(path),
                "plan": measure.plan(monolith),
                "extract": measure.extract(monolith),
            }
            if helper is not None and scale == min(scales):
                commands["rope"] = against_rope.move(project, monolith, helper)
            for name, command in commands.items():
                if turn == 0 and scale != min(scales):
                    continue
                usage = measure.run(command, project)
                if turn:
                    taken.setdefault((scale, name), []).append(usage)
            print(".", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    rows = [
        _row(scale, text, *(taken[scale, name] for name in ("y", "plan", "extract")))
        for scale, text in texts.items()
    ]
    if helper is None:
        return rows, None
    usages, y = taken[min(scales), "rope"], taken[min(scales), "y"]
    cpu = measure.middle([usage.cpu for usage in usages])
    rope = Rope(helper, min(scales), cpu, measure.ratio(usages, y), measure.peak(usages))
    return rows, rope


def _row(
    scale: int, text: str, y: Sequence[Usage], plan: Sequence[Usage], extract: Sequence[Usage]
) -> Row:
    return Row(
        scale=scale,
        lines=text.count("\n"),
        endpoints=endpoints_in(text),
        y_cpu=measure.middle([usage.cpu for usage in y]),
        y_peak_mib=measure.peak(y),
        plan_cpu=measure.middle([usage.cpu for usage in plan]),
        plan_ratio=measure.ratio(plan, y),
        plan_peak_mib=measure.peak(plan),
        extract_cpu=measure.middle([usage.cpu for usage in extract]),
        extract_ratio=measure.ratio(extract, y),
        extract_peak_mib=measure.peak(extract),
    )


def _targets(rows: Sequence[Row], memory: Row) -> list[Target]:
    first, last = rows[0], rows[-1]
    targets: list[Target] = []
    if first.scale == 1:
        targets += [
            Target("plan", _LIMITS["plan"], first.plan_ratio, "Y"),
            Target(_EXTRACT, _LIMITS["extract"], first.extract_ratio, "Y"),
        ]
    if last.scale > first.scale:
        span = f"at {last.scale}x, over {first.scale}x"
        plan = last.plan_ratio / first.plan_ratio
        extract = last.extract_ratio / first.extract_ratio
        targets += [
            Target(f"plan {span}", _GROWTH, plan, "times"),
            Target(f"{_EXTRACT} {span}", _GROWTH, extract, "times"),
        ]
    on = f"peak on {memory.lines:,} lines"
    targets += [
        Target(f"plan, {on}", _MIB, memory.plan_peak_mib, "MiB"),
        Target(f"{_EXTRACT}, {on}", _MIB, memory.extract_peak_mib, "MiB"),
    ]
    return targets


# ---------------------------------------------------------------- printing


def _text(
    options: argparse.Namespace,
    rows: Sequence[Row],
    memory: Row,
    rope: Rope | None,
    targets: Sequence[Target],
) -> str:
    lines = [
        f"{options.monolith} of {options.root.name}, {options.runs} interleaved rounds, "
        "medians of CPU seconds (user + system), highest peaks",
        f"Python {platform.python_version()}, LibCST {version('libcst')}",
        "",
        "                          Y              plan                  extract --all --dry-run",
        "scale   lines  routes     CPU s   MiB    CPU s    in Y   MiB    CPU s    in Y   MiB",
    ]
    shown = list(rows)
    if memory not in shown:
        shown.append(memory)
    for row in shown:
        times = f"{row.scale}x"
        mark = "" if row in rows else "   one run, for memory"
        lines.append(
            f"{times:>5} {row.lines:>7} {row.endpoints:>7}  "
            f"{row.y_cpu:>8.2f} {row.y_peak_mib:>5.0f} "
            f"{row.plan_cpu:>8.2f} {row.plan_ratio:>7.2f} {row.plan_peak_mib:>5.0f} "
            f"{row.extract_cpu:>8.2f} {row.extract_ratio:>7.2f} {row.extract_peak_mib:>5.0f}{mark}"
        )
    if rope is None:
        lines += [
            "",
            "rope was left out, or is not installed (`pip install 'aurum-refactor[dev]'`)",
        ]
    else:
        lines += [
            "",
            f"rope moves {rope.helper} alone at {rope.scale}x: {rope.cpu:.2f} CPU s, "
            f"{rope.ratio:.2f} Y, {rope.peak_mib:.0f} MiB",
        ]
    lines.append("")
    width = max(len(target.what) for target in targets)
    for target in targets:
        verdict = "met   " if target.is_met else "MISSED"
        digits = 0 if target.unit == "MiB" else 2
        lines.append(
            f"{verdict}  {target.what:<{width}}  {target.value:.{digits}f} {target.unit}, "
            f"at most {target.limit:g}"
        )
    return "\n".join(lines)


def _json(
    options: argparse.Namespace,
    rows: Sequence[Row],
    memory: Row,
    rope: Rope | None,
    targets: Sequence[Target],
) -> str:
    return json.dumps(
        {
            "project": options.root.name,
            "monolith": options.monolith,
            "runs": options.runs,
            "python": platform.python_version(),
            "libcst": version("libcst"),
            "rows": [asdict(row) for row in rows],
            "memory": asdict(memory),
            "rope": None if rope is None else asdict(rope),
            "targets": [{**asdict(target), "met": target.is_met} for target in targets],
        },
        indent=2,
    )


if __name__ == "__main__":
    sys.exit(main())

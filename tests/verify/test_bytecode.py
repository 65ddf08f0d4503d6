"""Byte code: a state's in a directory of ours, that of libraries where it is."""

from __future__ import annotations

import py_compile
import subprocess
import sys
from pathlib import Path

from aurum_refactor.verify import verify
from tests.verify.shop import write

PROBE = Path(verify.__file__).with_name("probe.py")
IMPORTS = """\
import importlib.util, os, sys
tree, library, cache, probe = sys.argv[1:]
spec = importlib.util.spec_from_file_location("_probe", probe)
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
module.part("probe_bytecode").keep(cache, (tree + os.sep,))
sys.path[:0] = [tree, library]
import fresh, own, stale
print(fresh.VALUE, own.VALUE, stale.VALUE)
"""


def test_only_what_is_not_compiled_yet_is_compiled_and_nothing_is_written_beside_it(
    tmp_path: Path,
) -> None:
    tree = write(tmp_path / "tree", {"own.py": "VALUE = 1\n"})
    library = write(tmp_path / "lib", {"fresh.py": "VALUE = 2\n", "stale.py": "VALUE = 3\n"})
    for name in ("fresh", "stale"):
        py_compile.compile(str(library / f"{name}.py"))
    (library / "stale.py").write_text("VALUE = 300\n")
    old = {path: path.read_bytes() for path in library.rglob("*.pyc")}

    words = [str(tree), str(library), str(tmp_path / "cache"), str(PROBE)]
    command = [sys.executable, "-B", "-S", "-c", IMPORTS, *words]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout

    assert said == "2 1 300\n"
    compiled = {path.name.partition(".")[0] for path in (tmp_path / "cache").rglob("*.pyc")}
    assert compiled >= {"own", "stale"}
    assert "fresh" not in compiled
    assert not list(tree.rglob("*.pyc"))
    assert {path: path.read_bytes() for path in library.rglob("*.pyc")} == old

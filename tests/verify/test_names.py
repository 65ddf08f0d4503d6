"""Two models of one name: which one has the short name in the document must not be luck."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import fastapi.openapi.utils
import pytest

from aurum_refactor.verify import verify

PROBE = Path(verify.__file__).with_name("probe.py")
BOTH_WAYS = """\
import enum, importlib.util, json, sys
import fastapi.openapi.utils as utils
from pydantic import BaseModel
spec = importlib.util.spec_from_file_location("_probe", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)

class Inner(BaseModel): pass
def model(home, name, **fields):
    values = {key: None for key in fields}
    return type(name, (BaseModel,), {"__module__": home, "__annotations__": fields, **values})
def kind(home, **members):
    return enum.Enum("Kind", members, module=home)

# In the modules of the state before, and where the second of each moved, before the first.
states = [
    [model("m.a", "Item", x=int), model(home, "Item", y=str), kind("m.a", A=1), kind(home, B=2)]
    for home in ("m.b", "a.b")
]
names = lambda models: sorted(
    [*getattr(one, "model_fields", {}), *getattr(one, "__members__", {})]
    for one in utils.get_model_name_map(models)
)
ways = lambda: [names(state[::step]) for state in states for step in (1, -1)]
lucky = ways()
for _ in range(2):
    module.part("probe_names").keep_order()
print(json.dumps([lucky, ways()]))
"""


@pytest.mark.skipif(
    not hasattr(fastapi.openapi.utils, "get_model_name_map"),
    reason="this FastAPI leaves the names to pydantic",
)
def test_the_models_of_one_name_are_sorted_by_what_they_contain() -> None:
    command = [sys.executable, "-c", BOTH_WAYS, str(PROBE)]

    lucky, kept = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)

    assert lucky == [[["B"], ["y"]], [["A"], ["x"]]] * 2
    assert kept == [[["B"], ["y"]]] * 4

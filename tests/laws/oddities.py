"""Statements of monoliths that are no helper, no value and no endpoint, or odd ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.laws.monoliths import Writer


def condition(writer: Writer) -> None:
    """A name that is bound on both ways, or on one."""
    name = writer.fresh("MODE")
    both = writer.choose.chance()
    other = f"\nelse:\n    {name} = 2" if both else ""
    writer.write(f"if {writer.early()} == 5:\n    {name} = 1{other}")
    if both:
        writer.odd.append(name)


def tried(writer: Writer) -> None:
    name = writer.fresh("fast")
    writer.write(
        f"try:\n    import no_such_module as {name}\nexcept ImportError:\n    {name} = None"
    )
    writer.odd.append(name)


def loop(writer: Writer) -> None:
    name = writer.fresh("index")
    receiver = writer.choose.pick(writer.receivers)
    body = writer.choose.pick(
        [
            f"STATE[{name}] = {name}",
            f'{receiver}.add_api_route(f"/loop/{{{name}}}", lambda n={name}: n)',
            f"ORDER.append({name})",
        ]
    )
    writer.write(f"for {name} in range(2):\n    {body}")
    writer.odd.append(name)


def deletion(writer: Writer) -> None:
    """A helper value that is gone at the end."""
    name = writer.fresh("TEMP")
    writer.write(f"{name} = {writer.early()}")
    if writer.choose.chance():
        writer.endpoint()
    writer.write(f"del {name}")


def yielding(writer: Writer) -> None:
    name = writer.fresh("session")
    writer.write(f"def {name}():\n    yield {writer.late()}\n    STATE['k'] += 1")
    writer.dependencies.append(name)


def dependency(writer: Writer) -> None:
    """A dependency with annotations that are strings, or will be."""
    name = writer.fresh("dep")
    kind = writer.choose.pick(['"Item"', "Item", '"Later"', "int", '"int"'])
    writer.write(f"def {name}(item: {kind} = None):\n    return [str(item), {writer.late()}]")
    if kind != '"Later"':
        writer.dependencies.append(name)
        writer.called.append(name)


def collision(writer: Writer) -> None:
    """A name that a new module or its wiring would like to have."""
    name = writer.choose.pick(
        ["router", "register", "_main", "_ash_router", "ash", "v1", "APIRouter_", "_shared"]
    )
    writer.write(f"{name} = {writer.early()}")
    writer.odd.append(name)


def subclass(writer: Writer) -> None:
    name = writer.fresh("Kind")
    base = writer.choose.pick(["Box", "Sub", "Paging", "Item"])
    writer.write(f"class {name}({base}):\n    extra = {writer.early()}")
    writer.odd.append(f"{name}.__name__")


def nested_model(writer: Writer) -> None:
    name = writer.fresh("Model")
    inner = "    class Inner(BaseModel):\n        y: int = 1"
    writer.write(f"class {name}(BaseModel):\n{inner}\n\n    inner: Inner = None")
    writer.dependencies.append(name)


def socket(writer: Writer) -> None:
    name = writer.fresh("ws")
    receiver = writer.choose.pick(writer.receivers)
    writer.write(
        f'@{receiver}.websocket("/{name}")\nasync def {name}(ws: WebSocket):\n'
        f"    await ws.accept()\n    await ws.send_json([{writer.late()}])"
    )


def rebinding(writer: Writer) -> None:
    """A function that re-binds a name, called while the module is imported or not."""
    name, value = writer.fresh("bump"), writer.fresh("LEVEL")
    writer.write(f"{value} = 1")
    writer.write(f"def {name}():\n    global {value}\n    {value} = [{value}]")
    if writer.choose.chance():
        writer.endpoint()
        writer.write(f"{name}()")
    writer.odd.append(value)
    writer.called.append(name)


ODDITIES: tuple[Callable[[Writer], None], ...] = (
    condition,
    tried,
    loop,
    deletion,
    yielding,
    dependency,
    collision,
    subclass,
    nested_model,
    socket,
    rebinding,
)

"""Sizes that the arguments of allowed calls claim: memory is reserved for them before a byte of the data is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.loading.pickle.render import render
from depscan.loading.pickle.values import Call, Persistent, Value
from depscan.loading.steps import HOSTILE

if TYPE_CHECKING:
    from depscan.loading.pickle.judge import Judge

_ARRAYS = frozenset({
    "_reconstruct", "ndarray", "matrix", "chararray", "recarray", "MaskedArray", "_mareconstruct", "_mrreconstruct",
})  # fmt: skip
"""Names of NumPy that make an empty array; a real pickle gives the shape (0,), and the true one with the state."""

_TENSORS = frozenset({"_rebuild_tensor", "_rebuild_tensor_v2", "_rebuild_tensor_v3", "_rebuild_qtensor"})
_EMPTY = 1 << 20
"""Elements that an empty array may have whatever the file's size."""

_VIEW = 1 << 40
"""Elements of a view that repeats its storage (a stride of 0): real masks have some 10^9."""


def check(judge: Judge, made: Call) -> None:
    """Report a call whose sizes no bytes of the file can fill."""
    module, _, name = made.callee.rpartition(".")
    if not isinstance(made.args, tuple):
        return
    if name in _ARRAYS and module.partition(".")[0] == "numpy":
        items = max((_product(one) for one in made.args), default=0)
        if items > _EMPTY and items > judge.source.size:
            why = "an empty array is made with room for more than the file has: its data come with its state"
            _bomb(judge, made, items, why)
    elif name == "void" and module == "numpy":
        items = next((one for one in made.args if isinstance(one, int)), 0)
        if items > _EMPTY and items > judge.source.size:
            _bomb(judge, made, items, "a number makes so many bytes of zeros")
    elif name in _TENSORS and module == "torch._utils":
        _tensor(judge, made, made.args)


def _tensor(judge: Judge, made: Call, args: tuple[Value, ...]) -> None:
    offset, sizes, strides = [*args[1:4], None, None, None][:3]
    shape, steps = _numbers(sizes), _numbers(strides)
    if not isinstance(offset, int) or shape is None or steps is None or len(shape) != len(steps) or 0 in shape:
        return
    end = offset + sum((n - 1) * step for n, step in zip(shape, steps, strict=True))
    storage = args[0].id if isinstance(args[0], Persistent) else None
    held = storage[4] if isinstance(storage, tuple) and len(storage) > 4 else None  # noqa: PLR2004 - torch's form
    packed = isinstance(held, int) and "QUInt" in render(storage, 60)
    if isinstance(held, int) and not packed and (end >= held or min([offset, *shape, *steps]) < 0):
        _bomb(judge, made, end + 1, f"a tensor that reaches beyond the {held} items of its storage")
    elif _product(sizes) > _VIEW:
        _bomb(judge, made, _product(sizes), "a tensor that repeats its storage so often that nothing can hold a copy")


def _numbers(value: Value) -> list[int] | None:
    if isinstance(value, Call) and value.callee == "torch.Size" and isinstance(value.args, tuple) and value.args:
        value = value.args[0]
    if not isinstance(value, (tuple, list)) or len(value) > 64:  # noqa: PLR2004 - dimensions torch can have
        return None
    return [one for one in value if isinstance(one, int)] if all(isinstance(one, int) for one in value) else None


def _product(value: Value) -> int:
    """Return the number of elements of a shape: a number or a tuple of them."""
    if isinstance(value, int):
        return value
    items = 1
    for one in _numbers(value) or [0]:
        items = min(items * max(one, 0), 1 << 200)
    return items


def _bomb(judge: Judge, made: Call, items: int, why: str) -> None:
    text = f"{render(made, 160)}: {items:.3g} items"
    judge.step("load.bomb", HOSTILE, "claim", text, why, made.at, callee=made.callee)

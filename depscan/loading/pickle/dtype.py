"""The state of a numpy dtype: its flags say whether an array holds objects, and numpy believes them.

Source: ``numpy/core/src/multiarray/descriptor.c``, ``arraydescr_setstate``: (version, byte order, subarray, names,
fields, item size, alignment, flags, metadata). Flags without the bit for objects over a field of objects make numpy
take an array's bytes for addresses; a field beyond the item reads other memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.loading.pickle.arrays import OBJECT, item_size
from depscan.loading.pickle.render import render
from depscan.loading.pickle.values import Call, Dict, Value, plain
from depscan.loading.steps import HOSTILE

if TYPE_CHECKING:
    from depscan.loading.pickle.judge import Judge

_FLAGS = 7
_COUNTED = 1
"""Bit of ``NPY_ITEM_REFCOUNT``."""


def check(judge: Judge, target: Call, given: Value, at: int) -> None:
    """Report a dtype whose state contradicts itself."""
    if target.callee != "numpy.dtype" or not isinstance(given, tuple) or len(given) <= _FLAGS:
        return
    inner, fields, size, flags = plain(given[2]), plain(given[4]), given[5], given[_FLAGS]
    values = [plain(one) for one in fields[1::2]] if isinstance(fields, Dict) else []
    parts = [one for one in values if isinstance(one, tuple)]
    judge.look(len(parts))
    types = [part[0] for part in parts if part] + list(inner[:1] if isinstance(inner, tuple) else ())
    why = ""
    if isinstance(flags, int) and not flags & _COUNTED and any(item_size(one) == OBJECT for one in types):
        why = "its flags deny the objects in it: numpy would take an array's bytes for addresses of objects"
    elif isinstance(size, int) and any(_beyond(part, size) for part in parts):
        why = "a field lies beyond the item: numpy would read other memory"
    if why:
        target.verdict = HOSTILE
        text = f"{render(target, 60)}.__setstate__({render(given, 120)})"
        judge.step("load.state", HOSTILE, "dtype", text, why, at, callee=target.callee)


def _beyond(part: tuple[Value, ...], size: int) -> bool:
    offset = part[1] if len(part) > 1 else None
    return size >= 0 and isinstance(offset, int) and (offset < 0 or offset + max(item_size(part[0]) or 0, 0) > size)

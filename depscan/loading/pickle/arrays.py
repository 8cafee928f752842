"""joblib's arrays: their raw bytes stand in the stream, right after the BUILD of their wrapper.

Source: ``joblib/numpy_pickle.py`` (``NumpyArrayWrapper.read_array``, ``NumpyUnpickler.load_build``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.loading.pickle.broken import TRUNCATED, BrokenError
from depscan.loading.pickle.render import render
from depscan.loading.pickle.values import Call, Dict, Global, Value
from depscan.loading.steps import HOSTILE, ODD

if TYPE_CHECKING:
    from depscan.loading.pickle.machine import Machine

_WRAPPER = "joblib.numpy_pickle.NumpyArrayWrapper"
VENDORED = "sklearn.externals."
"""Where scikit-learn before 0.23 had its own copy of joblib."""

_FILES = frozenset({
    "joblib.numpy_pickle.NDArrayWrapper", "joblib.numpy_pickle_compat.NDArrayWrapper",
    "joblib.numpy_pickle.ZNDArrayWrapper", "joblib.numpy_pickle_compat.ZNDArrayWrapper",
})  # fmt: skip
_PLAIN = {
    "?": 1, "bool": 1, "int8": 1, "uint8": 1, "int16": 2, "uint16": 2, "float16": 2, "int32": 4, "uint32": 4,
    "float32": 4, "int64": 8, "uint64": 8, "float64": 8, "complex64": 8, "complex128": 16, "longdouble": 16,
}  # fmt: skip
OBJECT = -1


def after_build(m: Machine, target: Call) -> Value:
    """Return what stands on the stack after the BUILD of a wrapper: skip the bytes that follow it."""
    if isinstance(target.state, Dict):
        m.judge.look(len(target.state))
    state = attributes(target.state)
    callee = target.callee.removeprefix(VENDORED)
    if callee in _FILES:
        _array_file(m, state.get("filename"))
        return target
    if callee != _WRAPPER:
        return target
    size = item_size(state.get("dtype"))
    shape = state.get("shape")
    if size is None or not isinstance(shape, tuple) or not all(isinstance(n, int) and n >= 0 for n in shape):
        raise BrokenError(TRUNCATED, "the size of an array inside the stream is not known")
    if size == OBJECT:
        _object_array(m)
        return target
    _skip(m, size, shape, padded=state.get("numpy_array_alignment_bytes") is not None)
    return target


def _array_file(m: Machine, name: Value) -> None:
    """Report the file that an old joblib opens for an array."""
    text = f"numpy.load({render(name, 100)})"
    if isinstance(name, str) and name and not set(name) & set("/\\:"):
        why = "the array stands in a file beside this one, which is opened when this one is loaded"
        m.judge.step("load.path", ODD, "array-file", text, why, m.at, callee="numpy.load", values=(name,))
        return
    why = "the array is read from a file that the pickle chooses, outside its own folder"
    values = (name,) if isinstance(name, str) else ()
    m.judge.step("load.path", HOSTILE, "external-path", text, why, m.at, callee="numpy.load", values=values)


def _skip(m: Machine, size: int, shape: tuple[Value, ...], *, padded: bool) -> None:
    if padded:
        m.claim(1, "an array")
        padding = m.take(1)[0]
        m.claim(padding, "the padding of an array")
        m.seek(m.at + padding)
    length = size
    for n in shape:
        length *= n if isinstance(n, int) else 0
    m.claim(length, "an array")
    m.seek(m.at + length)


def _object_array(m: Machine) -> None:
    """Run the pickle of an object array, which is loaded on the spot, and go on behind it."""
    from depscan.loading.pickle.machine import Machine as Inner

    judge = m.judge
    if judge.depth >= m.meter.budget.depth:
        raise BrokenError(TRUNCATED, f"more than {m.meter.budget.depth} pickles inside each other")
    judge.depth += 1
    inner = Inner(m.source, m.at, judge, m.meter)
    broken = inner.run()
    judge.depth -= 1
    if broken is not None:
        raise broken
    m.seek(inner.at)


def attributes(state: Value) -> dict[str, Value]:
    """Return a dict state by its text keys."""
    if not isinstance(state, Dict):
        return {}
    return {key: state[n + 1] for n, key in enumerate(state[:-1]) if n % 2 == 0 and isinstance(key, str)}


def item_size(dtype: Value) -> int | None:
    """Return the bytes of one item of a dtype; -1 for a dtype that holds objects, None when it is not known."""
    if isinstance(dtype, Global):
        return _PLAIN.get(dtype.name)
    if not isinstance(dtype, Call) or not isinstance(dtype.args, tuple) or not dtype.args:
        return None
    if _holds_objects(dtype):
        return OBJECT
    text = dtype.args[0]
    if isinstance(text, Global):
        return _PLAIN.get(text.name)
    if not isinstance(text, str):
        return None
    if text in _PLAIN:
        return _PLAIN[text]
    kind, digits = text.lstrip("<>|=")[:1], text.lstrip("<>|=")[1:]
    if not digits.isdigit() or len(digits) > 10:  # noqa: PLR2004 - no item is as large
        return None
    return int(digits) * (4 if kind == "U" else 1)


def _holds_objects(dtype: Call) -> bool:
    """Return whether a dtype or one of its fields is of objects (its text, or the fields that BUILD gave it)."""
    todo: list[Value] = [dtype]
    for _ in range(1000):
        if not todo:
            return False
        one = todo.pop()
        if isinstance(one, Call):
            if isinstance(one.args, tuple) and one.args and one.args[0] in ("O", "O8", "O4", "|O"):
                return True
            todo.append(one.state)
        elif isinstance(one, (tuple, list)):
            todo.extend(one)
    return True

"""Judges what BUILD sets, and what is appended to or set in objects that are no plain containers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from depscan.loading.known import DESCRIBING, state_problem
from depscan.loading.pickle import dtype
from depscan.loading.pickle.broken import MALFORMED, BrokenError
from depscan.loading.pickle.explain import lookup
from depscan.loading.pickle.render import render
from depscan.loading.pickle.values import OUTSIDE, Call, Dict, Extension, Global, Persistent, Value, plain, text_of
from depscan.loading.steps import HOSTILE, KNOWN

if TYPE_CHECKING:
    from depscan.loading.known import Known
    from depscan.loading.pickle.judge import Judge

_REPLACED = frozenset({
    "__setstate__", "__reduce__", "__reduce_ex__", "__call__", "__class__", "__getattr__", "__getattribute__",
    "__setattr__", "__del__", "__setitem__", "__init__", "__new__", "__getstate__", "__iter__", "__enter__", "__exit__",
    "__code__", "__globals__", "__builtins__", "__bases__", "__mro__", "__subclasshook__",
})  # fmt: skip
"""Attributes that an instance must not be given: the unpickler looks them up on the instance and calls them, or they
change what it is."""

_CALLED = frozenset({
    "append", "extend", "add",
    "_attach_methods", "_build_f", "_initialize", "_init_fns", "_patch_step_function", "_wrap_update", "_wrap_compute",
    "_setup_normalizer", "_set_test_evals", "_load_from_string", "_build_params_for_reducer", "_ddp_init_helper",
    "_build_debug_param_to_name_mapping", "_convert_mask", "_load_container_from_state", "_post_init", "_post_setstate",
    "_register_feature_hooks", "_make_methods", "_after_fork", "_invalidate_cache", "_restore_value", "setdefault",
    "putpalette", "frombytes", "set_weight_bias", "compute_clips", "_hash_impl", "_canonical_specs", "free_network",
})  # fmt: skip
"""What the unpickler calls as well, and methods of itself that some ``__setstate__`` of a known class calls after it
took the state over; as names of data they are fine, so the value decides."""

_LISTS = frozenset({"collections.deque"})
_MAKES = frozenset({"append", "extend", "add"})


_ASKED = _MAKES | {"__setstate__", "__reduce__", "__reduce_ex__", "__new__", "__dict__", "__call__"}
"""What the unpickler asks an object for, and classes with a ``__getattr__`` answer from their items."""


def build(judge: Judge, target: Value, given: Value, at: int) -> None:
    """Judge ``target.__setstate__(given)`` or the update of its attributes."""
    given = plain(given)
    if isinstance(given, tuple):
        given = tuple(plain(one) for one in given) if len(given) == 2 else given  # noqa: PLR2004 - dict, slots
    if isinstance(target, Global):
        text = f"{target.dotted}.__dict__.update({render(given, 120)})"
        why = "it changes a class, module or function for the whole process"
        target.used = True
        judge.step("load.state", HOSTILE, "patched", text, why, at, callee=target.dotted)
        return
    if isinstance(target, Call) and target.callee not in OUTSIDE:
        _instance(judge, target, given, at)
        return
    if isinstance(target, (Call, Extension, Persistent)):
        text = f"{render(target, 80)}.__setstate__({render(given, 80)})"
        why = "state is set on something that the file does not hold"
        judge.step("load.state", HOSTILE, "state-outside", text, why, at)
        return
    if given is not None:
        raise BrokenError(MALFORMED, f"state is set on {render(target, 40)}, which can have none")


def _instance(judge: Judge, target: Call, given: Value, at: int) -> None:
    entry = lookup(target.fn.module, target.fn.name) if isinstance(target.fn, Global) else None
    given_dicts(judge, target, at)
    for part, seen in _parts(judge, given):
        if seen and not (entry and entry.state):
            continue
        judge.look(len(part))
        for n in range(0, len(part) - 1, 2):
            key = text_of(part[n])
            if isinstance(key, str):
                _attribute(judge, target, entry, (key, part[n + 1]), at)
        _looked_up(judge, target, [value for value in part[1::2] if isinstance(value, Dict)], at)
    dtype.check(judge, target, given, at)
    if isinstance(target.fn, (Call, Extension)) and target.verdict == KNOWN:
        target.verdict = HOSTILE
    target.state = given


def _attribute(judge: Judge, target: Call, entry: Known | None, item: tuple[str, Value], at: int) -> None:
    key, value = item
    callable_ = isinstance(value, (Global, Call, Extension))
    dunder = key.startswith("__") and key.endswith("__") and key not in DESCRIBING
    if key in _REPLACED or (key in _CALLED and callable_) or (key == "__dict__" and not isinstance(value, Dict)):
        why = "a method of the instance is replaced: what is called later is chosen by the file"
        _replaced(judge, target, key, value, why, at)
    elif dunder and key != "__dict__":
        judge.odd("dunder", f"{render(target, 100)}.{key} = {render(value, 80)}", "a name of the language", at)
    elif entry and entry.state and (why := state_problem(entry, key, value)):
        _replaced(judge, target, key, value, why, at)


def _tuple(args: Value) -> tuple[Value, ...]:
    return args if isinstance(args, tuple) else ()


def given_dicts(judge: Judge, target: Call, at: int) -> None:
    """Judge the dicts that an object was made with and given before: they may be its attributes, and may have grown."""
    before = target.state[1::2] if isinstance(target.state, Dict) else []
    every = (*_tuple(target.args), target.named, target.state, *before)
    _looked_up(judge, target, [one for one in every if isinstance(one, Dict)], at)


def _looked_up(judge: Judge, target: Call, parts: Iterable[list[Value]], at: int) -> None:
    """Judge keys and values that a ``__getattr__`` may give for attributes: a Bunch's items, a namespace's mapping."""
    for part in parts:
        if judge.looked.get(id(part), (part, -1))[1] == len(part):
            continue
        judge.looked[id(part)] = (part, len(part))
        judge.look(len(part))
        for n in range(0, len(part) - 1, 2):
            key, value = text_of(part[n]), part[n + 1]
            if isinstance(key, str) and isinstance(value, (Global, Call, Extension)) and key in _ASKED:
                why = "the unpickler asks the object for this method, and the object answers with what the file says"
                _replaced(judge, target, key, value, why, at)


def _replaced(judge: Judge, target: Call, key: str, value: Value, why: str, at: int) -> None:
    text = f"{render(target, 100)}.{key} = {render(value, 80)}"
    callee = value.dotted if isinstance(value, Global) else ""
    if isinstance(value, Global):
        value.used = value.used or value.verdict != KNOWN
    values = (value,) if isinstance(value, str) else ()
    judge.step("load.state", HOSTILE, "method-replaced", text, why, at, callee=callee, values=values)
    target.verdict = HOSTILE


def _parts(judge: Judge, given: Value) -> Iterator[tuple[Dict, bool]]:
    """Return the dicts of a state: itself, both of the pair (dict, slots), a ``__dict__`` in either.

    With each comes whether it was returned before and has not grown since.
    """
    todo = list(given) if isinstance(given, tuple) and len(given) == 2 else [given]  # noqa: PLR2004 - dict, slots
    for _ in range(8):
        if not todo:
            return
        part = todo.pop()
        if isinstance(part, Dict):
            _, length, inside = judge.states.get(id(part), (None, -1, []))
            yield part, length == len(part)
            if length != len(part):
                inside = [part[n + 1] for n in range(0, len(part) - 1, 2) if part[n] == "__dict__"]
                judge.states[id(part)] = (part, len(part), inside)
            todo += inside


def fill(judge: Judge, target: Value, method: str, items: list[Value], at: int) -> None:
    """Judge ``target.append(...)`` and its like: the class's own method runs, with what the file gives it."""
    if isinstance(target, Call):
        if _filled(judge, target, method, items, at):
            return
        if target.verdict != KNOWN or (isinstance(target.fn, Global) and target.callee not in OUTSIDE):
            return
    if isinstance(target, (Global, Call, Extension, Persistent)):
        text = f"{render(target, 80)}.{method}({render(items, 80)})"
        why = "a method of something that is no container is called"
        callee = f"{target.dotted}.{method}" if isinstance(target, Global) else ""
        if isinstance(target, Global):
            target.used = True
        judge.step("load.call", HOSTILE, "container", text, why, at, callee=callee)
        return
    if isinstance(target, list) and method == "__setitem__" and type(target) is list:
        judge.odd("container", f"{render(target, 40)}[...] = ...", "items are set in a list", at)
        return
    raise BrokenError(MALFORMED, f"{method} on {render(target, 40)}")


def _filled(judge: Judge, target: Call, method: str, items: list[Value], at: int) -> bool:
    """Keep the items of an object, and judge those that may answer for its methods; return whether it was refused."""
    if target.items is None:
        target.items = []
    if len(target.items) < 1 << 16:
        target.items += items
    if method == "__setitem__":
        _looked_up(judge, target, [items], at)
    elif target.callee not in _LISTS:
        given_dicts(judge, target, at)
    if _passes_on(target):
        text = f"{render(target, 80)}.{method}({render(items, 80)})"
        why = "the container passes it on to an object that the file does not hold"
        judge.step("load.state", HOSTILE, "state-outside", text, why, at)
        return True
    return False


def _passes_on(target: Call) -> bool:
    """Return whether a container of ``collections`` wraps an object that came from outside of the file."""
    if not target.callee.startswith("collections."):
        return False
    todo: list[Value] = [*_tuple(target.args), target.state]
    for one in todo[:8]:
        if isinstance(one, (tuple, list)):
            todo += [inner for value in one[:8] for inner in (value if type(value) is list else (value,))]
    return any(isinstance(one, Call) and one.callee in OUTSIDE for one in todo)

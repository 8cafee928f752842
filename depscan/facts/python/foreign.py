"""Calls of foreign names: special ones, decoders, folded library functions, and those that are facts."""

from __future__ import annotations

import ast
import zlib
from collections.abc import Callable
from typing import Any

from depscan.facts.python import fold
from depscan.facts.python.builtin_text import text_of_builtin
from depscan.facts.python.callbacks import called_back
from depscan.facts.python.calls import CALLS, FOLLOWED, METHOD_SPECS, NO_FLOW, WEB_METHODS, Spec
from depscan.facts.python.chat import registered
from depscan.facts.python.decode import DECODERS, OPAQUE, by_codec
from depscan.facts.python.effects import effect
from depscan.facts.python.machine import Machine
from depscan.facts.python.names import canon
from depscan.facts.python.shapes import TESTS, compared
from depscan.facts.python.sought import sought
from depscan.facts.python.values import (
    NONE,
    Call,
    Class,
    Const,
    Dict,
    Func,
    Ref,
    Scope,
    Seq,
    Value,
    all_layers,
    layers,
    native,
    parts,
    sources,
    text_of,
    texts,
    value_of,
    wrap,
)

PROXIES = ("xmlrpc.client.ServerProxy.", "xmlrpc.client.Server.", "jsonrpclib.Server.")
"""What is called on one of these runs at the other end."""
HANDLERS = "logging.handlers."
SENDING = frozenset({"emit", "handle", "send"})
FOLD_ERRORS = (*fold.ERRORS, zlib.error)
Special = Callable[[Machine, Ref, list[Value], dict[str, Value], ast.AST, Scope], Value | None]
SPECIAL: dict[str, Special] = {}
"""Dotted name -> what calling it does; None when it is to be handled as any other."""
_MAX_SHOWN = 2000
_NAME_TESTS = (".endswith", ".startswith", ".match")
_FILLED = ("configparser.", "http.client.")
"""Classes whose instances hold what a method fetched or read, until another method gives it."""
_CHARS = frozenset({"chr", "ord", "bytes", "bytearray"})


def call_foreign(m: Machine, fn: Ref, pos: list[Value], kw: dict[str, Value], node: ast.AST, scope: Scope) -> Value:
    """Call something that is known by its name only."""
    name = canon(fn.name)
    if name.endswith((".__str__", ".__repr__")) and (text := _as_text(name, pos)) is not None:
        return Const(text)
    special = SPECIAL.get(name)
    if special is not None:
        result = special(m, fn, pos, kw, node, scope)
        if result is not None:
            return result
    decoder = DECODERS.get(name)
    if decoder is not None and pos:
        return _decode(m, name, decoder, pos, kw, node)
    folder = fold.FUNCTIONS.get(name)
    if folder is not None and not (fn.base is not None and fn.base.made and name.startswith(_OWN_TYPES)):
        result = _folded(folder, name, pos, kw)
        if result is not None:
            return result
    found = NONE
    for value in (*pos, *kw.values()):
        found |= sources(value)
    return _effect(m, fn, name, pos, kw, node, scope, found)


def _effect(  # noqa: PLR0913, PLR0917
    m: Machine, fn: Ref, name: str, pos: list[Value], kw: dict[str, Value], node: ast.AST, scope: Scope,
    found: frozenset[int],
) -> Value:  # fmt: skip
    index: frozenset[int] = NONE
    _tested(m, fn, name, pos, node)
    spec = CALLS.get(name) or _by_shape(name, fn, pos)
    callee = name.replace("?.", "")
    layer = OPAQUE.get(name)
    if layer is not None:
        made = m.emit("code.decode", callee, node, (layer,), found | fn.sources)
        index |= {made} if made >= 0 else NONE
    if spec is not None:
        index |= effect(m, spec, fn, callee, pos, kw, node, found)
        called_back(m, name, index, [*pos, *kw.values()], node)
    elif m.written:
        found |= _of_written(m, pos)
    follow(m, name, pos, kw, node, scope)
    _gather(fn.base, found | index if name.startswith(_FILLED) else found)
    if name in NO_FLOW:
        return Ref(name, index, made=True, value=pos[0] if pos else None)
    chain: tuple[str, ...] = (layer,) if layer else ()
    for given in pos[:3]:
        chain = layers(chain, all_layers(given))
    value = pos[0] if pos else next(iter(kw.values()), None)
    if fn.base is not None and name.endswith(_TEXT_METHODS):
        value = None
    if fn.base is not None and fn.value is not None and not pos:
        value = fn.value
    result = Ref(
        name, _carried(spec, index, found | fn.sources), layers(fn.layers, chain), base=fn.base, value=value, made=True
    )
    if fn.value is None and fn.base is not None and fn.base.value is not None and not pos:
        result.value = fn.base.value
    return result


def _tested(m: Machine, fn: Ref, name: str, pos: list[Value], node: ast.AST) -> None:
    """Note what a text is compared with: the name of a secret file, the shape of a wallet address."""
    if fn.base is not None and name.endswith(_NAME_TESTS):
        sought(m, fn.base, pos, node)
    if pos and name.endswith(TESTS):
        compared(m, fn, pos, node)


_OWN_TYPES = ("str.", "bytes.", "list.", "dict.", "int.", "tuple.")
"""``str(x).strip(y)`` of an unknown x is not the unbound ``str.strip(y)``."""
_TEXT_METHODS = (
    ".decode", ".encode", ".strip", ".rstrip", ".lstrip", ".replace", ".split", ".rsplit", ".recv", ".recvfrom",
    ".ljust", ".rjust", ".zfill", ".partition", ".rpartition", ".translate", ".removeprefix", ".removesuffix",
)  # fmt: skip
"""Methods of an unknown text whose arguments say nothing of what they return."""


def _of_written(m: Machine, pos: list[Value]) -> frozenset[int]:
    """Return the facts that wrote the files a call is given by their paths."""
    found = NONE
    for value in pos[:3]:
        if type(value) is Const and isinstance(value.data, str):
            found |= frozenset(m.written.get(value.data.replace("\\", "/"), ()))
    return found


def _carried(spec: Spec | None, index: frozenset[int], given: frozenset[int]) -> frozenset[int]:
    """Return what a result carries: an answer is not what was told to get it, which its own fact knows."""
    return index if index and spec is not None and spec.what == "net.download" else index | given


def _gather(base: Ref | None, found: frozenset[int]) -> None:
    """Let what was made by a call, and what it is part of, carry what is given to its methods."""
    where = base
    for _ in range(3):
        if where is None or not found:
            break
        if where.made:
            where.sources |= found
        where = where.base


def follow(m: Machine, name: str, pos: list[Value], kw: dict[str, Value], node: ast.AST, scope: Scope) -> None:
    """Call the functions given to something that runs them (threads, exit handlers, executors, map)."""
    given = [v for v in (*pos, *kw.values()) if isinstance(v, Func | Call | Class) or _callable_ref(v)]
    if not given:
        return
    registered(m, name, given, node)
    last = name.rpartition(".")[2]
    runs = name in FOLLOWED or last in {
        "Thread", "Process", "Timer", "submit", "apply_async", "start_new_thread", "run_in_executor", "add_job",
        "call_soon", "call_later", "map_async", "run_until_complete", "create_task", "spawn", "after", "starmap",
    }  # fmt: skip
    if not runs:
        return
    from depscan.facts.python.invoke import call_value

    handed = _handed(name, pos, kw)
    for value in given[:4]:
        if not isinstance(value, Class):
            held = m.dropped
            if last in _UNANSWERED:
                m.dropped = value.node.body if isinstance(value, Func) and isinstance(value.node, ast.Lambda) else node
            call_value(m, value, list(handed), _named(name, kw), node, scope)
            m.dropped = held


_UNANSWERED = frozenset({"Thread", "Process", "Timer", "start_new_thread"})
"""What a function returns that one of these runs, nobody sees."""


def _callable_ref(value: Value) -> bool:
    return isinstance(value, Ref) and not value.made and (value.name in CALLS or value.name in SPECIAL)


def _handed(name: str, pos: list[Value], kw: dict[str, Value]) -> list[Value]:
    """Return the arguments that a started function gets."""
    packed = kw.get("args")
    if isinstance(packed, Seq):
        return [wrap(i) for i in packed.items[:20]]
    rest = pos[1:]
    if name.endswith(("Timer", "call_later", "after", "enter")):
        rest = pos[2:]
    if name.endswith(("map", "imap", "starmap", "filter", "reduce", "map_async")) and rest:
        return (
            [Ref("", sources(rest[0]), made=True)]
            if not isinstance(rest[0], Seq)
            else [wrap(rest[0].items[0]) if rest[0].items else Ref("", made=True)]
        )
    if rest and isinstance(rest[0], Seq) and name.endswith(("Thread", "start_new_thread", "Timer", "Process")):
        return [wrap(i) for i in rest[0].items[:20]]
    return [v for v in rest if not isinstance(v, Func)]


def _named(name: str, kw: dict[str, Value]) -> dict[str, Value]:
    """Return the keyword arguments that a started function gets."""
    if name.endswith(("register", "submit", "to_thread", "finalize", "callback")):
        return dict(kw)
    packed = kw.get("kwargs")
    return {str(k): v for k, v in packed.items.items()} if isinstance(packed, Dict) else {}


def _by_shape(name: str, fn: Ref, pos: list[Value]) -> Spec | None:
    """Return what a method of an unknown receiver is, by its own name and arguments."""
    head, _, last = name.rpartition(".")
    if not head:
        return None
    if name.startswith(PROXIES) or (name.startswith(HANDLERS) and last in SENDING):
        return Spec("net.send", (("self",),))
    if name.startswith("ctypes.") or "windll" in head or "cdll" in head:
        for spelled in (f"ctypes.windll.kernel32.{last}", f"ctypes.windll.user32.{last}", f"ctypes.CDLL.{last}"):
            if (spec := CALLS.get(spelled)) is not None:
                return spec
    if last in WEB_METHODS and pos:
        for value in pos[:2]:
            text = text_of(value)
            if text is not None and "://" in text[:12]:
                return Spec(WEB_METHODS[last], (("0",),) if value is pos[0] else (("1",),))
    root = name.partition(".")[0]
    if last in METHOD_SPECS and (root.startswith("?") or root in _LOOSE or fn.base is None or fn.base.made):
        return METHOD_SPECS[last]
    return None


_LOOSE = frozenset(
    [
        "ctypes",
        "tkinter",
        "win32com",
        "wmi",
        "telebot",
        "telegram",
        "discord",
        "pyrogram",
        "telethon",
        "aiogram",
        "paramiko",
    ]
)


def _folded(folder: Callable[..., Any], name: str, pos: list[Value], kw: dict[str, Value]) -> Value | None:
    """Return the result of a harmless function of known arguments; None when they are not known."""
    try:
        data = folder(*[native(p) for p in pos], **{k: native(v) for k, v in kw.items()})
    except FOLD_ERRORS:
        return _shown_partly(name, pos)
    found: frozenset[int] = NONE
    chain: tuple[str, ...] = ("chr",) if name == "chr" else ()
    for value in (*pos, *kw.values()):
        found |= sources(value)
        chain = layers(all_layers(value), chain) if chain else all_layers(value)
    return value_of(data, found, chain)


def _as_text(name: str, pos: list[Value]) -> str | None:
    """Return what ``oct.__str__()`` and ``str.__str__(oct)`` give."""
    head, _, kind = name.rpartition(".")
    if pos and type(pos[0]) is Ref and not pos[0].made:
        return text_of_builtin(pos[0].name, kind)
    return text_of_builtin(head, kind)


def _shown_partly(name: str, pos: list[Value]) -> Value | None:
    """Return str(x) and the like of a text with holes, and list(x) of a list with unknown items."""
    if not pos:
        return None
    value = pos[0]
    if (
        name in {"str", "repr"}
        and type(value) is Ref
        and not value.made
        and (shown := text_of_builtin(value.name)) is not None
    ):
        return Const(shown)
    if name in {"str", "repr", "os.fsdecode", "os.fsencode", "bytes", "textwrap.dedent"}:
        text = text_of(value)
        if text is not None:
            return Const(text, sources(value), all_layers(value), partial=True)
    if name in {"list", "tuple", "set", "sorted", "reversed", "enumerate"} and isinstance(value, Seq):
        items = [Seq("tuple", [i, v]) for i, v in enumerate(value.items)] if name == "enumerate" else list(value.items)
        out = Seq("list", items[::-1] if name == "reversed" else items, value.sources)
        out.open = value.open
        out.layers = value.layers
        return out
    if name == "zip" and all(isinstance(p, Seq) for p in pos):
        return Seq("list", [Seq("tuple", list(row)) for row in zip(*(p.items for p in pos), strict=False)])  # type: ignore[attr-defined]
    return None


def _decode(
    m: Machine,
    name: str,
    decoder: tuple[str, Callable[..., Any]],
    pos: list[Value],
    kw: dict[str, Value],
    node: ast.AST,
) -> Value:
    """Undo a known encoding."""
    found, chain = NONE, ()  # type: tuple[frozenset[int], tuple[str, ...]]
    for value in (*pos, *kw.values()):
        found |= sources(value)
        chain = layers(chain, all_layers(value))
    layer, run = decoder
    try:
        data = run(*[native(p) for p in pos])
    except FOLD_ERRORS:
        if not layer:
            return Ref(name, found, chain, made=True)
        index = m.emit("code.decode", name, node, (), found)
        return Ref(name, found | ({index} if index >= 0 else NONE), layers(chain, (layer,)), made=True)
    return decoded(m, data, layer, name, found, chain, node)


def decoded(
    m: Machine, data: Any, layer: str, callee: str, found: frozenset[int], chain: tuple[str, ...], node: ast.AST
) -> Value:
    """Return what a decoder gave, with its fact."""
    if not layer:
        return value_of(data, found, chain)
    shown = data if isinstance(data, str) else data[:4000].decode("utf-8", "backslashreplace")
    index = m.emit("code.decode", callee, node, (shown[:_MAX_SHOWN],), found)
    chain = (*chain, layer) if len(chain) < 12 else chain  # noqa: PLR2004 - as deep as layers are followed
    return value_of(data, found | ({index} if index >= 0 else NONE), chain)


def codec(m: Machine, _fn: Ref, pos: list[Value], kw: dict[str, Value], node: ast.AST, _scope: Scope) -> Value | None:
    """Run codecs.decode(data, codec)."""
    spec = text_of(pos[1]) if len(pos) > 1 else text_of(kw.get("encoding")) or "utf-8"
    if not pos or spec is None:
        return None
    try:
        data, layer = by_codec(native(pos[0]), spec)
    except FOLD_ERRORS:
        return None
    return decoded(m, data, layer, "codecs.decode", sources(pos[0]), all_layers(pos[0]), node)


SPECIAL["codecs.decode"] = codec
SPECIAL["codecs.encode"] = codec


def all_texts(pos: list[Value], kw: dict[str, Value]) -> list[str]:
    """Return the folded texts of all arguments, at most 40."""
    found: list[str] = []
    for value in (*pos, *kw.values()):
        for text in texts(value):
            found.append(text)
            if len(found) >= 40:  # noqa: PLR2004 - enough to judge by
                return found
    return found


def first_part(value: Value) -> Value:
    """Return the first item of a container, or an unknown value that carries its sources."""
    for part in parts(value):
        return wrap(part)
    return Ref("", sources(value), made=True)

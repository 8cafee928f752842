"""Objects every method of which speaks to a host: remote procedures, log handlers that send what they are given."""

from __future__ import annotations

import ast

from depscan.facts.python.foreign import SPECIAL
from depscan.facts.python.machine import Machine
from depscan.facts.python.values import HOLE, NONE, Const, Ref, Scope, Value, sources, text_of, wrap

Given = dict[str, Value]
_HANDLERS = ("HTTPHandler", "SocketHandler", "DatagramHandler", "SMTPHandler", "SysLogHandler")
_LOGGERS = ("logging.getLogger", "logging.Logger", "logging.root")
_LEVELS = ("debug", "info", "warning", "warn", "error", "critical", "exception", "log", "fatal")
_REMOTE = "remote log"


def _handler(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    """Make a log handler: its address is the host, and for HTTP the path, it is made with."""
    host = _place(pos[0] if pos else kw.get("host") or kw.get("mailhost") or kw.get("address"))
    second = pos[1] if len(pos) > 1 else kw.get("url") or kw.get("port")
    if fn.name.endswith("HTTPHandler"):
        host = f"http://{host}{text_of(second) or '/'}"
    elif second is not None and not fn.name.endswith("SMTPHandler"):
        host = f"{host}:{text_of(second) or HOLE}"
    return Ref(fn.name, sources(pos[0]) if pos else NONE, value=Const(host, partial=True), made=True)


def _place(value: Value | None) -> str:
    items = getattr(value, "items", None)
    if isinstance(items, list) and items:
        return ":".join(text_of(wrap(item)) or HOLE for item in items[:2])
    return text_of(value) or HOLE


def _added(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    """Remember that a logger hands what it is told to a handler that sends it."""
    handler = pos[0] if pos else None
    logger = fn.base
    if logger is None or not isinstance(handler, Ref) or not handler.name.endswith(_HANDLERS):
        return None
    logger.attrs = {**(logger.attrs or {}), _REMOTE: handler}
    return Const(None)


def _told(m: Machine, fn: Ref, pos: list[Value], kw: Given, node: ast.AST, scope: Scope) -> Value | None:
    """Send what a logger with such a handler is told."""
    handler = (fn.base.attrs or {}).get(_REMOTE) if fn.base is not None else None
    if not isinstance(handler, Ref):
        return None
    found = NONE
    for value in (*pos, *kw.values()):
        found |= sources(value)
    if found:
        address = text_of(handler.value) or ""
        m.emit("net.send", f"{handler.name}.emit", node, (address,), found)
    return Const(None)


for _kind in _HANDLERS:
    SPECIAL[f"logging.handlers.{_kind}"] = _handler
for _root in _LOGGERS:
    SPECIAL[f"{_root}.addHandler"] = _added
    for _level in _LEVELS:
        SPECIAL[f"{_root}.{_level}"] = _told

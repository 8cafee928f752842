"""Programs that code starts: servers of agent tools, installers, downloaders."""

from __future__ import annotations

import ast
import re
import shlex
from typing import TYPE_CHECKING

from depscan.inputs.agents._launch import launches
from depscan.inputs.code import _names as names
from depscan.inputs.code._commands import read_command
from depscan.inputs.code._items import flat
from depscan.inputs.code._names import Named
from depscan.model.document import Document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from depscan.inputs.code._arguments import Arguments
    from depscan.inputs.code._table import Spec
    from depscan.inputs.code._value import Value
    from depscan.inputs.code._values import Evaluator

_OPEN = re.compile(r"\{(?!sys\.executable\})([^{}]*)\}")


def run(document: Document, arguments: Arguments, spec: Spec, at: int) -> None:
    """Read a command line that is started: a text, or a list of words."""
    wanted = spec.arguments.get("name", ())
    for value in arguments.get(wanted) or []:
        text = _shown(value) if value.kind == "text" else ""
        if value.kind == "items" and isinstance(value.node, (ast.List, ast.Tuple)) and value.place is not None:
            words = [_shown(arguments.ev.texts(e, value.place)[0]) for e in value.node.elts[:100]]
            text = shlex.join(words).replace("'{sys.executable}'", "python")
        scratch = Document(document.path, document.format)
        read_command(text, scratch, scratch.add_root(scratch.path), at, "run")
        if scratch.uses or scratch.indexes:
            _take(document, scratch, at)


def _shown(value: Value) -> str:
    """Return a text as shell text: what is not known of it is a variable there, ``${name}``."""
    return _OPEN.sub(r"${\1}", value.text) if value.open else value.text


def _take(document: Document, scratch: Document, at: int) -> None:
    """Add what a command line gave; all of it stands on the line of the call."""
    for package in scratch.nodes.values():
        document.add(package, at)
    document.root = document.root or scratch.root
    document.edges += [edge._replace(at=at) for edge in scratch.edges]
    document.uses += [use._replace(at=at) for use in scratch.uses]
    document.indexes += [index._replace(at=at) for index in scratch.indexes]


def commands(arguments: Arguments, spec: Spec) -> Iterator[Named]:
    """Yield what commands start (``StdioServerParameters(command="npx", args=[...])``), and servers by their URL."""
    ev = arguments.ev
    for value in arguments.get(spec.arguments.get("name", ())) or []:
        if value.kind == "text":
            yield from _started(ev, value.text, arguments.get(spec.arguments.get("args", ())) or [])
        elif value.kind == "dict":
            yield from _configured(ev, value, 0)


def _configured(ev: Evaluator, value: Value, depth: int) -> Iterator[Named]:
    """Yield the servers of a dict: ``{"command": ..., "args": [...]}`` or ``{"url": ...}``, by name or alone."""
    node, place = value.node, value.place
    if not isinstance(node, ast.Dict) or place is None or depth > 3:  # noqa: PLR2004
        return
    rows = {k.value: v for k, v in zip(node.keys, node.values, strict=False) if isinstance(k, ast.Constant)}
    for command in ev.values(rows["command"], place) if "command" in rows else []:
        yield from _started(ev, command.text, ev.values(rows["args"], place) if "args" in rows else [])
    for url in ev.values(rows["url"], place) if "url" in rows else []:
        host = names.host_of(url.text)
        if url.kind == "text" and host and not url.open:
            yield Named(names.service(host), {"endpoint": url.text[:200], "transport": "http", "pinned": "no"})
    if not rows.keys() & {"command", "url"}:
        for inner in node.values[:50]:
            for found in ev.values(inner, place):
                yield from _configured(ev, found, depth + 1)


def _started(ev: Evaluator, command: str, lists: list[Value]) -> Iterator[Named]:
    words = [v.text for v in flat(ev, lists) if v.kind == "text"]
    line = " ".join([command, *words])[:200]
    for found in launches([command, *words]) if command else ():
        if found.package.ecosystem == "agent-tool" or "{" in found.package.name:
            continue
        facts = {"pinned": found.pinned, "revision": found.revision, "command": line, "endpoint": found.endpoint}
        yield Named(found.package, {**facts, "transport": "stdio", "stage": "run"})

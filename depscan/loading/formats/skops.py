"""skops: a zip archive whose schema.json is a tree of nodes, each with the class or function it makes.

Source: skops ``io/_audit.py``, ``io/_general.py``; CVE-2025-54412 (operator functions), CVE-2025-54413 (a method of
another class than the one that was audited), CVE-2024-37065.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from depscan.loading.dotted import judge, package_of
from depscan.loading.paths import leaves
from depscan.loading.plain import MAX_NODES
from depscan.loading.steps import FOREIGN, HOSTILE, KNOWN, ODD, Report, Step

if TYPE_CHECKING:
    from depscan.artifacts.members import Found
    from depscan.loading.file import File

STARTS = "504b0304 7b 20 0a fffe feff"
NAMES = "*.skops"
TITLE = "skops"

_SCHEMA = "schema.json"
_TEXT = frozenset({b"{", b" ", b"\n", b"\xff", b"\xfe"})
"""First bytes of a schema that stands by itself, in whatever encoding JSON has."""
_LIMIT = 16 << 20
_NAMED = frozenset({"TypeNode", "FunctionNode"})
_OBJECT_ARRAY = (b"'|O'", b'"|O"', b"'O'", b"object")


def looks(file: File) -> bool:
    """Return whether it is a zip archive with a schema at its top that has nodes, or such a schema."""
    if file.head[:1] in _TEXT:
        return _is_tree(file)
    if not file.name.endswith(".skops") and _SCHEMA.encode() not in file.source.at(max(0, file.size - 65_536), 65_536):
        return False
    return any(found.path == _SCHEMA and _has_loader(found.reader()[:_LIMIT]) for found in _members(file)[0])


def _has_loader(data: bytes) -> bool:
    """Return whether JSON text has a key of nodes, in whatever encoding or spelling: a parser undoes both."""
    if b"__loader__" in data:
        return True
    if b"\0" not in data and b"\\u00" not in data:
        return False
    try:
        return "'__loader__'" in str(json.loads(data))
    except (ValueError, RecursionError):
        return False


def _is_tree(file: File) -> bool:
    """Return whether JSON is a schema, however it came out of its archive: its first node says which loader it has."""
    head = file.head
    if b'"__loader__"' in head and b'"__module__"' in head:
        return True
    return file.name == _SCHEMA and _has_loader(file.bytes(_LIMIT))


def _members(file: File) -> tuple[list[Found], list[str]]:
    """Return the members of the archive, and what is wrong with it."""
    from depscan.artifacts.artifact import Budget
    from depscan.artifacts.ledger import Ledger
    from depscan.artifacts.zip import ZipWalk

    held = file.__dict__
    if "zip members" not in held:
        ledger = Ledger(Budget())
        found = list(ZipWalk(file.source, file.path, ledger).members())
        held["zip members"] = (found, [f"{odd.kind}: {odd.detail}" for odd in ledger.found])
    members: tuple[list[Found], list[str]] = held["zip members"]
    return members


def read(file: File, report: Report) -> None:
    """Add the step of every node, and read the arrays beside the schema."""
    if file.head[:1] in _TEXT:
        _schema(file.bytes(_LIMIT), report)
        return
    members, wrong = _members(file)
    schemas = [found for found in members if found.path == _SCHEMA]
    if len(schemas) > 1:
        why = "two schemas under one name: a scanner may read another one than the loader"
        report.add(Step("load.layout", HOSTILE, "duplicate", _SCHEMA, why))
    for detail in wrong:
        report.add(Step("load.layout", ODD, "odd-archive", detail, "the archive is not as skops writes it"))
    for schema in schemas:
        _schema(schema.reader(), report)
    for found in members:
        if found.path != _SCHEMA:
            _member(found, file, report)


def _schema(data: bytes, report: Report) -> None:
    try:
        tree = json.loads(data[:_LIMIT])
    except (ValueError, RecursionError) as error:
        report.gap(f"schema.json cannot be read: {type(error).__name__}")
        return
    todo: list[object] = [tree]
    for _ in range(MAX_NODES):
        if not todo:
            return
        value = todo.pop()
        if isinstance(value, dict):
            if isinstance(value.get("__loader__"), str):
                _node(value, report)
            elif isinstance(value.get("__module__"), str) and isinstance(value.get("__class__"), str):
                _named(f"{value['__module__']}.{value['__class__']}", "type", report)
            todo.extend(value.values())
        elif isinstance(value, list):
            todo.extend(value)
    report.gap(f"schema.json has more than {MAX_NODES} parts")


def _member(found: Found, file: File, report: Report) -> None:
    """Read what stands beside the schema; arrays of plain numbers are data by their header."""
    from depscan.loading.file import file_of
    from depscan.loading.route import read_file

    head = found.reader.head()
    if head.startswith(b"\x93NUMPY") and not any(word in head for word in _OBJECT_ARRAY):
        return
    container = (*file.container, file.path)
    inner = read_file(file_of(found.reader(), found.path, container), report.meter)
    if inner is not None:
        report.merge(inner)


def _node(node: Mapping[str, object], report: Report) -> None:
    loader, module, name = str(node["__loader__"]), node.get("__module__"), node.get("__class__")
    if not isinstance(module, str) or not isinstance(name, str):
        return
    dotted = f"{module}.{name}"
    if loader == "OperatorFuncNode":
        _operator(node, dotted, report)
        return
    if loader == "MethodNode":
        _method(node, dotted, report)
    found = judge(dotted, named=loader in _NAMED)
    what = "load.import" if loader in _NAMED else "load.call"
    report.add(
        Step(what, found.verdict, "node", f"{loader}: {dotted}", f"{dotted[:200]}: {found.why}", dotted[:200],
             (dotted,) if found.verdict != KNOWN else (), found.does,
             package_of(dotted) if found.verdict == FOREIGN else "")
    )  # fmt: skip
    if loader == "FunctionNode":
        _function(node, report)
    _texts(node, loader, report)


def _texts(node: Mapping[str, object], loader: str, report: Report) -> None:
    """Judge names and files that a node holds as plain text, where readers of some protocol may take them."""
    content = node.get("content")
    if loader == "TypeNode" and isinstance(content, str):
        _named(content, loader, report)
    for holder in (node, content):
        constructor = holder.get("constructor") if isinstance(holder, dict) else None
        if isinstance(constructor, str):
            _named(constructor, "constructor", report)
    path = node.get("file")
    why = leaves(path) if isinstance(path, str) else ""
    if why:
        report.add(Step("load.path", HOSTILE, "external-path", f"file: {path}", f"an array is read from {why}", "",
                        (str(path),), "file.read"))  # fmt: skip


def _named(dotted: str, shown: str, report: Report) -> None:
    """Add the step of a name that is only kept as a value."""
    found = judge(dotted, named=True)
    report.add(
        Step("load.import", found.verdict, "node", f"{shown}: {dotted}", f"{dotted[:200]}: {found.why}", dotted[:200],
             (dotted,) if found.verdict != KNOWN else (), found.does, found.package)
    )  # fmt: skip


def _function(node: Mapping[str, object], report: Report) -> None:
    """Judge the function that the first protocols keep in the content, which may be another one than the node's."""
    content = node.get("content")
    if isinstance(content, dict) and isinstance(content.get("function"), str):
        _named(f"{content.get('module_path', '')}.{content['function']}", "FunctionNode", report)


def _operator(node: Mapping[str, object], dotted: str, report: Report) -> None:
    """Judge a function of ``operator``, which is called with the node's attributes whatever it is."""
    arguments = _constants(node.get("attrs"))[:8]
    shown = f"{dotted}({', '.join(map(repr, arguments))})"
    plain = all(text.isidentifier() and not text.startswith("_") for text in arguments)
    if dotted in {"operator.itemgetter"} or (dotted == "operator.attrgetter" and plain):
        report.add(Step("load.call", ODD, "operator-node", shown, "reads an item or a public attribute", dotted))
        return
    known = dotted in {"operator.attrgetter", "operator.methodcaller"} and plain
    why = "skops calls any function of operator that stands here: a way to attributes and methods it does not audit"
    report.add(
        Step("load.call", FOREIGN if known else HOSTILE, "operator-node", shown, why, dotted[:200],
             (dotted, *arguments), "code.import-dynamic")
    )  # fmt: skip


def _constants(value: object) -> list[str]:
    texts: list[str] = []
    todo = [value]
    while todo and len(texts) < 100:  # noqa: PLR2004 - enough to judge
        held = todo.pop()
        if isinstance(held, dict):
            if held.get("__loader__") == "JsonNode" and isinstance(held.get("content"), str):
                texts.append(str(held["content"]).strip('"'))
            todo.extend(item for item in held.values() if isinstance(item, (dict, list)))
        elif isinstance(held, list):
            todo.extend(held)
    return texts


def _method(node: Mapping[str, object], dotted: str, report: Report) -> None:
    """Judge a bound method: the object must be of the class that the node states."""
    content = node.get("content")
    content = content if isinstance(content, dict) else {}
    method = str(content.get("func", ""))
    owner = content.get("obj")
    owner = owner if isinstance(owner, dict) else {}
    stated = f"{owner.get('__module__', '')}.{owner.get('__class__', '')}"
    shown = f"getattr({stated}, {method!r})"
    if stated != dotted or method.startswith("_") or not method.isidentifier():
        why = "the object is of another class than the node states" if stated != dotted else "no public method"
        verdict = HOSTILE
    else:
        verdict = KNOWN if judge(dotted).verdict == KNOWN else FOREIGN
        why = "a public method of that class, kept as a value"
    report.add(Step("load.call", verdict, "method-node", shown, why, f"{stated}.{method}"[:200], (stated, method)))

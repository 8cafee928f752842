"""What depscan's own bills say beyond their format: nodes, edges and uses come back as they were written.

A bill is a scanned file like any other: what it says under our names is taken only where it agrees with the purl
(or, for nodes without one, the reference) of the component; a bill that says two things is read by its purl.
"""

from __future__ import annotations

import json
import re
from typing import Any

from depscan.inputs.sbom._purl import ECOSYSTEMS
from depscan.model.document import Document, Edge, node_id
from depscan.model.location import Route
from depscan.model.package import File, Package

OF_ALL = "of all distributions"
"""Value of the property ``hashes`` where a package's hashes are those of its distributions."""

_ABOUT_FILE = re.compile(r"(?a)(?:(\d{1,18}) bytes)?(?:, )?(?:uploaded (\S{1,40}))?").fullmatch

_WORD = re.compile(r"[a-z][a-z-]{0,30}").fullmatch
"""Names of facts: another version of depscan may know more of them than this one."""

Facts = dict[str, list[str]]


def own_package(facts: Facts, key: str, read: Package) -> Package:
    """Return the node a component was made of; ``read`` itself where it is none of ours, or contradicts its purl.

    Args:
        facts: our properties, without ``depscan:``.
        key: purl of the component, or its reference where it has none.
        read: name, version, hashes and files as the format itself gives them.
    """
    ecosystem = _one(facts, "ecosystem")
    if not ecosystem:
        return read
    hashes = tuple(facts.get("hash", ())) or read.hashes
    if OF_ALL in facts.get("hashes", ()):
        hashes = tuple(f.hash for f in read.files)
    yanked = _one(facts, "yanked") if "yanked" in facts else None
    made = Package(
        ecosystem,
        read.name,
        read.version,
        _one(facts, "source") or "registry",
        _one(facts, "raw-name"),
        _one(facts, "registry"),
        _one(facts, "url"),
        _one(facts, "commit"),
        hashes,
        read.files,
        yanked,
    )
    agrees = node_id(made) == key.partition("?")[0]
    known = ecosystem in ECOSYSTEMS.values() or not key.startswith(tuple(f"pkg:{kind}/" for kind in ECOSYSTEMS))
    return made if agrees and known else read


def file_of(url: str, digest: str, comment: str) -> File:
    """Return an artifact; size and time of upload stand in the comment that we write."""
    said = _ABOUT_FILE(comment)
    size = int(said[1]) if said and said[1] else -1
    return File(url, digest, size, said[2] or "" if said else "")


def files_of(facts: Facts) -> tuple[File, ...]:
    """Return the artifacts of a package where the format has no list for them."""
    rows = [table_in(text) for text in facts.get("file", ())]
    sizes = [row.get("size") for row in rows]
    return tuple(
        File(_text(row, "url"), _text(row, "hash"), size if isinstance(size, int) else -1, _text(row, "upload_time"))
        for row, size in zip(rows, sizes, strict=True)
    )


def edges_of(facts: Facts, parent: str, refs: dict[str, str], path: str, at: Route) -> list[Edge]:
    """Return the requests a component's properties keep, where both ends are in the file."""
    found = []
    for text in facts.get("edge", ()):
        row = table_in(text)
        child = refs.get(_text(row, "to"), "")
        if child:
            label, taken = _text(row, "label") or "prod", row.get("taken") is not False
            found.append(Edge(parent, child, label, _text(row, "marker"), _text(row, "requested"), at, path, taken))
    return found


def add_use(document: Document, node: str, how: str, facts: str | dict[str, Any], at: Route) -> None:
    """Add a use to the document; facts under names that are no words are left out.

    Args:
        document: of the bill.
        node: node id.
        how: dotted call or key.
        facts: a table, or JSON text of one.
        at: where it stands in the bill.
    """
    held = table_in(facts) if isinstance(facts, str) else facts
    known = {name.replace("-", "_"): _text(held, name) for name in held if _WORD(name)}
    document.use(node, how, at, **known)


def table_in(text: str) -> dict[str, Any]:
    """Return a table written as JSON inside a text; {} where it is none: others may write there what they like."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _text(row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    return value if isinstance(value, str) else ""


def _one(facts: Facts, name: str) -> str:
    return next(iter(facts.get(name, ())), "")

"""From what was read of a project to the rows of its lock.

A thing that several places use is one row: with the worst of what they say (not pinned, code allowed, unsafe loading)
and the files they stand in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from depscan.facts.digests import AUTO_MAP, HEADER, SHA256, TEMPLATES
from depscan.lock.packages import package_rows
from depscan.lock.records import Row, lock_of
from depscan.lock.tools import is_tool, tool_row
from depscan.model.modelfile import MODEL_VERDICTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from depscan.facts.packages import Looked
    from depscan.graph.graph import DependencyGraph
    from depscan.lock.records import Lock, Value
    from depscan.model.document import Document
    from depscan.model.location import Route
    from depscan.model.modelfile import ModelFile
    from depscan.model.package import Package
    from depscan.model.use import Use

CLAIMS = frozenset({"model-card", "model-settings"})
"""Formats whose nodes are what a model says of itself: rows of the section ``card``, used by nobody here."""

_SECTIONS = {"huggingface": "model", "repository": "model", "hosted-model": "hosted", "service": "service",
             "GitHub Actions": "action", "image": "image"}  # fmt: skip
"""Section of a node by its ecosystem; others are packages."""
_DATASETS = "datasets/"
_WORST = {"pinned": ("no", "unknown", "yes"), "code": ("yes", "unknown", "no"), "safe": ("no", "unknown", "yes")}
_LISTED = {"endpoint": "endpoints", "key-env": "key-env", "model-from": "model-from"}


class Taken(NamedTuple):
    """What was read of a project.

    Attributes:
        graph: of its documents.
        documents: what its files state.
        models: its model files, with digests.
        code: path, when it runs and SHA-256 of the Python files beside them.
        archives: path, size and SHA-256 of the archives that hold models.
        looked: what looking at the packages' archives and asking the index gave; None where nobody did.
    """

    graph: DependencyGraph
    documents: list[Document]
    models: tuple[ModelFile, ...] = ()
    code: tuple[tuple[str, str, str], ...] = ()
    archives: tuple[tuple[str, int, str], ...] = ()
    looked: Looked | None = None


class _Node(NamedTuple):
    """A node over all documents: its uses with their files, and where it stands first."""

    package: Package
    key: str
    uses: list[tuple[str, Use]]
    at: tuple[str, Route]


def lock_taken(taken: Taken) -> Lock:
    """Return the lock of a project."""
    nodes = _nodes(taken.documents)
    rows = [row for node in nodes.values() for row in _rows(node)]
    rows += [tool_row(document, use) for document in taken.documents for use in document.uses if is_tool(document, use)]
    rows += [row for document in taken.documents if document.format in CLAIMS for row in _cards(document)]
    rows += package_rows(taken.graph, taken.looked, taken.documents, frozenset(_SECTIONS) | {"model-file", "project"})
    rows += _files(taken.models)
    rows += [Row("code", {"path": p, "runs": w, "sha256": h}, at=(p, 0), subject=p) for p, w, h in taken.code]
    for path, size, digest in taken.archives:
        fields = {"path": path, "format": "archive", "size": size, **_known({SHA256: digest})}
        rows.append(Row("file", fields, at=(path, 0), subject=path))
    return lock_of(rows)


def _nodes(documents: Iterable[Document]) -> dict[tuple[str, ...], _Node]:
    found: dict[tuple[str, ...], _Node] = {}
    for document in documents:
        if document.format in CLAIMS:
            continue
        for key, package in document.nodes.items():
            if package.ecosystem in _SECTIONS:
                uses = [use for use in document.uses if use.node == key]
                if uses and all(is_tool(document, use) for use in uses):
                    continue
                name = (package.ecosystem, package.name, package.version or "", package.commit, *package.hashes)
                node = found.setdefault(name, _Node(package, key, [], (document.path, document.at[key])))
                node.uses.extend((document.path, use) for use in uses if not is_tool(document, use))
    return found


def _rows(node: _Node) -> Iterator[Row]:
    section = _SECTIONS[node.package.ecosystem]
    by_revision: dict[str, list[tuple[str, Use]]] = {}
    for path, use in node.uses:
        by_revision.setdefault(use.get("revision") if section == "model" else "", []).append((path, use))
    for revision, uses in (by_revision or {"": []}).items():
        at = (uses[0][0], uses[0][1].at) if uses else node.at
        yield _MAKERS[section](node, revision, uses)._replace(at=at, subject=node.key)


def _model(node: _Node, revision: str, uses: list[tuple[str, Use]]) -> Row:
    package = node.package
    data_set = package.name.startswith(_DATASETS)
    name = package.name.removeprefix(_DATASETS)
    fields: dict[str, Value] = {"id": f"repository:{name}" if package.ecosystem == "repository" else name}
    fields |= _known({"revision": package.version or package.commit or revision})
    fields["pinned"] = "yes" if package.version or package.commit else _worst(uses, "pinned") or "no"
    fields |= _known({"code": _worst(uses, "code"), "safe": _worst(uses, "safe")})
    return Row("dataset" if data_set else "model", {**fields, "in": _in(node, uses)})


def _hosted(node: _Node, revision: str, uses: list[tuple[str, Use]]) -> Row:  # noqa: ARG001 - makers are called alike
    vendor, _, name = node.package.name.partition("/")
    fields: dict[str, Value] = {"vendor": vendor, "id": name, "pinned": _worst(uses, "pinned") or "unknown"}
    return Row("hosted", {**fields, **_lists(uses), "in": _in(node, uses)})


def _service(node: _Node, revision: str, uses: list[tuple[str, Use]]) -> Row:  # noqa: ARG001
    lists = _lists(uses)
    lists.pop("model-from", None)
    return Row("service", {"name": node.package.name, **lists, "in": _in(node, uses)})


def _said(uses: list[tuple[str, Use]], fact: str) -> str:
    return ", ".join(sorted({use.get(fact) for _, use in uses} - {""}))


def _action(node: _Node, revision: str, uses: list[tuple[str, Use]]) -> Row:  # noqa: ARG001
    package = node.package
    known = _known({"ref": package.version or _said(uses, "revision"), "commit": package.commit})
    return Row("action", {"name": package.name, **known, "in": _in(node, uses)})


def _image(node: _Node, revision: str, uses: list[tuple[str, Use]]) -> Row:  # noqa: ARG001
    package = node.package
    known = _known({"tag": package.version or _said(uses, "revision"), "digest": ", ".join(package.hashes)})
    return Row("image", {"name": package.name, **known, "in": _in(node, uses)})


_MAKERS = {"model": _model, "hosted": _hosted, "service": _service, "action": _action, "image": _image}


def _known(fields: Mapping[str, str]) -> dict[str, Value]:
    return {name: value for name, value in fields.items() if value}


def _worst(uses: list[tuple[str, Use]], fact: str) -> str:
    said = {use.get(fact) for _, use in uses}
    return next((word for word in _WORST[fact] if word in said), "")


def _lists(uses: list[tuple[str, Use]]) -> dict[str, Value]:
    made: dict[str, Value] = {}
    for fact, name in _LISTED.items():
        found = tuple(sorted({use.get(fact) for _, use in uses} - {""}))
        if found:
            made[name] = found
    return made


def _in(node: _Node, uses: list[tuple[str, Use]]) -> tuple[str, ...]:
    return tuple(sorted({path for path, _ in uses})) or (node.at[0],)


def _cards(document: Document) -> Iterator[Row]:
    """Yield the row of what a model says of itself."""
    package = document.nodes.get(document.root)
    if package is None:
        return
    said = {key: value for use in document.uses for key, value in use.facts}
    loads = [document.nodes[edge.child].name for edge in document.edges if edge.label == "loads"]
    fields: dict[str, Value] = {"path": document.path}
    if package.ecosystem != "model-file":
        fields["id"] = package.name.removeprefix(_DATASETS)
    fields |= _known({"licence": said.get("licence", ""), "task": said.get("task", "")})
    lists = {
        "base-models": tuple(sorted({n for n in loads if not n.startswith(_DATASETS)})),
        "datasets": tuple(sorted({n.removeprefix(_DATASETS) for n in loads if n.startswith(_DATASETS)})),
    }
    fields |= {name: value for name, value in lists.items() if value}
    yield Row("card", fields, at=(document.path, document.at[document.root]), subject=document.path)


def _files(models: Iterable[ModelFile]) -> Iterator[Row]:
    """Yield a row per file; what was said of the archive around its members counts for it too."""
    by_path: dict[str, list[ModelFile]] = {}
    for model in models:
        by_path.setdefault(" > ".join((*model.container, model.path)), []).append(model)
    for path, held in by_path.items():
        main = next((model for model in held if SHA256 in dict(model.about)), held[0])
        verdict = min((model.verdict for model in held), key=MODEL_VERDICTS.index)
        about = dict(main.about)
        fields: dict[str, Value] = {"path": path, "format": main.format, "verdict": verdict, "size": main.size}
        if main.needs:
            fields["needs"] = main.needs
        fields |= _known({SHA256: about.get(SHA256, ""), HEADER: about.get(HEADER, "")})
        fields |= {name: tuple(about[name].split("\n")) for name in (TEMPLATES, AUTO_MAP) if about.get(name)}
        yield Row("file", fields, at=((*main.container, main.path)[0], 0), subject=path)

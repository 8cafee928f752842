"""From calls to nodes and uses: what a file's calls name, how it is pinned and loaded, and where it is served."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from depscan.inputs.code import _names as names
from depscan.inputs.code import _servers
from depscan.inputs.code._arguments import Arguments
from depscan.inputs.code._borrowed import code_from
from depscan.inputs.code._calls import PARTIALS
from depscan.inputs.code._items import flat
from depscan.inputs.code._names import Named
from depscan.inputs.code._value import Value, written
from depscan.model.document import Document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from depscan.inputs.code._scopes import Place
    from depscan.inputs.code._table import Spec, Table
    from depscan.inputs.code._values import Evaluator
    from depscan.model.package import Package

MAX_USES = 2_000
"""Uses kept of one file."""
_LABELS = {"hosted": "calls", "service": "calls", "package": "runs"}
_ORIGIN = "literal"
_BINDERS = frozenset(name.rpartition(".")[2] for name in PARTIALS)
_FOLDERS = frozenset({"output_dir", "save_directory", "local_dir"})
"""Arguments that name a folder to write to."""
_WRITERS = ("save_pretrained", "save_model", "save_to_disk", "makedirs", "mkdir")
"""Methods whose first argument names one."""


class Uses:
    """Adds what the calls of one file use to a document.

    Args:
        document: where to.
        ev: the file's evaluator.
        known: the tables.
        line: line of the parsed code to line of the file.
    """

    def __init__(self, document: Document, ev: Evaluator, known: Table, line: Callable[[int], int]) -> None:
        self.document = document
        self.ev = ev
        self.known = known
        self.line = line
        self.saved: dict[str, ast.Call] = {}
        self.written: set[str] = set()
        self.endpoints: dict[str, list[Value]] = {}
        self._done: set[tuple[str, str, int]] = set()

    def run(self) -> None:
        """Read every call."""
        self._settings()
        self._written()
        calls = [found for found in self.ev.walk.calls if self._may_be(found[0])]
        matched = [m for node, place in calls for m in self._matches(node, place)]
        for arguments, spec, _ in matched:
            for path in arguments.texts(spec.arguments.get("saved-as", ())):
                self.saved.setdefault(path.text, arguments.node)
        for arguments, spec, how in matched:
            if len(self.document.uses) >= MAX_USES:
                self.document.problem(f"more than {MAX_USES} uses in one file; the rest was not read")
                return
            self._use(arguments, spec, how)

    def _may_be(self, node: ast.Call) -> bool:
        func = node.func
        if isinstance(func, ast.Attribute):
            return self.known.knows(func.attr) or func.attr in self.ev.walk.aliases or func.attr in _BINDERS
        if isinstance(func, ast.Name):
            return self.known.knows(func.id) or func.id in self.ev.walk.aliases or func.id in _BINDERS
        return isinstance(func, (ast.Call, ast.Subscript, ast.IfExp))

    def _matches(self, node: ast.Call, place: Place) -> Iterator[tuple[Arguments, Spec, str]]:
        seen: set[int] = set()
        for callee in self.ev.values(node.func, place):
            if callee.kind not in {"ref", "unknown"} or not callee.text:
                continue
            if callee.text in PARTIALS and node.args:
                yield from self._bound(node, place)
                continue
            found = self.known.find(callee.text)
            how = callee.text
            if found is None:
                tail = self.known.find_any(callee.text, self.ev.walk.imported)
                if tail is None or callee.text.partition(".")[0] in self.known.modules:
                    continue
                how, found = f"{tail[0]}.{callee.text.rpartition('.')[2]}", tail[1]
            arguments = Arguments(self.ev, node, place, callee)
            repeats = callee.bound and arguments.given(found.arguments.get("name", ())) is not None
            if repeats and not arguments.gives(found.arguments["name"]):
                continue  # the name was bound ahead: it counts where it stands
            if id(found) not in seen:
                seen.add(id(found))
                yield arguments, found, how

    def _bound(self, node: ast.Call, place: Place) -> Iterator[tuple[Arguments, Spec, str]]:
        """Yield what ``functools.partial(call, ...)`` binds, where it names something."""
        call = ast.copy_location(ast.Call(node.args[0], node.args[1:], node.keywords), node)
        self.ev.alive.append(call)
        for arguments, spec, how in self._matches(call, place):
            if arguments.gives(spec.arguments.get("name", ())):
                yield arguments, spec, how

    def _written(self) -> None:
        """Remember folders that the file itself writes to: what it loads from there is its own."""
        for node, place in self.ev.walk.calls:
            for keyword in node.keywords:
                if keyword.arg in _FOLDERS:
                    self.written.update(v.text for v in self.ev.values(keyword.value, place) if v.kind == "text")
        for name in _WRITERS:
            for node, place in self.ev.walk.called.get(name, ())[:50]:
                if node.args and not any(k.arg == "push_to_hub" for k in node.keywords):
                    self.written.update(v.text for v in self.ev.values(node.args[0], place) if v.kind == "text")

    def _settings(self) -> None:
        """Remember endpoints that are set for a whole module (``openai.api_base = URL``) or in the environment."""
        for target, value, place in self.ev.walk.sets:
            if isinstance(target, ast.Attribute):
                for base in self.ev.values(target.value, place):
                    vendor = self.known.settings.get(f"{base.text}.{target.attr}")
                    if vendor and base.kind == "ref":
                        self.endpoints.setdefault(vendor, []).extend(self.ev.values(value, place))

    def _use(self, arguments: Arguments, spec: Spec, how: str) -> None:
        if spec.node == "url":
            return
        if spec.node == "shell":
            _servers.run(self.document, arguments, spec, self.line(arguments.node.lineno))
            return
        facts = self._facts(arguments, spec)
        if spec.only_unsafe and facts.get("safe") == "yes":
            return
        for named in code_from(arguments, spec, self.known.folders, facts):
            self._add(named, spec, how, named.facts, arguments.node)
        for named in self._named(arguments, spec, facts):
            self._add(named, spec, how, {**facts, **named.facts}, arguments.node)

    def _facts(self, arguments: Arguments, spec: Spec) -> dict[str, str]:
        facts: dict[str, str] = {}
        for key in ("task", "split", "subset"):
            facts[key] = arguments.first(spec.arguments.get(key, ()))
        if "code" in spec.arguments:
            facts["code"] = arguments.flag(spec.arguments["code"])
        if spec.safe is not None:
            facts["safe"] = arguments.safe(spec.safe)
        if spec.format:
            facts["format"] = spec.format
        return facts

    def _add(self, named: Named, spec: Spec, how: str, facts: dict[str, str], node: ast.Call) -> None:
        document, at = self.document, self.line(node.lineno)
        if not document.root:
            document.add_root(document.path)
        nameless = named.package.ecosystem == "model-file" and not names.has_literal(named.package.name)
        # A load of nobody knows what counts as something the file does: it is no part of the project's inventory.
        key = document.root if nameless else document.add(named.package, at)
        if (key, how, at) in self._done:
            return
        self._done.add((key, how, at))
        if nameless:
            document.use(key, how, at, **{k.replace("-", "_"): v for k, v in facts.items()})
            return
        fetched = named.package.ecosystem == "library-model"
        label = "loads" if fetched else _LABELS.get(spec.node, "loads")
        document.link(document.root, key, label, requested=facts.get("revision", ""), at=at)
        served = facts.pop("service", "")
        if served:
            service = document.add(names.service(served), at)
            document.link(key, service, "calls", at=at)
        document.use(key, how, at, **{k.replace("-", "_"): v for k, v in facts.items()})

    def _named(self, arguments: Arguments, spec: Spec, facts: dict[str, str]) -> Iterator[Named]:
        if spec.node in {"hosted", "service"}:
            from depscan.inputs.code import _hosted

            yield from _hosted.named(self, arguments, spec)
        elif spec.node == "package":
            yield from _servers.commands(arguments, spec)
        else:
            yield from self._artifacts(arguments, spec, facts)

    def _artifacts(self, arguments: Arguments, spec: Spec, facts: dict[str, str]) -> Iterator[Named]:
        values = arguments.get(spec.arguments.get("name", ()))
        if values is None:
            chosen = spec.default or facts.get("task", "")
            if chosen and spec.library:
                yield Named(names.library_model(spec.library, chosen), {"pinned": "no"})
            elif chosen:
                yield from self._artifact(Value("text", chosen), arguments, spec)
            return
        found = False
        for value in flat(self.ev, values):
            for named in self._artifact(value, arguments, spec):
                found = True
                yield named
        keep = spec.unknown == "always" or (spec.unknown == "unsafe" and facts.get("safe") == "no")
        node = arguments.given(spec.arguments.get("name", ()))
        if not found and keep and node is not None and not _in_memory(values):
            text = next((v.text for v in self.ev.texts(node, arguments.place) if v.text), "{" + written(node) + "}")
            if text.startswith("{") and text.endswith("}") and facts.get("safe") == "yes":
                return
            origin = next((v.origin for v in values if v.origin), "")
            yield Named(names.model_file(text), {"model-from": origin})

    def _artifact(self, value: Value, arguments: Arguments, spec: Spec, depth: int = 0) -> Iterator[Named]:
        """Yield the node of one value of the argument that names it."""
        if value.kind == "ref" and isinstance(value.node, ast.Call) and value.place is not None and depth < 4:  # noqa: PLR2004
            yield from self._fetched(value, depth)
        if value.kind != "text" or not value.text.strip() or value.text in spec.skip:
            return
        text = value.text
        came = self.saved.get(text)
        origin = {"model-from": value.origin or _ORIGIN}
        if came is not None and spec.node == "model-file" and came is not arguments.node:
            place = next(p for n, p in self.ev.walk.calls if n is came)
            yield from self._fetched(Value("ref", "", node=came, place=place), depth)
            return
        if value.open:
            known = names.has_literal(text) and (spec.unknown == "always" or names.is_weights(text))
            if spec.node == "model-file" and known:
                yield Named(names.model_file(text), origin)
            return
        package, facts = self.classify(text, arguments, spec)
        if package is not None:
            yield Named(package, {**origin, **facts})

    def _fetched(self, value: Value, depth: int) -> Iterator[Named]:
        """Yield the node of what another call fetched: a file of a hub, a download."""
        node, place = value.node, value.place
        assert isinstance(node, ast.Call)  # noqa: S101 - its callers looked
        assert place is not None  # noqa: S101
        for arguments, spec, _ in self._matches(node, place):
            if spec.node == "url":
                for url in arguments.texts(spec.arguments.get("name", ())):
                    host = names.host_of(url.text)
                    if host and not url.open:
                        yield Named(names.service(host), {"endpoint": url.text[:200], "model-from": "download"})
            elif spec.node in {"model", "data-set"}:
                for inner in arguments.texts(spec.arguments.get("name", ())):
                    for named in self._artifact(inner, arguments, spec, depth + 1):
                        yield Named(named.package, {**named.facts, "model-from": "download"})

    def classify(self, text: str, arguments: Arguments, spec: Spec) -> tuple[Package | None, dict[str, str]]:
        """Return the node a written name stands for, and whether it is pinned."""
        if spec.node == "repository":
            return _repository(text, arguments, spec)
        if spec.node == "library-model":
            if names.is_path(text, frozenset()) and not names.host_of(text):
                return names.model_file(text), {}
            return names.library_model(spec.library, text), {"pinned": names.pins_itself(text)}
        if spec.node == "served":
            host = names.host_of(text)
            return (names.service(host), {"endpoint": text[:200], "pinned": "no"}) if host else (None, {})
        text = text.removeprefix("hf://").removeprefix("models/" if "hf://" in text else "")
        host = names.host_of(text)
        if host:
            return names.service(host), {"endpoint": text[:200], "pinned": "no"}
        if spec.node == "model-file":
            return names.model_file(text), names.registered(text)
        return self._hub(text, arguments, spec)

    def _hub(self, text: str, arguments: Arguments, spec: Spec) -> tuple[Package | None, dict[str, str]]:
        make = (
            names.data_set
            if spec.node == "data-set" or arguments.first(("repo_type",)) == "dataset"
            else names.hub_model
        )
        text, _, tag = text.partition("@") if "/" in text and not names.is_path(text, frozenset()) else (text, "", "")
        if text.startswith(("hf-hub:", "hf_hub:")):
            text, _, tag = text[7:].partition("@")
        if text in self.written or names.is_path(text, self.known.folders) or text.lower() in self.known.folders:
            return names.model_file(text), {}
        if not names.is_hub(text):
            if not names.is_bare(text) or spec.bare == "local":
                return (names.model_file(text), {}) if spec.bare == "local" else (None, {})
            if spec.bare == "library":
                return names.library_model(spec.library, text), {"pinned": "no"}
            text = spec.bare + text if spec.bare.endswith("/") else text
        revision, pinned = arguments.revision(spec.arguments.get("revision", ()))
        if tag:
            revision, pinned = tag, "yes" if names.commit_of(tag) else "no"
        return make(text, names.commit_of(revision)), {"revision": revision, "pinned": pinned}


def _in_memory(values: list[Value]) -> bool:
    """Return whether what is loaded is made of bytes at hand: no file has a name then."""
    return any(v.kind == "ref" and v.text.rpartition(".")[2] in {"BytesIO", "StringIO"} for v in values)


def _repository(text: str, arguments: Arguments, spec: Spec) -> tuple[Package | None, dict[str, str]]:
    if arguments.first(spec.arguments.get("source", ())) == "local":
        return names.model_file(text), {"code": "yes"}
    name, _, revision = text.partition(":")
    if not names.is_hub(name):
        return None, {}
    pinned = "yes" if names.commit_of(revision) else "no"
    return names.repository(name, revision), {"revision": revision, "pinned": pinned, "code": "yes"}

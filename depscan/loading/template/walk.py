"""Judge what a template's expressions reach: attributes, items, filters, tests, calls, other templates, sizes."""

from __future__ import annotations

import re
from typing import Any

from jinja2 import nodes

from depscan.loading.steps import HOSTILE, ODD, Step
from depscan.loading.template.bind import Program, key_of
from depscan.loading.template.fold import ANY, BOMB, Folder
from depscan.loading.template.show import show
from depscan.loading.template.words import allowed

_DUNDER = re.compile(r"__[A-Za-z]\w*__\Z")
_PYTHON = re.compile(
    r"__(?:class(?:_getitem)?|bases?|mro|subclasses|globals|builtins|import|init(?:_subclass)?|get(?:attribute|attr|item)|"
    r"dict|code|closure|loader|spec|self|func|wrapped|reduce(?:_ex)?|call|new|module|subclasshook|(?:kw)?defaults|"
    r"enter|exit|set(?:attr|item|state)|del(?:attr|item)|format|weakref|slots|annotations|qualname|dir|objclass|doc|"
    r"eq|str|repr|add|mul|iter|len|file|package|cached)__\Z"
)
_PART = re.compile(r"\A_{0,2}[A-Za-z]*\Z")
_FIELD = re.compile(r"\{[^{}]*(?:\.|\[)_|\{[^{}]*__")
_ITERATIONS = 50_000_000
_WIDE = 1_000_000
_SIZED = frozenset({"center", "indent", "batch", "slice", "ljust", "rjust", "zfill", "lipsum", "expandtabs"})
_OF_GLOBALS = frozenset({"next", "current", "reset", "fromkeys"})
_PLAIN_NODES = (nodes.Concat, nodes.BinExpr, nodes.Filter, nodes.Call, nodes.Const, nodes.Getitem)

WALK = "leads from data to the interpreter's objects, and from there to any code"


class Walker:
    """Judges one template.

    Attributes:
        steps: what was found.
    """

    def __init__(self, program: Program, folder: Folder) -> None:
        self.program = program
        self.folder = folder
        self.steps: list[Step] = []
        self._allow = allowed()
        self._aliases: dict[str, bool] = {}
        self._parts = self._has_parts()
        self._known = (
            self._allow["globals"] | set(program.macros) | {b.name for b in program.tree.find_all(nodes.Block)}
        )

    def walk(self) -> None:
        """Judge every node, and the sizes of loops."""
        self._visit(self.program.tree, 1)
        for node in self.folder.bombs:
            self._add(HOSTILE, "expansion", node, "builds a value of absurd size", what="load.bomb")

    def _add(self, verdict: str, slug: str, node: nodes.Node, why: str, what: str = "load.template") -> None:
        does = "code.eval" if slug in {"object-walk", "built-name"} else ""
        self.steps.append(Step(what, verdict, slug, show(node), why, does=does, line=node.lineno or 0))

    def _visit(self, node: nodes.Node, turns: int) -> None:
        judge = getattr(self, f"_on_{type(node).__name__.lower()}", None)
        if judge is not None:
            judge(node)
        if isinstance(node, _PLAIN_NODES):
            self._folded(node)
        if isinstance(node, nodes.For):
            turns = self._turns(node, turns)
        for child in node.iter_child_nodes():
            self._visit(child, turns)

    def _folded(self, node: nodes.Expr) -> None:
        for text in self.folder.texts(node):
            if _PYTHON.match(text):
                self._add(HOSTILE, "object-walk", node, f"gives {text}, which {WALK}")

    # -- other templates ------------------------------------------------------------------------------------------

    def _on_include(self, node: nodes.Include) -> None:
        self._template(node, node.template)

    def _on_extends(self, node: nodes.Extends) -> None:
        self._template(node, node.template)

    def _on_import(self, node: nodes.Import) -> None:
        self._template(node, node.template)

    def _on_fromimport(self, node: nodes.FromImport) -> None:
        self._template(node, node.template)

    def _template(self, node: nodes.Node, name: nodes.Expr) -> None:
        why = f"takes in another template, {show(name)}: a chat template stands alone"
        self._add(HOSTILE, "template-import", node, why)

    # -- names, attributes, items ---------------------------------------------------------------------------------

    def _on_name(self, node: nodes.Name) -> None:
        if node.name.startswith("__") and node.name.strip("_"):
            self._add(HOSTILE, "object-walk", node, f"names {node.name}, which {WALK}")

    def _on_getattr(self, node: nodes.Getattr) -> None:
        name = node.attr
        if name.startswith("__") or (name.startswith("_") and not self._local(node.node)):
            self._add(HOSTILE, "object-walk", node, f"reads {name}, which {WALK}")
        elif name in self._allow["walk"]:
            self._add(HOSTILE, "object-walk", node, f"reads {name}: no conversation has it, and it {WALK}")
        elif self._is_object(node.node) and name not in _OF_GLOBALS and not self._block(node.node):
            self._add(HOSTILE, "object-walk", node, f"reads an attribute of an object of the engine: it {WALK}")

    def _block(self, node: nodes.Expr) -> bool:
        return isinstance(node, nodes.Name) and node.name == "self"

    def _local(self, node: nodes.Expr) -> bool:
        return isinstance(node, nodes.Name) and node.name in self.program.namespaces

    def _is_object(self, node: nodes.Expr | None) -> bool:
        if isinstance(node, nodes.Call):
            if isinstance(node.node, nodes.Name) and node.node.name in {"dict", "range", "namespace"}:
                return False
            return self._is_object(node.node) or (
                isinstance(node.node, nodes.Name)
                and node.node.name not in self._known
                and node.node.name not in self.program.names
            )
        if isinstance(node, nodes.Filter) and node.name == "attr":
            return True
        if not isinstance(node, nodes.Name):
            return False
        if node.name not in self.program.names:
            return node.name in self._allow["objects"]
        if node.name not in self._aliases:
            self._aliases[node.name] = False
            self._aliases[node.name] = any(
                isinstance(b.value, nodes.Name) and not b.item and self._is_object(b.value)
                for b in self.program.of(node.name)
            )
        return self._aliases[node.name]

    def _on_getitem(self, node: nodes.Getitem) -> None:
        if isinstance(node.arg, nodes.Slice):
            return
        keys = self.folder.values(node.arg)
        for key in keys:
            if isinstance(key, str) and (key.startswith("__") or key in self._allow["walk"] - {"environ"}):
                self._add(HOSTILE, "object-walk", node, f"reads {key}, which {WALK}")
        if ANY not in keys:
            if self._is_object(node.node):
                self._add(HOSTILE, "object-walk", node, f"looks into an object of the engine: it {WALK}")
            return
        built = any(True for _ in node.arg.find_all((nodes.Concat, nodes.Mod))) or isinstance(node.arg, nodes.Concat)
        literal = isinstance(node.node, (nodes.Const, nodes.Tuple)) and not isinstance(node.arg, nodes.CondExpr)
        if self._is_object(node.node) or (literal and (built or self._parts)) or (built and self._parts):
            self._add(HOSTILE, "built-name", node, f"reads a name that is put together when it runs: it {WALK}")
        elif self._parts and isinstance(node.arg, (nodes.Name, nodes.Getattr, nodes.Filter, nodes.Call)):
            self._add(
                HOSTILE,
                "built-name",
                node,
                f"parts of a hidden name are in the template, and a name is computed: {WALK}",
            )

    def _has_parts(self) -> bool:
        """Whether texts of the template look like halves of a dunder name: ``__cla``, ``ss__``."""
        for node in self.program.tree.find_all(nodes.Const):
            text = node.value
            if isinstance(text, str) and "__" in text and len(text) < 24:  # noqa: PLR2004 - longer than any dunder
                bare = text.strip("_")
                if bare.isalpha() and text.startswith("__") != text.endswith("__"):
                    return True
        return False

    # -- filters and tests ----------------------------------------------------------------------------------------

    def _on_filter(self, node: nodes.Filter) -> None:
        name = node.name
        if name in self._allow["reading"]:
            self._reading(node)
        elif name not in self._allow["filters"]:
            self._add(ODD, "unknown-filter", node, f"the filter {name} is none that chat templates use")
        if name in _SIZED:
            self._sized(node, node.args)

    def _reading(self, node: nodes.Filter) -> None:
        names: list[nodes.Expr] = [pair.value for pair in node.kwargs if pair.key == "attribute"]
        if node.name in {"attr", "groupby", "selectattr", "rejectattr"}:
            names += node.args[:1]
        elif node.name in {"sum", "min", "max", "unique"}:
            names += node.args[:1] if node.name == "sum" else []
        elif node.name == "map" and node.args:
            inner = self.folder.values(node.args[0])
            if ANY in inner:
                self._add(HOSTILE, "built-name", node, "calls a filter whose name is computed when it runs")
            if "attr" in inner or ANY in inner:
                names += node.args[1:2]
            for value in inner:
                if isinstance(value, str) and value not in self._allow["filters"] | self._allow["reading"]:
                    self._add(ODD, "unknown-filter", node, f"the filter {value} is none that chat templates use")
        for one in names:
            self._name_read(node, one)
        if node.name == "attr":
            self._add(ODD, "attr-filter", node, "reads an attribute by name: chat templates write it with a dot")

    def _name_read(self, node: nodes.Filter, name: nodes.Expr) -> None:
        for value in self.folder.values(name):
            if value is ANY:
                self._add(HOSTILE, "built-name", node, f"reads a name that is put together when it runs: it {WALK}")
            elif isinstance(value, str) and any(
                part.startswith("_") or part in self._allow["walk"] for part in value.split(".")
            ):
                self._add(HOSTILE, "object-walk", node, f"reads {value}, which {WALK}")

    def _on_test(self, node: nodes.Test) -> None:
        if node.name not in self._allow["tests"]:
            self._add(ODD, "unknown-test", node, f"the test {node.name} is none that chat templates use")

    # -- calls ----------------------------------------------------------------------------------------------------

    def _on_call(self, node: nodes.Call) -> None:
        called = node.node
        if isinstance(called, nodes.Name):
            self._named_call(node, called.name)
        elif isinstance(called, nodes.Getattr):
            self._method(node, called)
        else:
            self._add(
                HOSTILE, "object-walk", node, "calls something that was looked up, not named: no chat template does"
            )

    def _named_call(self, node: nodes.Call, name: str) -> None:
        if name in self._allow["calls"] and name not in self._known | set(self.program.names):
            self._add(HOSTILE, "object-walk", node, f"calls {name}")
        elif name not in self._known and name not in self.program.names:
            self._add(
                ODD,
                "unknown-name",
                node,
                f"calls {name}, which neither the template nor a loader of chat templates has",
            )
        if name == "range":
            self._sized(node, node.args, 10_000_000)
        elif name in _SIZED:
            self._sized(node, [*node.args, *(p.value for p in node.kwargs)])

    def _method(self, node: nodes.Call, called: nodes.Getattr) -> None:
        name = called.attr
        if name in {"format", "format_map"}:
            self._format(node, called.node)
        elif (
            name not in self._allow["methods"] | self._allow["walk"] | set(self.program.macros)
            and not name.startswith("_")
            and key_of(called) not in self.program.names
        ):
            why = f"calls the method {name}, which text, lists and mappings do not have"
            self._add(ODD, "unknown-method", node, why)
        if name in _SIZED:
            self._sized(node, node.args)

    def _format(self, node: nodes.Call, text: nodes.Expr) -> None:
        for value in self.folder.values(text):
            if isinstance(value, str) and _FIELD.search(value):
                self._add(HOSTILE, "object-walk", node, f"a format that reads hidden attributes {WALK}")
            elif value is ANY:
                self._add(ODD, "computed-format", node, "formats by a text that is computed when it runs")

    # -- sizes ----------------------------------------------------------------------------------------------------

    def _sized(self, node: nodes.Expr, args: list[nodes.Expr], limit: int = _WIDE) -> None:
        for arg in args:
            if any(isinstance(v, int) and abs(v) > limit for v in self.folder.values(arg)):
                self._add(HOSTILE, "expansion", node, "asks for an absurd number of items or characters", "load.bomb")

    def _turns(self, node: nodes.For, turns: int) -> int:
        turns *= max([1, *(_length(node.iter, value, self.folder) for value in self.folder.values(node.iter))])
        if turns > _ITERATIONS:
            self._add(HOSTILE, "expansion", node, "loops inside loops run an absurd number of times", "load.bomb")
            return 1
        for one in node.find_all(nodes.Assign):
            if isinstance(one.target, nodes.NSRef) and isinstance(one.node, (nodes.Concat, nodes.Add)):
                self._doubles(one.node, f"{one.target.name}.{one.target.attr}")
        return turns

    def _doubles(self, node: nodes.Expr, key: str) -> None:
        twice = sum(key_of(part) == key for part in node.find_all(nodes.Getattr)) > 1
        first = self.program.of(key)[:4]
        if twice and any(isinstance(value, (str, list)) for one in first for value in self.folder.bound(one)):
            self._add(HOSTILE, "expansion", node, "doubles itself with every turn of a loop", "load.bomb")


def _length(node: nodes.Node, value: Any, folder: Folder) -> int:  # noqa: ANN401 - values of templates
    if isinstance(value, (str, list, tuple, dict)):
        return len(value)
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name == "range" and node.args:
        ends = [v for v in folder.values(node.args[min(1, len(node.args) - 1)]) if isinstance(v, int)]
        return min(max([1, *ends]), BOMB * 100)
    return 1

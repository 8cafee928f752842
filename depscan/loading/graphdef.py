"""Judge the operators of a TensorFlow graph: of its nodes and of every function in its library.

Format: graph.proto, node_def.proto, function.proto, attr_value.proto and tensor.proto of TensorFlow, by wire format.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from depscan.loading.data import Act, acts, named, table, words
from depscan.loading.paths import leaves
from depscan.loading.protobuf import SPAN, Field, Wire, WireError
from depscan.loading.steps import FOREIGN, HOSTILE, KNOWN, ODD, Step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from depscan.loading.steps import Report

_NODE, _LIBRARY = 1, 2
_BODY, _SIGNATURE = 3, 1
_MOST_TEXTS = 8
_TEXT = 4096
_PATH_KEYS = frozenset({
    "output_stream", "debug_urls", "filename", "file_pattern", "memory_region_name", "descriptor_source",
    "new_vocab_file",
})  # fmt: skip
_INTERNAL = ("local://", "bytes://", "memmapped_package://")
"""Schemes of places inside the process or the model."""
_WALK = 64


class Node(NamedTuple):
    """One node: where its operator stands, what flows into it and the texts among its attributes."""

    name: str
    operator: str
    inputs: tuple[str, ...]
    texts: tuple[str, ...]
    at: int


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    extra = (name for row in table("tensorflow")["known"] for name in named(row["names"]))
    return words("tensorflow-ops") | frozenset(extra)


@lru_cache(maxsize=1)
def _of_paths() -> dict[str, Act]:
    """Return what an operator does whose constant path leaves the model, by its name."""
    rows = table("tensorflow")["path"]
    return {name: Act(HOSTILE, row["does"], row["why"]) for row in rows for name in named(row["names"])}


def package_of(operator: str) -> str:
    """Return the distribution that is known to bring a custom operator; "" for an unknown one."""
    rows = table("tensorflow")["package"]
    return next((str(row["name"]) for row in rows if operator.startswith(row["prefix"])), "")


class Graphs:
    """Judges the graphs of one file.

    Args:
        wire: its bytes.
        report: where steps go.
    """

    def __init__(self, wire: Wire, report: Report) -> None:
        self.wire = wire
        self.report = report
        self.assets: set[str] = set()
        self.operators = 0
        self._local: set[str] = set()
        self._seen: set[str] = set()

    def graph(self, graph: Field | None) -> None:
        """Read a GraphDef; None when it is the whole file.

        Raises:
            WireError: broken.
        """
        functions: list[Field] = []
        for library in self.wire.spans(graph, _LIBRARY):
            functions += self.wire.spans(library, 1)
        for function in functions:
            for signature in self.wire.spans(function, _SIGNATURE):
                self._local.update(self.wire.text(name, 500) for name in self.wire.spans(signature, 1))
        self._body(graph, _NODE)
        for function in functions:
            self._body(function, _BODY)

    def done(self) -> None:
        """Say how many operators there were, and that all are TensorFlow's own where they are."""
        self.report.about["operators"] = str(self.operators)
        if self.operators and not self.report.steps:
            text = f"{self.operators} operators"
            self.report.add(
                Step("load.operator", KNOWN, "operators", text, "all are TensorFlow's own, on tensors only")
            )

    def operator(self, name: str, at: int, texts: tuple[str, ...] = ()) -> None:
        """Judge one operator by its name; ``texts`` are constants that flow into it."""
        self.operators += 1
        if name in self._seen and not texts:
            return
        self._seen.add(name)
        act = acts("tensorflow").get(name)
        package = ""
        if act is None:
            if name in _known() or name in self._local:
                return
            package = package_of(name)
            act = Act(
                FOREIGN, "code.load-native", "no operator of TensorFlow: native code must be loaded that brings it"
            )
        call = ", ".join(map(repr, texts)) or "..."
        self.report.add(
            Step(
                "load.operator",
                act.verdict,
                "operator",
                f"{name}({call})",
                act.why,
                callee=name,
                values=texts,
                does=act.does,
                package=package,
                at=at,
            )
        )

    def _body(self, owner: Field | None, number: int) -> None:
        nodes: dict[str, Node] = {}
        interesting = []
        acting, paths = acts("tensorflow"), _of_paths()
        for span in self.wire.spans(owner, number):
            node = self._node(span)
            nodes[node.name] = node
            if node.operator in acting or node.operator in paths:
                interesting.append(node)
            else:
                self.operator(node.operator, node.at)
            if not len(nodes) % 1000 and self.report.meter.late:
                raise WireError("the time for this file is used up", span.start)
        for node in interesting:
            flowing = () if node.operator.startswith("Print") else _flowing(node, nodes)  # what is printed is no path
            texts = tuple(dict.fromkeys((*node.texts, *flowing)))[:_MOST_TEXTS]
            if node.operator in acting:
                self.operator(node.operator, node.at, texts)
            else:
                self.operators += 1
            if node.operator in paths:
                self._paths(node, texts)

    def _paths(self, node: Node, texts: tuple[str, ...]) -> None:
        act = _of_paths()[node.operator]
        for text in texts:
            why = leaves(text)
            if not why or text.startswith(_INTERNAL):
                continue
            asset = text.replace("\\", "/").rpartition("/")[2] in self.assets
            step = Step(
                "load.path",
                ODD if asset else HOSTILE,
                "asset-path" if asset else "graph-path",
                f"{node.operator}({text!r})",
                "the path of an asset on the machine that saved it: a loader puts its own there"
                if asset
                else f"{act.why} ({why})",
                callee=node.operator,
                values=(text,),
                does="" if asset else act.does,
                at=node.at,
            )
            self.report.add(step)

    def _node(self, span: Field) -> Node:
        wire = self.wire
        name = operator = ""
        inputs: list[str] = []
        texts: list[str] = []
        for field in wire.inside(span):
            if field.kind != SPAN:
                continue
            if field.number == 1:
                name = wire.text(field, 500)
            elif field.number == 2:  # noqa: PLR2004 - NodeDef.op
                operator = wire.text(field, 500)
            elif field.number == 3 and len(inputs) < 3:  # noqa: PLR2004 - NodeDef.input
                inputs.append(wire.text(field, 500).lstrip("^").partition(":")[0])
            elif field.number == 5 and len(texts) < _MOST_TEXTS and _has_texts(operator):  # noqa: PLR2004 - NodeDef.attr
                texts += self._texts(field, operator)
        return Node(name, operator, tuple(inputs), tuple(texts), span.start)

    def _texts(self, attribute: Field, operator: str) -> Iterator[str]:
        """Yield texts of an attribute: the value of a constant, and of what prints the places it prints to."""
        key = ""
        for field in self.wire.spans(attribute, 1, 2):
            if field.number == 1:
                key = self.wire.text(field, 100)
            elif key in _PATH_KEYS:
                yield from self._strings(field)
            elif key == "value" and operator in {"Const", "HostConst", ""}:
                for tensor in self.wire.spans(field, 8):
                    yield from (self.wire.text(value, _TEXT) for value in self.wire.spans(tensor, 8))

    def _strings(self, value: Field) -> Iterator[str]:
        for field in self.wire.spans(value, 1, 2):
            if field.number == 2:  # noqa: PLR2004 - AttrValue.s
                yield self.wire.text(field, _TEXT)
            else:
                yield from (self.wire.text(one, _TEXT) for one in self.wire.spans(field, 2))


def _flowing(node: Node, nodes: dict[str, Node]) -> Iterator[str]:
    """Yield the constant texts that flow into a node, at most through 64 others."""
    waiting, seen = list(node.inputs), {node.name}
    while waiting and len(seen) < _WALK:
        name = waiting.pop(0)
        source = nodes.get(name)
        if source is None or name in seen:
            continue
        seen.add(name)
        yield from source.texts
        waiting += source.inputs


def _has_texts(operator: str) -> bool:
    """Whether texts among an operator's attributes matter; so they do while the operator is not known yet."""
    return operator in {"", "Const", "HostConst"} or operator in _of_paths() or operator in acts("tensorflow")

"""ONNX: operators by domain, local functions, subgraphs in attributes, and where tensors outside the file stand.

Format: onnx.proto of ONNX 1.x, read by wire format; data of tensors is skipped by its length.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from depscan.loading.data import Act, acts, table
from depscan.loading.paths import leaves
from depscan.loading.protobuf import SPAN, VARINT, Field, Wire, WireError, shape
from depscan.loading.steps import FOREIGN, HOSTILE, KNOWN, ODD, Step

if TYPE_CHECKING:
    from depscan.loading.file import File
    from depscan.loading.steps import Report

STARTS = "*"
NAMES = "*.onnx *.ort.onnx *.onnx_model"
TITLE = "ONNX"

_IR, _PRODUCER, _GRAPH, _OPSETS, _METADATA, _TRAINING, _FUNCTIONS = 1, 2, 7, 8, 14, 20, 25
_MODEL = {1: VARINT, 2: SPAN, 3: SPAN, 4: SPAN, 5: VARINT, 6: SPAN, 7: SPAN, 8: SPAN, 14: SPAN, 20: SPAN, 25: SPAN}
_IN_GRAPH = {1, 2, 5, 10, 11, 12, 13, 14, 15, 16}
_TENSORS = (5, 10)
_GRAPHS = (6, 11)
_SPARSE = (22, 23)
_MOST_IR = 100
_MOST_BEFORE = 100_000
"""Fields of a file that is named like ONNX that are looked at for its graph."""
_MOST_BEHIND = 16 << 20
_DEEPEST = 90
_EXTERNAL, _LOCATION = 13, 14
_MEMORY = "_ORT_MEM_ADDR_"
"""The place ONNX Runtime gives tensors that stand in its own memory: the offset is then a pointer."""


def looks(file: File) -> bool:
    """Return whether the file is a ModelProto: an IR version and a graph, and nothing that is foreign to it."""
    named = file.name.endswith(".onnx")
    if not named and file.head[:1] == b"\x0a":  # field 1 as a message: of other protobufs
        return False
    wire = Wire(file.source)
    fields = shape(wire, _MOST_BEFORE if named else 64) or (_whole_fields(wire)[0] if named else [])
    graph = next((f for f in fields if (f.number, f.kind) == (_GRAPH, SPAN)), None)
    if graph is None:
        return False
    if named:
        return True
    version = next((f.value for f in fields if (f.number, f.kind) == (_IR, VARINT)), 0)
    fits = all(_MODEL.get(f.number) == f.kind for f in fields)
    return fits and 0 < version <= _MOST_IR and _is_graph(wire, graph)


def _whole_fields(wire: Wire) -> tuple[list[Field], int]:
    """Return the fields before the first that is none, and where that stands; -1 where all are fields."""
    found: list[Field] = []
    try:
        for field in wire.fields():
            found.append(field)
            if len(found) >= _MOST_BEFORE:
                break
    except WireError as error:
        return found, error.at
    return found, -1


def _is_graph(wire: Wire, graph: Field) -> bool:
    try:
        for count, field in enumerate(wire.inside(graph)):
            if field.number not in _IN_GRAPH or field.kind != SPAN:
                return False
            if count > 8:  # noqa: PLR2004 - enough to know
                break
    except WireError:
        return False
    return True


def read(file: File, report: Report) -> None:
    """Add a step for every operator that is not the standard's and for every path that leaves the folder."""
    reader = Reader(file, report)
    try:
        reader.model()
    except WireError as error:
        report.gap(f"broken at byte {error.at}: {error}")


@lru_cache(maxsize=1)
def _domains() -> dict[str, frozenset[str]]:
    """Return the operators of known domains; an empty set stands for all."""
    return {name: frozenset(row["ops"].split()) for row in table("onnx")["domain"] for name in row["names"]}


@lru_cache(maxsize=1)
def _packages() -> dict[str, str]:
    return {row["domain"]: row["name"] for row in table("onnx")["package"]}


class Reader:
    """Judges the operators and paths of one model."""

    def __init__(self, file: File, report: Report) -> None:
        self.file = file
        self.report = report
        self.wire = Wire(file.source)
        self.local: set[tuple[str, str]] = set()
        self.operators = 0
        self.seen: set[tuple[str, str]] = set()

    def model(self) -> None:
        """Read the whole file."""
        wire = self.wire
        top, behind = _whole_fields(wire)
        if behind >= 0:
            fitting = next((i for i, f in enumerate(top) if _MODEL.get(f.number) != f.kind), len(top))
            self._behind(top[fitting - 1].end if fitting else 0)
        functions = [f for f in top if f.number == _FUNCTIONS and f.kind == SPAN]
        for function in functions:
            self.local.add(self._function_name(function))
        for field in top:
            if field.kind == SPAN:
                self._part(field)
        self.report.about["operators"] = str(self.operators)
        if self.operators and not self.report.steps:
            self.report.add(
                Step("load.operator", KNOWN, "operators", f"{self.operators} operators", "all are ONNX's own")
            )

    def _part(self, field: Field) -> None:
        """Read one field of the model."""
        wire = self.wire
        if field.number == _PRODUCER:
            self.report.about["producer"] = wire.text(field, 200)
        elif field.number == _GRAPH:
            self.graph(field, 0)
        elif field.number == _TRAINING:
            for graph in wire.spans(field, 1, 2):
                self.graph(graph, 0)
        elif field.number == _FUNCTIONS:
            self.nodes(field, 7, 0)
            for attribute in wire.spans(field, 11):
                self.attribute(attribute, "", 0)
        elif field.number == _METADATA:
            self.metadata(field)

    def _behind(self, at: int) -> None:
        """Read what stands behind the model: a pickle there makes the file two things."""
        from depscan.loading.file import file_of
        from depscan.loading.route import read_file

        data = self.wire.source.at(at, _MOST_BEHIND)
        inner = None
        if data[:1] == b"\x80":
            inner = read_file(file_of(data, "behind.pkl"), self.report.meter, layer=(f"pickle @ {at:#x}",))
        if inner is None or not inner.steps:
            self.report.gap(f"broken at byte {at}: what stands there is no part of a model")
            return
        why = "a pickle stands behind the model: loaders that go by content read the one or the other"
        self.report.add(Step("load.layout", HOSTILE, "trailing", f"{len(data)} bytes behind the model", why, at=at))
        self.report.merge(inner)

    def _function_name(self, function: Field) -> tuple[str, str]:
        name = domain = ""
        for field in self.wire.spans(function, 1, 10):
            text = self.wire.text(field, 500)
            name, domain = (text, domain) if field.number == 1 else (name, text)
        return domain, name

    def graph(self, graph: Field, depth: int) -> None:
        """Read a graph: its nodes and the tensors it brings."""
        if depth > _DEEPEST:
            self.report.add(
                Step(
                    "load.bomb", HOSTILE, "depth", f"graphs {depth} deep", "deeper than protobuf allows", at=graph.start
                )
            )
            return
        self.nodes(graph, 1, depth)
        for field in self.wire.spans(graph, 5, 15):
            if field.number == 5:  # noqa: PLR2004 - GraphProto.initializer
                self.tensor(field)
            else:
                for part in self.wire.spans(field, 1, 2):
                    self.tensor(part)

    def nodes(self, owner: Field, number: int, depth: int) -> None:
        """Read the nodes that stand in a field of a graph or function."""
        for node in self.wire.spans(owner, number):
            operator = domain = ""
            attributes = []
            for field in self.wire.spans(node, 4, 5, 7):
                if field.number == 5:  # noqa: PLR2004 - NodeProto.attribute
                    attributes.append(field)
                elif field.number == 4:  # noqa: PLR2004 - NodeProto.op_type
                    operator = self.wire.text(field, 500)
                else:
                    domain = self.wire.text(field, 500)
            self.operators += 1
            if (domain, operator) not in self.seen:
                self.seen.add((domain, operator))
                self.operator(domain, operator, node.start)
            for attribute in attributes:
                self.attribute(attribute, operator, depth)
            if not self.operators % 1000 and self.report.meter.late:
                raise WireError("the time for this file is used up", node.start)

    def operator(self, domain: str, operator: str, at: int) -> None:
        """Judge one operator."""
        act = acts("onnx").get(f"{domain}:{operator}")
        package = _packages().get(domain, "")
        if act is None:
            known = _domains().get(domain)
            if (domain, operator) in self.local or (known is not None and (not known or operator in known)):
                return
            why = (
                f"the standard has no operator {operator}: a library of custom operators would have to bring it"
                if known is not None
                else f"a custom operator: native or Python code of {package or domain} that must be loaded first"
            )
            act = Act(FOREIGN, "code.load-native", why)
            package = "" if known is not None else package
        name = f"{domain}::{operator}" if domain else operator
        self.report.add(
            Step(
                "load.operator",
                act.verdict,
                "custom-operator",
                f"{name}(...)",
                act.why,
                callee=name,
                does=act.does,
                package=package if act.verdict == FOREIGN else "",
                at=at,
            )
        )

    def attribute(self, attribute: Field, operator: str, depth: int) -> None:
        """Read an attribute: tensors and graphs stand in it."""
        name = ""
        for field in self.wire.inside(attribute):
            if field.kind != SPAN:
                continue
            if field.number == 1:
                name = self.wire.text(field, 100)
            elif field.number == 4 and operator == "EPContext" and name == "ep_cache_context":  # noqa: PLR2004
                self.path(self.wire.text(field, 4096), field.start)
            elif field.number in _TENSORS:
                self.tensor(field)
            elif field.number in _GRAPHS:
                self.graph(field, depth + 1)
            elif field.number in _SPARSE:
                for part in self.wire.spans(field, 1, 2):
                    self.tensor(part)

    def tensor(self, tensor: Field) -> None:
        """Judge where the data of a tensor stands."""
        entries = [f for f in self.wire.inside(tensor) if f.kind == SPAN and f.number == _EXTERNAL]
        values: dict[str, str] = {}
        for entry in entries:
            pair = {f.number: self.wire.text(f, 8192) for f in self.wire.spans(entry, 1, 2)}
            key, value = pair.get(1, ""), pair.get(2, "")
            if key == "location":
                self.path(value, entry.start)
            values[key] = value
        if values:
            self._range(values, tensor.start)

    def _range(self, values: dict[str, str], at: int) -> None:
        """Compare a range with the file that stands beside, where there is one."""
        data = self.file.sibling(values.get("location", ""))
        texts = (values.get("offset", "0"), values.get("length", "0"))
        if data is None:
            return
        if not all(text.isascii() and text.isdigit() and len(text) < 20 for text in texts):  # noqa: PLR2004
            why = "an offset or length of data outside the file is no number"
        elif sum(map(int, texts)) > data.size:
            why = "data outside the file would end behind the end of its file"
        else:
            return
        self.report.add(Step("load.layout", ODD, "external-range", " + ".join(texts), why, at=at))

    def path(self, path: str, at: int) -> None:
        """Judge the path of data outside the file."""
        why = "an address in memory that the file states" if _MEMORY in path else leaves(path)
        if why:
            self.report.add(
                Step(
                    "load.path",
                    HOSTILE,
                    "external-path",
                    f"open({path!r})",
                    f"tensor data is read from {why}",
                    values=(path,),
                    does="file.read",
                    at=at,
                )
            )
        elif ".." in path.replace("\\", "/").split("/"):
            self.report.add(
                Step("load.path", ODD, "external-path", f"open({path!r})", "no writer makes such a path", at=at)
            )

    def metadata(self, entry: Field) -> None:
        """Judge one entry of the model's metadata."""
        key = next((self.wire.text(f, 200) for f in self.wire.spans(entry, 1)), "")
        if key in {"ort_config", "custom_op_library", "custom_ops_library"}:
            self.report.add(
                Step(
                    "load.layout",
                    ODD,
                    "metadata",
                    f"metadata {key}",
                    "asks the runtime for other settings",
                    at=entry.start,
                )
            )

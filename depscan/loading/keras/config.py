"""Walk the configuration of a Keras model: every dict in it, at any depth, may name a class or function to build.

Source: keras.src.saving.serialization_lib (Keras 3) and keras.saving.legacy (HDF5, SavedModel of Keras 2).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from depscan.loading.keras import names
from depscan.loading.keras.code import decoded, is_code, texts
from depscan.loading.paths import leaves
from depscan.loading.steps import FOREIGN, HOSTILE, KNOWN, ODD, Step

if TYPE_CHECKING:
    from depscan.loading.steps import Report

MOST_TEXT = 64 << 20
"""Bytes of one configuration that are read."""
_DEEPEST_TEXT = 4
_LOOKUPS = frozenset({"StringLookup", "IntegerLookup", "IndexLookup", "TextVectorization", "Hashing", "Discretization"})
_PATH_KEYS = frozenset(
    {"filepath", "origin", "handle", "vocabulary", "idf_weights", "vocabulary_file", "file_path", "paths"}
)
_LOOKUP_KEYS = ("vocabulary", "idf_weights")
_TWICE = "\0twice"
_FUNCTION_KEY = re.compile(
    r"(?:activation|_initializer|_regularizer|_constraint|\Aloss|\Aoptimizer|\Ametric|\Afunction)\Z"
)
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+\Z")
_CODE_TYPES = ("function_type", "output_shape_type", "mask_type")


def read_text(data: bytes, report: Report, *, at: int = -1, revived: bool = False) -> bool:
    """Read a configuration from its JSON text.

    Args:
        data: the text.
        report: where steps go.
        at: offset of the text in its file.
        revived: of a SavedModel: a class that is not known is then revived from its graph and needs no code.

    Returns:
        Whether it could be read; a gap says why not.
    """
    from json import detect_encoding

    if len(data) > MOST_TEXT:
        report.gap(f"{len(data)} bytes of configuration are more than is read")
        return False
    walk = _Walk(report, at, revived=revived)
    try:
        value = walk.parse(data.decode(detect_encoding(data), "surrogatepass"))
    except RecursionError:
        report.add(Step("load.bomb", HOSTILE, "depth", "[[[[...", "nested deeper than any model", at=at))
        return False
    except (ValueError, OverflowError) as error:
        report.gap(f"the configuration is no JSON: {str(error)[:100]}")
        return False
    walk.value(value)
    walk.done()
    return True


def read_value(value: Any, report: Report) -> None:  # noqa: ANN401 - what a YAML text holds
    """Read a configuration that is parsed: older Keras wrote the architecture of a model as YAML too."""
    walk = _Walk(report, -1, revived=False)
    walk.value(value)
    walk.done()


class _Walk:
    def __init__(self, report: Report, at: int, *, revived: bool) -> None:
        self.report = report
        self.at = at
        self.revived = revived
        self.known = 0
        self.bad = 0
        self._depth = 0

    def parse(self, text: str) -> Any:  # noqa: ANN401 - JSON
        import json

        return json.loads(text, object_pairs_hook=self._pairs)

    def _pairs(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            seen: set[str] = set()
            for index, (key, value) in enumerate(pairs):
                if key in seen:
                    why = "readers disagree on which of the two is meant"
                    self.add(Step("load.layout", HOSTILE, "duplicate-key", f"{key} twice", why))
                if value is not found[key]:
                    found[f"{key}{_TWICE}{index}"] = value  # walked too
                seen.add(key)
        return found

    def add(self, step: Step) -> None:
        """Keep a step, with the offset of this configuration."""
        self.bad += step.verdict != KNOWN
        values = tuple(map(_printable, step.values))
        step = step._replace(at=self.at, text=_printable(step.text), callee=_printable(step.callee), values=values)
        self.report.add(step)

    def done(self) -> None:
        if self.known and not self.bad:
            why = "all are classes and functions of Keras that are built from numbers and text"
            self.report.add(Step("load.call", KNOWN, "class", f"{self.known} objects", why, at=self.at))

    def value(self, top: Any) -> None:  # noqa: ANN401 - JSON
        waiting = [(top, "")]
        while waiting:
            value, key = waiting.pop()
            if isinstance(value, dict):
                self._dict(value)
                waiting += [(inner, name) for name, inner in reversed(value.items())]
            elif isinstance(value, list):
                waiting += [(inner, key) for inner in reversed(value)]
            elif isinstance(value, str):
                self._text(value, key.partition(_TWICE)[0])

    def _dict(self, value: dict[str, Any]) -> None:
        name = value.get("class_name")
        if not isinstance(name, str):
            if "module" in value and "function_type" in value:
                self._lambda(value)
            return
        config = value.get("config")
        module = _text_or_none(value.get("module"))
        registered = _text_or_none(value.get("registered_name"))
        if name == "__lambda__":
            self._code(config.get("code", config.get("value")) if isinstance(config, dict) else config)
        elif name == "__typespec__":
            self._judged(names.of_type_spec(module), f"{module}.{value.get('spec_name')}", "")
        elif name == "function":
            function = config if isinstance(config, str) else registered or ""
            self._judged(names.of_function(function, module), _dotted(module, function), "function")
        elif "config" in value or "module" in value:
            self._object(name, module, registered, config)

    def _object(self, name: str, module: str | None, registered: str | None, config: Any) -> None:  # noqa: ANN401
        if name == "Lambda":
            judged = names.of_class(name, module, registered)
            if judged.slug in {"import", "custom-object"}:
                self._judged(judged, _dotted(module, name), "...")
            self._lambda(config if isinstance(config, dict) else {})
            return
        self._judged(names.of_class(name, module, registered), _dotted(module, name), _arguments(config))
        if not isinstance(config, dict):
            return
        if name in _LOOKUPS:
            self._lookup(name, config)
        elif name in {"TFOpLambda", "SlicingOpLambda"}:
            function = str(config.get("function", ""))
            self._judged(names.of_operator(function), f"tensorflow.{function}", "...")
        elif name == "TensorFlowOpLayer":
            self._node(config.get("node_def", ""))

    def _judged(self, judged: names.Judged, callee: str, arguments: str) -> None:
        verdict = judged.verdict
        if verdict == KNOWN:
            self.known += 1
            return
        if self.revived and judged.slug == "custom-object":
            verdict = ODD
        text = callee if arguments == "function" else f"{callee}({arguments})"
        package = judged.package if verdict == FOREIGN else ""
        self.add(Step("load.call", verdict, judged.slug, text, judged.why, callee, (), judged.does, package))

    def _lambda(self, config: dict[str, Any]) -> None:
        """Read a Lambda layer: its function is a name, a dict that is walked anyway, or code."""
        function = config.get("function")
        kinds = [config.get(key) for key in _CODE_TYPES]
        if isinstance(function, list) or "lambda" in kinds:
            items = function.get("items", function.get("config")) if isinstance(function, dict) else function
            self._code(items)
        elif isinstance(function, str):
            module = _text_or_none(config.get("module"))
            module = None if module in {None, "__main__"} else module
            self._judged(names.of_function(function, module), _dotted(module, function), "function")
        elif function is None:
            why = "a layer that calls Python code; which is not said"
            self.add(Step("load.call", FOREIGN, "lambda", "Lambda(...)", why))

    def _code(self, code: Any) -> None:  # noqa: ANN401 - JSON
        if isinstance(code, dict):
            code = code.get("code", code.get("items", code.get("value")))
        first = code[0] if isinstance(code, list) and code else code
        data = decoded(first) if isinstance(first, str) else b""
        seen = texts(data)
        why = (
            "a Lambda layer brings Python bytecode: older Keras and HDF5 loaders run it (CVE-2024-3660, CVE-2025-9905)"
        )
        text = f"lambda: {' '.join(seen) or '...'}"
        self.add(Step("load.code", HOSTILE, "lambda", text, why, values=seen[:8], does="code.eval"))

    def _lookup(self, name: str, config: dict[str, Any]) -> None:
        for key in _LOOKUP_KEYS:
            value = config.get(key)
            if isinstance(value, str) and not leaves(value):
                why = "the layer reads a file of this name from the current folder (CVE-2025-12058)"
                self.add(Step("load.path", ODD, "vocabulary", f"{name}({key}={value!r})", why))

    def _node(self, node: Any) -> None:  # noqa: ANN401 - JSON
        from depscan.loading.graphdef import Graphs
        from depscan.loading.protobuf import wire_of

        graphs = Graphs(wire_of(b""), self.report)
        if isinstance(node, dict):
            graphs.operator(str(node.get("op", "")), self.at)
            return
        for operator in re.findall(r"""\bop\s*:\s*["']([^"']{0,200})["']""", str(node)[:100_000]):
            graphs.operator(operator, self.at)

    def _function(self, text: str, key: str) -> None:
        """Judge a function by its dotted name: loaders that look such names up elsewhere import them."""
        from depscan.loading.dotted import judge

        found = judge(text)
        if found.verdict == HOSTILE:
            why = f"a function by the name of a module outside of Keras: {found.why}"
            self.add(Step("load.import", HOSTILE, "import", f"{key}={text!r}", why, text, (text,), found.does))

    def _text(self, text: str, key: str) -> None:
        if "." in text and _FUNCTION_KEY.search(key) and _DOTTED.match(text):
            self._function(text, key)
        if key in _PATH_KEYS:
            self._path(text, key)
        start = text[:4]
        if start[:2] in {"4w", "Yw"} and len(text) > 10 and is_code(decoded(text)):  # noqa: PLR2004 - a code object's start
            self._code(text)
        elif start[:2] == "gA" or start == "UEsD":
            self._nested(text)
        elif text.lstrip()[:1] == "{" and "class_name" in text and self._depth < _DEEPEST_TEXT:
            self._depth += 1
            try:
                self.value(self.parse(text))
            except (ValueError, RecursionError):
                pass
            finally:
                self._depth -= 1

    def _path(self, text: str, key: str) -> None:
        why = leaves(text)
        if why:
            does = "net.download" if "URL" in why or "machine" in why else "file.read"
            reason = f"loading reads from {why} (CVE-2025-12058, CVE-2026-1462)"
            self.add(Step("load.path", HOSTILE, "path", f"{key}={text!r}", reason, values=(text,), does=does))

    def _nested(self, text: str) -> None:
        """Read a pickle or archive that stands in the configuration as base64."""
        from depscan.loading.file import file_of
        from depscan.loading.route import read_file

        data = decoded(text)
        inner = read_file(file_of(data, "config"), self.report.meter, layer=("base64",)) if data else None
        if inner is not None:
            self.report.merge(inner)
            self.bad += 1


def _text_or_none(value: Any) -> str | None:  # noqa: ANN401 - JSON
    return value if isinstance(value, str) and value else None


def _dotted(module: str | None, name: str) -> str:
    return f"{module}.{name}" if module else name


def _arguments(config: Any) -> str:  # noqa: ANN401 - JSON
    if not isinstance(config, dict):
        return repr(config)[:100] if config is not None else ""
    return ", ".join(f"{key}={value!r:.60}" for key, value in list(config.items())[:6] if isinstance(value, (str, int)))


def _printable(text: str) -> str:
    """Return a text whose half characters, which JSON can hold and no output can, are written out."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")

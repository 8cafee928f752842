"""XML: OpenVINO networks, PMML and other XML that models are stored as; entities are never resolved.

Sources: OpenVINO IR format; PMML 4.4; XML 1.0 (document type declarations).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from depscan.loading.paths import leaves
from depscan.loading.steps import FOREIGN, HOSTILE, KNOWN, ODD, Step

if TYPE_CHECKING:
    from xml.parsers.expat import XMLParserType

    from depscan.loading.file import File
    from depscan.loading.steps import Report

STARTS = "*"
NAMES = "*.pmml"
TITLE = "XML model"

_START = re.compile(rb"(\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s*<")
_ROOT = re.compile(
    r"<(?:\w+:)?PMML\b|<net\b[^<>]*(?:\bversion\s*=|>\s*<(?:layers|batch|input|edges)\b)|<!DOCTYPE\s+(?:(?:\w+:)?PMML|net)\b"
)
_SEARCHED = 1 << 16
_PIECE = 1 << 16
_MOST = 256 << 20
_DEEPEST = 1000
_SCRIPTED = frozenset({"script", "javascript", "groovy", "python", "rscript", "javacode", "code", "javaclass"})
_LIBRARY = re.compile(r"(?:[\w./\\:~-]*\.)(?:so(?:\.\d+)*|dll|dylib|pyd|jar|py)\Z", re.IGNORECASE)
_ACTING = re.compile(
    r"(?i)\b(Runtime\.getRuntime|ProcessBuilder|java\.lang\.|javax\.script|exec\(|eval\(|os\.system|subprocess)"
)
_OPENVINO = frozenset({
    "opset1", "opset2", "opset3", "opset4", "opset5", "opset6", "opset7", "opset8", "opset9", "opset10", "opset11",
    "opset12", "opset13", "opset14", "opset15", "opset16", "opset17", "opset18", "opset19", "opset20",
    "experimental", "type_relaxed", "ie_internal_opset", "internal_opset", "legacy",
})  # fmt: skip
_NO_FILE = 1 << 60
"""Bytes that no file has."""
_PMML_NAMES = re.compile(r"[A-Za-z_+\-*/<>=!.&|^%0-9][\w.\- +*/:]*\Z")


def looks(file: File) -> bool:
    """Return whether the file is XML whose root is a model's."""
    if not _START.match(file.head):
        return False
    named = file.name.endswith((".xml", ".pmml"))
    text = _decode(file.bytes(_SEARCHED) if named else file.head)
    return file.name.endswith(".pmml") or bool(_ROOT.search(text))


def read(file: File, report: Report) -> None:
    """Add a step for every library, script, entity and custom operator of the document."""
    from xml.parsers import expat  # its handlers below refuse entities

    reader = _Reader(report)
    parser = reader.parser(expat)
    at, end = 0, min(file.size, _MOST)
    try:
        while at < end:
            piece = file.source.at(at, min(_PIECE, end - at))
            at += len(piece) or end
            parser.Parse(piece, at >= end)
            if reader.stop or report.meter.late:
                break
    except (expat.ExpatError, ValueError, LookupError) as error:
        if not reader.bad:
            report.gap(f"no well-formed XML: {str(error)[:100]}")
    if report.meter.late or file.size > _MOST:
        report.gap("more XML than is read")
    reader.done()


def _decode(head: bytes) -> str:
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"} or head[1:2] == b"\0":
        return head.decode("utf-16", "replace")
    return head.decode("utf-8", "replace")


class _Reader:
    """Handlers of one document."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.depth = 0
        self.root = ""
        self.elements = 0
        self.bad = False
        self.stop = False
        self._parser: XMLParserType | None = None
        self._text: list[str] = []
        self._script = 0

    def parser(self, expat: object) -> XMLParserType:
        """Return a parser that resolves nothing and expands nothing."""
        parser: XMLParserType = expat.ParserCreate()  # type: ignore[attr-defined]
        parser.SetParamEntityParsing(0)
        parser.EntityDeclHandler = self._entity
        parser.StartDoctypeDeclHandler = self._doctype
        parser.ExternalEntityRefHandler = self._external
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        parser.ProcessingInstructionHandler = self._instruction
        parser.buffer_text = True
        self._parser = parser
        return parser

    def add(
        self, what: str, verdict: str, slug: str, text: str, why: str,
        values: tuple[str, ...] = (), does: str = "",
    ) -> None:  # fmt: skip
        self.bad |= verdict in {FOREIGN, HOSTILE}
        line = self._parser.CurrentLineNumber if self._parser else 0
        at = self._parser.CurrentByteIndex if self._parser else -1
        self.report.add(Step(what, verdict, slug, text, why, values=values, does=does, at=at, line=line))

    def done(self) -> None:
        self.report.about["root"] = self.root
        if self.elements and not self.report.steps and not self.report.gaps:
            self.report.add(Step("load.layout", KNOWN, "elements", f"{self.elements} elements", "no code, no entities"))

    def _doctype(self, name: str, system: str | None, public: str | None, internal: object) -> None:
        if system and (leaves(system) or not public):
            why = "a document type that a parser fetches or reads when it loads the file"
            self.add("load.path", HOSTILE, "doctype", f"<!DOCTYPE {name} {system!r}>", why, (system,), "file.read")
        else:
            why = "a document type, which no writer of models makes" if internal else "a document type"
            self.add("load.layout", ODD, "doctype", f"<!DOCTYPE {name}>", why)

    def _entity(self, name: str, *values: object) -> None:
        _parameter, value, _base, system, _public, _notation = (*values, *[None] * 6)[:6]
        target = str(system or value or "")
        why = (
            "an entity that reads a file or address"
            if system
            else "an entity: parsers expand it, without end where it nests"
        )
        does = "file.read" if system else ""
        self.add(
            "load.path" if system else "load.bomb",
            HOSTILE,
            "entity",
            f"<!ENTITY {name} {target!r}>",
            why,
            (target,),
            does,
        )
        self.stop = self.report.meter.late

    def _external(self, *_: object) -> int:
        return 1  # never resolved

    def _instruction(self, target: str, data: str) -> None:
        if target == "xml-stylesheet":
            why = "a style sheet that a viewer loads and runs"
            self.add("load.path", ODD, "stylesheet", f"<?{target} {data}?>", why, (data,))

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.elements += 1
        name = tag.rpartition(":")[2]
        if not self.root:
            self.root = name
        if self.depth > _DEEPEST and not self.bad:
            self.add("load.bomb", HOSTILE, "depth", f"{self.depth} elements deep", "nested deeper than any model")
        if self._script or name.lower() in _SCRIPTED:
            self._script += 1
        if self.root == "net":
            self._openvino(name, attributes)
        elif self.root == "PMML":
            self._pmml(name, attributes)
        for key, value in attributes.items():
            self._attribute(name, key, value)

    def _attribute(self, name: str, key: str, value: str) -> None:
        library = key.lower() in {"library", "lib", "so", "dll", "plugin", "extension_path", "codebase", "jar"}
        if library and value:
            why = "names a native library that is loaded with the model"
            self.add("load.native", HOSTILE, "library", f"<{name} {key}={value!r}>", why, (value,), "code.load-native")
        elif _LIBRARY.match(value) and (leaves(value) or key.lower() in {"path", "file", "location"}):
            why = "names a library or program by its path"
            self.add("load.native", HOSTILE, "library", f"<{name} {key}={value!r}>", why, (value,), "code.load-native")
        elif _ACTING.search(value):
            self.add(
                "load.code",
                HOSTILE,
                "script",
                f"<{name} {key}={value!r}>",
                "code in an attribute",
                (value,),
                "code.eval",
            )

    def _openvino(self, name: str, attributes: dict[str, str]) -> None:
        if name == "data":
            self._range(attributes)
        if name != "layer":
            return
        version, kind = attributes.get("version", ""), attributes.get("type", "")
        if version and version.lower() not in _OPENVINO:
            why = (
                f"an operator of the set {version!r}, which OpenVINO does not have: an extension library must bring it"
            )
            self.add("load.operator", FOREIGN, "custom-operator", f"<layer type={kind!r}>", why, (), "code.load-native")
        elif kind in {"Python", "Custom", "CustomLayer", "Extension"}:
            why = "an operator that an extension library must bring"
            self.add("load.operator", FOREIGN, "custom-operator", f"<layer type={kind!r}>", why, (), "code.load-native")

    def _range(self, attributes: dict[str, str]) -> None:
        """Judge where a constant's weights stand: no file is that long."""
        texts = [attributes.get(key, "0").strip() for key in ("offset", "size")]
        if not all(re.fullmatch(r"-?\d{1,40}", text) for text in texts):
            return
        offset, size = map(int, texts)
        if offset < 0 or size < 0 or offset + size >= _NO_FILE:
            text = f"<data offset={texts[0]} size={texts[1]}>"
            why = "weights behind the end of any file: loaders that add the two read outside of their memory"
            self.add("load.layout", HOSTILE, "range", text, why)

    def _pmml(self, name: str, attributes: dict[str, str]) -> None:
        function = attributes.get("function", "")
        if name == "Apply" and (re.match(r"[a-z]\w*(\.\w+)+\Z", function) and function.count(".") > 1):
            why = "a function by the name of a Java class: the evaluator loads that class"
            self.add("load.import", FOREIGN, "function", f"{function}(...)", why, (), "code.import-dynamic")
        elif name == "Extension" and attributes.get("name", "").lower() in _SCRIPTED | {"class", "handler"}:
            value = attributes.get("value", "")
            self.add(
                "load.code", HOSTILE, "script", f"<Extension {attributes['name']}>", "a script", (value,), "code.eval"
            )

    def _end(self, tag: str) -> None:
        self.depth -= 1
        if self._script:
            self._script -= 1
            if not self._script:
                text = "".join(self._text).strip()
                self._text = []
                why = "a script inside the document, which an evaluator runs"
                self.add("load.code", HOSTILE, "script", f"<{tag}> {text}", why, (text,), "code.eval")

    def _data(self, data: str) -> None:
        if self._script and len(self._text) < 100:  # noqa: PLR2004 - enough to show
            self._text.append(data[:2000])
        elif _ACTING.search(data):
            self.add("load.code", HOSTILE, "script", data.strip(), "code between the elements", (data,), "code.eval")

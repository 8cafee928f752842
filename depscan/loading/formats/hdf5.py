"""HDF5: models of Keras and others: configurations in attributes, links and data that stand in other files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from depscan.loading.hdf5.heaps import heap_values
from depscan.loading.hdf5.layout import NOTHING, SIGNATURE, Hdf5Error, Layout, superblock
from depscan.loading.hdf5.objects import EXTERNAL, HARD, SOFT, Attribute, Link, Object, Stored, read_object
from depscan.loading.keras.config import read_text
from depscan.loading.paths import leaves
from depscan.loading.steps import FOREIGN, HOSTILE, ODD, Step

if TYPE_CHECKING:
    from depscan.loading.file import File
    from depscan.loading.steps import Report

STARTS = "894844460d0a1a0a *"
NAMES = "*.h5 *.hdf5 *.he5"
TITLE = "HDF5"

_CONFIGS = frozenset({"model_config", "training_config"})
_OF_KERAS = frozenset({"model_config", "training_config", "keras_version", "layer_names", "backend", "weight_names"})
_JSON = re.compile(rb'\s*[{\[]\s*["{]')
_ANNOUNCED = re.compile(rb'\{\s*"(class_name|module|config)"\s*:')
_PICKLE = re.compile(rb"\x80[\x02-\x05]|\(l?p?\d*|\(dp|c[a-z_]|\]|\}|\[")
_MOST_OBJECTS = 200_000
_MOST_SCANNED = 256 << 20
_PIECE = 4 << 20
_ABSURD = 4 << 30


def looks(file: File) -> bool:
    """Return whether the file has a superblock at one of the places where one may stand."""
    if file.head.startswith(SIGNATURE):
        return True
    promised = file.name.endswith((".h5", ".hdf5", ".he5", ".keras"))
    return promised and file.size > len(SIGNATURE) and superblock(file.source) >= 0


def read(file: File, report: Report) -> None:
    """Add what the attributes, links and data sets of the file make a loader do."""
    reader = _Reader(file, report)
    try:
        reader.walk()
    except Hdf5Error as error:
        reader.broken.append(str(error))
    reader.done()


class _Reader:
    def __init__(self, file: File, report: Report) -> None:
        self.file = file
        self.report = report
        self.broken: list[str] = []
        archived = any(name.lower().endswith(".keras") for name in file.container[-1:])
        self.keras = archived or file.name.endswith((".weights.h5", ".keras"))
        self.tables = False
        self.objects = False
        self.configs = 0
        self.unread = 0
        self._late: list[tuple[str, str, str, str]] = []

    def walk(self) -> None:
        layout = Layout(self.file.source)
        waiting = [("", layout.root)]
        seen: set[int] = set()
        while waiting:
            path, address = waiting.pop()
            if address in seen or address == NOTHING:
                continue
            seen.add(address)
            if len(seen) > _MOST_OBJECTS or self.report.meter.late:
                self.report.gap("more objects than are read")
                return
            try:
                found = read_object(layout, address)
            except Hdf5Error as error:
                self.broken.append(f"{path or '/'}: {error}")
                continue
            waiting += self._object(found, path)
        self.report.about["objects"] = str(len(seen))

    def _object(self, found: Object, path: str) -> list[tuple[str, int]]:
        self.broken += [f"{path or '/'}: {why}" for why in found.broken]
        for attribute in found.attributes:
            self._attribute(attribute)
        if found.stored is not None:
            self._stored(found.stored, path)
        inner = []
        for link in found.links:
            self._link(link, f"{path}/{link.name}")
            if link.kind == HARD:
                inner.append((f"{path}/{link.name}"[-1000:], link.address))
        return inner

    def _attribute(self, attribute: Attribute) -> None:
        self.keras |= attribute.name in _OF_KERAS
        self.tables |= attribute.name == "PYTABLES_FORMAT_VERSION"
        self.objects |= attribute.name == "PSEUDOATOM" and b"object" in attribute.values
        if attribute.name in _CONFIGS:
            self.configs += 1
            if attribute.why or not any(attribute.values):
                self.unread += 1
                self.broken.append(f"{attribute.name}: {attribute.why or 'it is empty'}")
        for value in attribute.values:
            if attribute.name in _CONFIGS or (_JSON.match(value) and b'"class_name"' in value):
                read_text(value, self.report)
            elif _PICKLE.match(value) and (value[:1] == b"\x80" or (self.tables and value[-1:] == b".")):
                self._pickle(value)

    def _pickle(self, value: bytes) -> None:
        """Read an attribute of PyTables (pandas) that is a pickle: it is unpickled when it is looked at."""
        from depscan.loading.file import file_of
        from depscan.loading.route import read_file

        inner = read_file(file_of(value, "attribute"), self.report.meter, layer=("attribute",))
        if inner is not None:
            self.report.merge(inner)

    def _link(self, link: Link, path: str) -> None:
        if link.kind == EXTERNAL:
            self._late.append(
                ("external-link", link.target, f"{path} -> {link.target}", "a link leads into another file")
            )
        elif link.kind not in {HARD, SOFT}:
            why = "a link of a type that a program must bring code for"
            text = f"{path} -> {link.target!r}"
            self.report.add(Step("load.path", FOREIGN, "user-link", text, why, values=(link.target,)))

    def _stored(self, stored: Stored, path: str) -> None:
        for name in stored.files:
            self._late.append(
                ("external-storage", name, f"{path} = read({name!r})", "numbers are read from another file")
            )
        for name in stored.virtual:
            if name not in {"", "."}:
                text = f"{path} = map({name!r})"
                self._late.append(("virtual-data", name, text, "numbers are mapped from another file"))
        if stored.claimed > _ABSURD and stored.claimed > 1000 * self.file.size:
            why = "a data set claims far more numbers than the file holds (CVE-2026-0897)"
            self._late.append(("shape", "", f"{path}: {stored.claimed} bytes", why))

    def done(self) -> None:
        """Judge what depends on whose file it is, and say what could not be read."""
        for slug, name, text, why in self._late:
            outside = leaves(name) if name else ""
            verdict = HOSTILE if outside or self.keras else ODD
            more = f" ({outside})" if outside else " (CVE-2026-1669)" if self.keras and name else ""
            what = "load.path" if name else "load.bomb"
            does = "file.read" if name else ""
            self.report.add(Step(what, verdict, slug, text, why + more, values=(name,), does=does))
        if self.broken:
            self._scan()
        if self.objects:
            for value in heap_values(self.file.source):
                if value[:1] == b"\x80":
                    self._pickle(value)

    def _scan(self) -> None:
        """Look for configurations in the bytes of a file whose structure is broken."""
        before = len(self.report.steps)
        source = self.file.source
        for at in range(0, min(source.size, _MOST_SCANNED), _PIECE):
            match = _ANNOUNCED.search(source.at(at, _PIECE + 64))
            if match:
                start = at + match.start()
                read_text(_balanced(source.at(start, 1 << 22)), self.report, at=start)
        why = f"the structure is broken ({self.broken[0][:150]})"
        if len(self.report.steps) == before or self.unread:
            self.report.gap(why)
        else:
            self.report.add(Step("load.layout", ODD, "broken", "HDF5 structure", why))


def _balanced(data: bytes) -> bytes:
    """Return the JSON text at the start of bytes: up to the brace that closes the first one, outside of strings."""
    depth, quoted = 0, False
    for match in re.finditer(rb'\\.|["{}]', data, re.DOTALL):
        if match[0] == b'"':
            quoted = not quoted
        elif not quoted:
            depth += {b"{": 1, b"}": -1}.get(match[0], 0)
            if not depth:
                return data[: match.end()]
    return data

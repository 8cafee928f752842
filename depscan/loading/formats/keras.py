"""Keras: the configuration of a model as JSON (in a .keras archive, a folder or by itself) and keras_metadata.pb."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from depscan.loading.keras.config import MOST_TEXT, read_text
from depscan.loading.protobuf import SPAN, Wire, WireError, shape
from depscan.loading.steps import FOREIGN, ODD, Step

if TYPE_CHECKING:
    from depscan.loading.file import File
    from depscan.loading.steps import Report

STARTS = "7b 5b 20 09 0a 0d efbbbf fffe feff *"
NAMES = "keras_metadata.pb"
TITLE = "Keras configuration"
# Every way a JSON text may begin: this reader must be asked before those of other settings, since a configuration can
# hold any further keys that would make it look like theirs.

_FIRST = re.compile(
    rb'(\xef\xbb\xbf)?\s*\{\s*"(class_name|module|config|registered_name|build_config|compile_config|keras_version|backend)"'
)
_MODELS = frozenset({"Sequential", "Functional", "Model"})
_CODE = (".py", ".pyc", ".pyd", ".so", ".dll", ".dylib", ".sh", ".pth", ".exe")
_MEMBERS = re.compile(
    r"(metadata\.json|config\.json|(\w+\.)?weights(\.\w+)?\.(h5|npz|json)|model_\d+\.weights\.h5|model\.weights/.*|assets/.*|"
    r"variables\.h5|optimizer\.h5|_structure\.json)\Z"
)


def looks(file: File) -> bool:
    """Return whether the file is a configuration: by the archive it stands in, or by the keys of its JSON text."""
    head = file.head
    if file.name == "keras_metadata.pb":
        return _metadata_like(file)
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in {b"{", b"["} and file.name != "config.json":
        return head[:2] in {b"\xff\xfe", b"\xfe\xff"} and file.name.endswith(".json") and _is_architecture(file)
    if file.name == "config.json" and (_archived(file) or _beside(file)):
        return True
    if _FIRST.match(head):
        data = file.bytes(MOST_TEXT)
        if b'"class_name"' in data and b'"config"' in data:
            return True
    return file.name.endswith(".json") and _is_architecture(file)


def _is_architecture(file: File) -> bool:
    """Return whether JSON in another order, encoding or spelling is the architecture of a model."""
    from depscan.loading.plain import json_of

    head = file.head.replace(b"\0", b"")
    if b'"class_name"' not in head and b'"modelTopology"' not in head and b"\\u00" not in head:
        return False
    value = json_of(file)
    first = value[0] if isinstance(value, list) and value else value
    if not isinstance(first, dict):
        return False
    return (first.get("class_name") in _MODELS and "config" in first) or (
        isinstance(first.get("modelTopology"), dict) and "weightsManifest" in first
    )


def read(file: File, report: Report) -> None:
    """Add a step for everything in the configuration that is not Keras's own, and for members nobody needs."""
    if file.name == "keras_metadata.pb":
        _metadata(file, report)
        return
    read_text(file.bytes(MOST_TEXT + 1), report)
    if file.name == "config.json" and (_archived(file) or _beside(file)):
        _members(file, report)


def _archived(file: File) -> bool:
    return any(name.lower().endswith(".keras") for name in file.container[-1:])


def _beside(file: File) -> bool:
    metadata = file.sibling("metadata.json")
    return metadata is not None and metadata.size < 1 << 16 and b"keras_version" in metadata.bytes(1 << 16)


def _members(file: File, report: Report) -> None:
    for path in sorted(file.beside):
        inside = path[len(file.folder) :]
        if path.startswith(file.folder) and not _MEMBERS.match(inside):
            why = "Keras writes no such member into an archive: what is it for?"
            report.add(Step("load.layout", ODD, "extra-member", inside, why))
        if path.startswith(file.folder) and inside.lower().endswith(_CODE) and (_archived(file) or "assets/" in inside):
            why = "code in the archive of a model: Keras writes none, and who unpacks it has it on the import path"
            report.add(Step("load.code", FOREIGN, "bundled-code", inside, why, "", (inside,)))


def _metadata_like(file: File) -> bool:
    fields = shape(Wire(file.source))
    return bool(fields) and all((f.number, f.kind) == (1, SPAN) for f in fields or ())


def _metadata(file: File, report: Report) -> None:
    """Read SavedMetadata of Keras 2: nodes (1), each with its JSON text (5)."""
    wire = Wire(file.source)
    try:
        for node in wire.spans(None, 1):
            for text in wire.spans(node, 4, 5):
                data = wire.bytes(text, MOST_TEXT)
                if data.lstrip()[:1] == b"{":
                    read_text(data, report, at=text.start, revived=True)
    except WireError as error:
        report.gap(f"broken at byte {error.at}: {error}")

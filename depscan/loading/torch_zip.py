"""What the layout of a torch archive says: which members are raw numbers, and which classes are its own code.

Layout (torch.serialization, torch/csrc/jit/serialization): below one folder, which may have been stripped, stand
``data.pkl``, ``data/<number>`` (storages), of TorchScript ``constants.pkl``, ``constants/<number>``,
``traced_inputs/<number>`` and ``code/__torch__/...py``, of torch.export ``data/weights/*`` and ``data/constants/*``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from collections.abc import Iterable

    from depscan.loading.file import File
    from depscan.loading.steps import Report

_STORAGE = re.compile(r"(?P<root>(?:.*/)?)(?P<folder>data|constants|traced_inputs)/\d{1,12}").fullmatch
_EXPORTED = re.compile(
    r"(?P<root>(?:.*/)?)data/(?:weights|constants)/(?:weight|tensor|constant|param|buffer)_\d{1,12}"
).fullmatch
_PROGRAM = {"data": "data.pkl", "constants": "constants.pkl", "traced_inputs": "traced_inputs.pkl"}
_PICKLE_START = re.compile(rb"\x80[\x00-\x05]|[(]*[ci][A-Za-z_][\w.]*\n[A-Za-z_][\w.]*\n").match
_LOOKED_AT = 1 << 16
_CALLS = frozenset({"REDUCE", "INST", "OBJ", "NEWOBJ", "NEWOBJ_EX", "BUILD", "GLOBAL", "STACK_GLOBAL"})

_CLASS = re.compile(rb"(?m)^[ \t]*(?:class|interface)[ \t]+([A-Za-z_]\w*)[ \t]*[(:]")
_MOST_CODE = 16 << 20
_DEFINED: WeakKeyDictionary[File, frozenset[bytes]] = WeakKeyDictionary()

KNOWN_CLASSES = frozenset({"quantized", "xnnpack", "mkldnn", "rnn", "sparse", "vulkan", "metal", "profiler", "c10d"})
"""Namespaces of classes that torch's own library binds (``torch::class_``)."""

_BOUND = "__torch__.torch.classes."

OWN = "__torch__"
"""Top package of the classes that an archive's own code defines."""

_ITEM = {"Double": 8, "Float": 4, "Half": 2, "BFloat16": 2, "Long": 8, "Int": 4, "Short": 2, "Char": 1, "Byte": 1,
         "Bool": 1, "ComplexDouble": 16, "ComplexFloat": 8, "QInt8": 1, "QUInt8": 1, "QInt32": 4, "Untyped": 1,
         "QUInt4x2": 1, "QUInt2x4": 1}  # fmt: skip


def root_of(file: File) -> str:
    """Return the folder of the torch archive that a member belongs to, with a slash at its end; "" for the top."""
    folder = file.folder
    while folder:
        if f"{folder}data.pkl" in file.beside or f"{folder}constants.pkl" in file.beside:
            return folder
        folder = folder[: folder[:-1].rfind("/") + 1]
    return ""


def is_storage(file: File) -> bool:
    """Return whether a member is the raw numbers of a tensor, by where it stands: such ones need not be read.

    One that begins with a whole pickle that calls something is none, wherever it stands.
    """
    found = _STORAGE(file.path)
    if found is not None:
        placed = f"{found['root']}{_PROGRAM[found['folder']]}" in file.beside
    else:
        exported = _EXPORTED(file.path)
        placed = exported is not None and f"{exported['root']}archive_format" in file.beside
    return placed and not holds_pickle(file)


def holds_pickle(file: File) -> bool:
    """Return whether a file begins with a pickle that ends within 64 KiB and names or calls something."""
    if _PICKLE_START(file.start) is None:
        return False
    import pickletools

    calls = False
    try:
        for opcode, _, _ in pickletools.genops(file.bytes(_LOOKED_AT)):
            calls = calls or opcode.name in _CALLS
    except (ValueError, IndexError, OverflowError, UnicodeDecodeError):
        return False
    return calls


def check_storages(file: File, storages: Iterable[tuple[str, str, int]], report: Report) -> None:
    """Compare the storages that ``data.pkl`` names with the members that are there.

    Args:
        file: ``data.pkl``.
        storages: of each persistent id its type's name (``FloatStorage``), its key and its number of elements.
        report: gets a step where bytes are missing or stand where no tensor uses them.
    """
    from depscan.loading.steps import HOSTILE, ODD, Step

    root, seen = file.folder, set()
    for kind, key, count in storages:
        member = file.beside.get(f"{root}data/{key}")
        seen.add(f"{root}data/{key}")
        if member is None:
            continue  # only the numbers are missing: loading ends in an error
        size = _ITEM.get(kind.removesuffix("Storage"), 0) * count
        if size > member.size:
            text = f"{member.path}: {count} of {kind} in {member.size} bytes"
            why = "a tensor that is larger than the bytes stored for it"
            report.add(Step("load.bomb", HOSTILE, "storage", text, why))
    for path, member in file.beside.items():
        if path.startswith(f"{root}data/") and path not in seen and member.container == file.container:
            why = "bytes among the tensors' that no tensor uses"
            report.add(Step("load.layout", ODD, "unused-storage", path, why))


def check_classes(file: File, report: Report) -> None:
    """Judge the classes below ``__torch__`` that a pickle makes: without code text beside it they are nobody's."""
    from depscan.loading.steps import FOREIGN, KNOWN

    for at, step in enumerate(report.steps):
        if step.verdict != KNOWN or not step.callee.startswith(OWN):
            continue
        module, _, name = step.callee.rpartition(".")
        if not own_class(file, module, name):
            why = "a class of TorchScript whose code text is not in the archive: what it is, is up to the loader"
            report.steps[at] = step._replace(verdict=FOREIGN, slug="call", why=why)


def own_class(file: File, module: str, name: str) -> bool:
    """Return whether a name below ``__torch__`` is defined by code text in the same archive.

    That text is TorchScript, which ``formats/torchscript.py`` reads; nothing outside the archive is meant by it.

    Args:
        file: the pickle that has the name: ``data.pkl``, ``constants.pkl`` or a ``.debug_pkl``.
        module: as in the pickle: ``__torch__.torch.nn.modules.linear``.
        name: of a class: ``Linear``.
    """
    if module != OWN and not module.startswith(f"{OWN}."):
        return False
    if module.startswith(_BOUND):
        return module.removeprefix(_BOUND).partition(".")[0] in KNOWN_CLASSES
    code = file.beside.get(f"{root_of(file)}code/{module.replace('.', '/')}.py")
    if code is None:
        return False
    defined = _DEFINED.get(code)
    if defined is None:
        defined = _DEFINED[code] = frozenset(_CLASS.findall(code.bytes(_MOST_CODE)))
    return name.encode("utf-8", "replace") in defined

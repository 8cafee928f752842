"""Find format modules in this folder and the format of a file, importing only what is needed."""

import os
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

from depscan.errors import UsageError

if TYPE_CHECKING:
    from depscan.inputs.format import InputFormat
    from depscan.inputs.kept import Kept
    from depscan.text.source import SourceFile

_HEAD = 4096
_NAMES = 10_000
"""File names of which it is remembered which formats fit."""


class Entry(NamedTuple):
    """A format module that has not been imported: its name and the globs it declares.

    ``beside``: it is read in addition to the one format that a file is of (``BESIDE = "yes"``).
    ``keep``: what it finds is kept between runs (``KEEP = "yes"``).
    """

    module: str
    patterns: tuple[str, ...]
    explicit: tuple[str, ...]
    beside: bool = False
    keep: bool = False

    def load(self) -> "InputFormat":
        """Import the module and return its FORMAT."""
        found: InputFormat = import_module(self.module).FORMAT
        return found


def entries() -> list[Entry]:
    """Return every format module below this folder, sorted by name."""
    found = []
    for folder in sorted(e.path for e in os.scandir(os.path.dirname(__file__)) if e.is_dir()):
        for name in sorted(os.listdir(folder)):
            if name.endswith(".py") and not name.startswith("_"):
                head = _head(os.path.join(folder, name))
                module = f"{__package__}.{os.path.basename(folder)}.{name[:-3]}"
                beside = _globs(head, b"BESIDE") == ("yes",)
                keep = _globs(head, b"KEEP") == ("yes",)
                found.append(Entry(module, _globs(head, b"PATTERNS"), _globs(head, b"EXPLICIT"), beside, keep))
    return found


def _head(path: str) -> bytes:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return os.read(descriptor, _HEAD)
    finally:
        os.close(descriptor)


def _globs(head: bytes, name: bytes) -> tuple[str, ...]:
    value = head.partition(b"\n" + name + b' = "')[2].partition(b'"')[0]
    return tuple(value.decode().split())


def formats() -> "dict[str, InputFormat]":
    """Return all formats by id; imports every module."""
    return {f.id: f for f in sorted((e.load() for e in entries()), key=lambda f: f.id)}


def format_of(source: "SourceFile", known: list[Entry], *, named: bool) -> "InputFormat | None":
    """Return the format of a file by name and, where the module asks for it, content.

    Args:
        source: the file.
        known: ``entries()``.
        named: True when the user named the file: explicit globs count too.
    """
    for match in sorted(candidates(source.name, known, named=named), key=lambda m: m[0]):
        if match[1].beside:
            continue
        made = match[1].load()
        if made.accepts is None or made.accepts(source):
            return made
    return None


def formats_beside(source: "SourceFile", known: list[Entry], kept: "Kept | None" = None) -> "list[InputFormat]":
    """Return the formats that are read in addition to a file's own: what settings say of models, for example.

    ``kept`` is asked first, of formats that want it.
    """
    found = []
    for _, entry in candidates(source.name, known, named=False):
        if entry.beside:
            made = entry.load()
            if entry.keep and kept is not None:
                accepted = kept.accepts(source, made)
            else:
                accepted = made.accepts is None or made.accepts(source)
            if accepted:
                found.append(made)
    return found


def candidates(name: str, known: list[Entry], *, named: bool) -> list[tuple[tuple[int, int, str], Entry]]:
    """Return (rank, entry) of the modules whose globs fit a file name; smaller ranks fit better."""
    looks = _LAST[0]
    if looks.known is not known:
        looks = _LAST[0] = _Looks(known)
    return looks.at(name, named=named)


class _Looks:
    """What was found for the names seen last: each is asked for three times, and many files are named alike."""

    def __init__(self, known: list[Entry]) -> None:
        self.known = known
        self._names: dict[tuple[str, bool], list[tuple[tuple[int, int, str], Entry]]] = {}
        self._endings: dict[tuple[str, bool], list[tuple[Entry, list[tuple[int, str]]]]] = {}
        self._globs = [
            (entry, [(kind, g, _end(g)) for kind, some in enumerate((entry.patterns, entry.explicit)) for g in some])
            for entry in known
        ]

    def at(self, name: str, *, named: bool) -> list[tuple[tuple[int, int, str], Entry]]:
        """Return what ``candidates`` gives."""
        held = self._names.get((name, named))
        if held is None:
            if len(self._names) >= _NAMES:
                self._names.clear()
                self._endings.clear()
            held = self._names[name, named] = self._look(name.lower(), named=named)
        return held

    def _look(self, lowered: str, *, named: bool) -> list[tuple[tuple[int, int, str], Entry]]:
        found = []
        for entry, globs in self._of_ending(lowered.rpartition(".")[2], named=named):
            ranks = [(kind, "*" in glob, -len(glob)) for kind, glob in globs if fits(glob, lowered)]
            if ranks:
                kind, star, length = min(ranks)
                found.append(((kind * 2 + star, length, entry.module), entry))
        return found

    def _of_ending(self, ending: str, *, named: bool) -> list[tuple[Entry, list[tuple[int, str]]]]:
        """Return the modules, with their globs, that can fit names whose last part after a dot is ``ending``."""
        held = self._endings.get((ending, named))
        if held is None:
            held = []
            for entry, every in self._globs:
                globs = [(kind, glob) for kind, glob, end in every if end in {None, ending} and kind <= named]
                if globs:
                    held.append((entry, globs))
            self._endings[ending, named] = held
        return held


_LAST = [_Looks([])]


def _end(glob: str) -> str | None:
    """Return the ending of every name that a glob fits; None where there is no dot behind its last ``*``."""
    tail = glob.lower().rpartition("*")[2]
    return tail.rpartition(".")[2] if "." in tail else None


def fits(glob: str, lowered: str) -> bool:
    """Return whether a lower-cased file name fits a glob with at most two ``*``."""
    parts = glob.lower().split("*")
    if len(parts) == 1:
        return lowered == parts[0]
    head, tail = parts[0], parts[-1]
    if not (lowered.startswith(head) and lowered.endswith(tail) and len(lowered) >= len(head) + len(tail)):
        return False
    return all(p in lowered[len(head) : len(lowered) - len(tail)] for p in parts[1:-1])


def by_id(format_id: str) -> "InputFormat":
    """Return the format with this id.

    Raises:
        UsageError: there is none.
    """
    found = formats()
    if format_id not in found:
        raise UsageError(f"no input format {format_id!r}", hint=f"one of: {', '.join(found)}")
    return found[format_id]

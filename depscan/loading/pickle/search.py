"""Tell whether a pickle starts somewhere, and find the next one behind damage or rubbish."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.loading.pickle.broken import BUDGET, LIE, MALFORMED
from depscan.loading.pickle.stream import Ran, run_stream
from depscan.loading.steps import Budget, Meter, Report

if TYPE_CHECKING:
    from depscan.artifacts.source import Source
    from depscan.loading.file import File

_TRIES = 5_000
_LENGTH = 64 << 20
_TRIAL = 2_000_000
_PIECE = 1 << 20
_OVERLAP = 256
_WARM = 16
"""Opcodes that a stream must survive to count as one when nothing else speaks for it."""


class Search:
    """Looks for pickles in one source; what it may spend is counted over all searches.

    A stream counts that runs to STOP and imports a well-formed name: raw numbers do not.

    Attributes:
        gave_up: whether it ended before the bytes did.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._meter = Meter(Budget(opcodes=_TRIAL, depth=0, seconds=5.0))
        self._tries = 0
        self.gave_up = False
        self._length = 0

    def find(self, at: int) -> int:
        """Return the offset of the next pickle; -1 for none."""
        import re

        starts = re.compile(rb"\x80[\x02-\x05]|c[A-Za-z_][\w.]*\n[A-Za-z_][\w.]*\n|\(i?[SVc(]")
        while at < self._source.size and self._length < _LENGTH:
            piece = self._source.at(at, _PIECE + _OVERLAP)
            if not piece.strip(b"\0"):  # what packs best, and costs an expression most
                piece = b""
            for match in starts.finditer(piece):
                if match.start() >= _PIECE:
                    break
                self._tries += 1
                if self._tries > _TRIES or self._meter.late or self._meter.opcodes > _TRIAL:
                    self.gave_up = True
                    return -1
                if self._certain(at + match.start()):
                    self._length += match.start()
                    return at + match.start()
            at += _PIECE
            self._length += _PIECE
        self.gave_up = self.gave_up or at < self._source.size
        return -1

    def _certain(self, at: int) -> bool:
        ran = run_stream(self._source, at, Report(self._meter))
        return ran.broken is None and bool(ran.judge.names) and _well_formed(ran)


def plausible(source: Source, at: int) -> bool:
    """Return whether a pickle starts at an offset: it runs to STOP or a while without an error."""
    head = source.at(at, 2)
    if head[:1] == b"\x80":
        return len(head) == 2 and head[1] <= 5 and _trial(source, at)  # noqa: PLR2004 - protocols 0 to 5
    return head[:1] in _FIRST and _trial(source, at)


_FIRST = frozenset(
    bytes([byte]) for byte in b"c(]}lIFLSVNXKJMGUTi)\x88\x89\x8a\x8b\x8cCB\x82\x83\x84P\x95\x8e\x8f\x8d\x96\x97"
)


def _trial(source: Source, at: int) -> bool:
    meter = Meter(Budget(opcodes=_TRIAL, depth=0))
    ran = run_stream(source, at, Report(meter), limit=4096)
    named = bool(ran.judge.names)
    marked = source.at(at, 1) == b"\x80"
    if ran.broken is None and marked:
        return True
    if not _well_formed(ran):
        return False
    if ran.broken is None:
        return named or (ran.machine.opcodes > 1 and _rest_is_empty(source, ran.machine.at))
    if ran.broken.kind == BUDGET:
        return True
    if ran.broken.kind != MALFORMED:
        return marked or named
    return (marked and (named or ran.machine.opcodes > _WARM)) or (named and ran.judge.ran)


def _well_formed(ran: Ran) -> bool:
    """Return whether all names are such; where some were called, those: the rest may be there to end the stream."""
    names = list(ran.judge.names.values())
    called = [one for one in names if one.used] if ran.judge.ran else []
    return all(_is_name(one.module) and _is_name(one.name) for one in called or names)


def _rest_is_empty(source: Source, at: int) -> bool:
    return source.size - at < 64 and not source.at(at, 64).strip()  # noqa: PLR2004 - white space at the end


_NO_NAME = frozenset(" \t()[]{}:,;='\"")


def _is_name(text: str) -> bool:
    return bool(text) and text.isprintable() and not _NO_NAME & set(text)


_PROMISED = (".pkl", ".pickle", ".pck", ".pcl", ".dill", ".cloudpickle", ".joblib", ".pt", ".pth", ".ckpt")
_OTHERS = (b"\x89HDF", b"GGUF", b"\x93NUMPY", b"]\0\0")
"""Starts of files that are not searched for a pickle, whatever their name: other readers know them."""

_ARCHIVES = (
    b"PK\x03\x04", b"PK\x05\x06", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"x\x9c", b"x\xda", b"x\x01", b"x^",
    b"\x04\x22\x4d\x18", b"\x28\xb5\x2f\xfd", b"ZF",
)  # fmt: skip


PACKED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"x\x9c", b"x\xda", b"x\x01", b"x^")
"""Of them those that are unpacked where they stand behind a pickle."""


def is_packed(file: File) -> bool:
    """Return whether a file is an archive or compressed: what is in it is read as files of their own."""
    return file.head.startswith(_ARCHIVES)


def found_in(file: File) -> bool:
    """Return whether a file is a pickle, or is named like one and has one somewhere, or is a packed one."""
    first = file.head[:1]
    if first != b"\x80" and first not in _FIRST and not file.name.endswith(_PROMISED):
        return False
    source = file.source
    if plausible(source, 0):
        return True
    if file.name.endswith(_PROMISED) and is_packed(file):
        return True
    if not file.name.endswith(_PROMISED) or not file.size or file.head.startswith(_OTHERS):
        return False
    return first == b"\x80" or _lies(source) or Search(source).find(0) >= 0


def _lies(source: Source) -> bool:
    """Return whether opcodes at the start claim more than any file has: no text and no raw numbers do so."""
    meter = Meter(Budget(opcodes=_TRIAL, depth=0))
    ran = run_stream(source, 0, Report(meter), limit=4096)
    return ran.broken is not None and ran.broken.kind == LIE and ran.machine.opcodes < _WARM

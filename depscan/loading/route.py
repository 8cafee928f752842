"""Find the format of a file by its content, and have it read. Names only promise; content decides."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, cast

from depscan.loading.steps import ODD, Report, Step

if TYPE_CHECKING:
    from depscan.loading.file import File
    from depscan.loading.format import FormatModule
    from depscan.loading.steps import Meter

_TOP = 2048
TEXT_STARTS = frozenset({b"{", b"[", b" ", b"\t", b"\n", b"\r", b"\xef", b"\xfe", b"\xff"})
"""First bytes of JSON and of marked text."""

_START_LINE = re.compile(rb"(?:[\x20-\x7e\t]*\r?\n)*import[ \t]").match


class Declared(NamedTuple):
    """A format module that was not imported: what its literals say."""

    module: str
    starts: tuple[bytes, ...]
    names: tuple[str, ...]
    asked: bool
    title: str
    stands_in: bool = False

    def load(self) -> FormatModule:
        """Import the module."""
        return cast("FormatModule", import_module(self.module))

    def promised(self, name: str) -> bool:
        """Whether a lower-cased file name promises this format; a glob has at most one ``*``."""
        for glob in self.names:
            head, star, tail = glob.partition("*")
            if name == glob or (star and len(name) >= len(glob) - 1 and name.startswith(head) and name.endswith(tail)):
                return True
        return False


@lru_cache(maxsize=1)
def declared() -> tuple[Declared, ...]:
    """Return every format module, sorted by name."""
    folder = os.path.join(os.path.dirname(__file__), "formats")
    found = []
    for name in sorted(os.listdir(folder)):
        if name.endswith(".py") and not name.startswith("_"):
            with open(os.path.join(folder, name), "rb") as stream:
                top = stream.read(_TOP)
            starts = _literal(top, b"STARTS").split()
            found.append(
                Declared(
                    f"{__package__}.formats.{name[:-3]}",
                    tuple(bytes.fromhex(text) for text in starts if text != "*"),
                    tuple(_literal(top, b"NAMES").split()),
                    "*" in starts,
                    _literal(top, b"TITLE"),
                    _literal(top, b"STANDS_IN") == "yes",
                )
            )
    return tuple(found)


def _literal(top: bytes, name: bytes) -> str:
    return top.partition(b"\n" + name + b' = "')[2].partition(b'"')[0].decode()


def promises(path: str) -> bool:
    """Whether the name of a file promises a format of models."""
    return bool(_promised(path.rpartition("/")[2].lower()))


@lru_cache(maxsize=1)
def _endings() -> tuple[tuple[str, ...], frozenset[str]]:
    """Return what the names of models end with, and whole names: one look at each tells most files apart."""
    globs = [glob for one in declared() for glob in one.names]
    return tuple(glob.rpartition("*")[2] for glob in globs if "*" in glob), frozenset(globs)


def _promised(name: str) -> tuple[Declared, ...]:
    """Return the formats that a lower-cased file name promises."""
    endings, names = _endings()
    if not name.endswith(endings) and name not in names:
        return ()
    return tuple(one for one in declared() if one.promised(name))


def format_of(file: File, *, ask: bool = True) -> Declared | None:
    """Return the format of a file: by its first bytes, then by its name, then by asking; None for none.

    The bytes are looked at in every case: a name alone makes nothing a model.

    Args:
        file: see ``File``.
        ask: whether formats without a magic are asked about a file whose name promises nothing; nor does text begin
            with a magic then: the thousands of settings of a package are no models.
    """
    known = declared()
    by_start = [d for d in known if file.start.startswith(d.starts)]
    promised = _promised(file.name)
    if not ask and file.start[:1] in TEXT_STARTS:
        by_start = [d for d in by_start if d in promised]
    by_name = [d for d in promised if d not in by_start]
    asked = [d for d in known if ask and d.asked and d not in by_start and d not in by_name]
    for one in (*sorted(by_start, key=lambda d: d not in promised), *by_name, *asked):
        if one.load().looks(file):
            return one
    return None


def read_file(
    file: File, meter: Meter | None = None, *, layer: tuple[str, ...] = (), ask: bool = True, opened: bool = False
) -> Report | None:
    """Return what loading a file does; None when it is no model file by content and none by name.

    Args:
        file: see ``File``.
        meter: shared by all files of an artifact.
        layer: decodings around it, when its bytes were found inside another file.
        ask: see ``format_of``.
        opened: whether it is an archive whose members are read by themselves: its name then promises nothing more.
    """
    found = format_of(file, ask=ask)
    promised = _promised(file.name) if not opened else ()
    if found is None and not promised:
        return None
    report = Report(meter)
    if found is None and file.name.endswith(".pth") and len(file.beside) > 1 and _START_LINE(file.head):
        return None  # among other files it is for Python's ``site``: the readers of start lines judge it
    if not layer:
        report.meter.start(file.size)
    if found is None:
        report.format = promised[0].title
        if file.size:
            report.gap(f"named {_ending(file.name)}, but it is no {promised[0].title}: what reads it is not known")
        return report
    report.format = found.title
    if promised and found not in promised and not layer and not found.stands_in:
        why = (
            f"named like {promised[0].title}, it is {found.title} by content: loaders that go by content run it as such"
        )
        report.add(Step("load.layout", ODD, "disguised", f"{file.name} is {found.title}", why))
    found.load().read(file, report)
    if layer:
        report.steps = [step._replace(layer=(*layer, *step.layer)) for step in report.steps]
    return report


def _ending(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    return f".{ending}" if dot and stem else name

"""Which files a file includes (``-r``, ``-c``, ``file:``): they are read whatever they are called."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from depscan.errors import DepscanError
from depscan.inputs.discover import candidates
from depscan.inputs.revision import entries_once
from depscan.text.source import SourceFile

if TYPE_CHECKING:
    from depscan.inputs.discover import Entry

_OPTION = re.compile(rb"\n[ \t]*-{1,2}[rc]").search
_LONGEST = 4096
_BOMS = (b"\xff\xfe", b"\xfe\xff")

FORMATS: dict[str, tuple[bytes, ...]] = {
    "depscan.inputs.conda.environment_yml": (b"-r", b"-c"),
    "depscan.inputs.javascript.deno_json": (b"importMap",),
    "depscan.inputs.python.pyproject_toml": (b"dynamic",),
    "depscan.inputs.python.requirements": (b"-r", b"-c"),
    "depscan.inputs.python.setup_cfg": (b"",),
    "depscan.inputs.python.setup_py": (b"open", b"read", b"parse"),
}
"""Modules whose files include others, with texts of which such a file holds one; a test finds what is missing here."""


def included(path: str, data: bytes) -> list[str]:
    """Return the paths below the repository's top that a file includes; what leads out of it is left out.

    Args:
        path: of the file, below the top.
        data: its bytes.
    """
    source = SourceFile(path, data)
    entry = _format(path, source.name)
    if entry is None or not _may(entry, data):
        return []
    try:
        document = entry.load().parse(source)
    except DepscanError:
        return []  # the reading says what is wrong with it
    found = []
    for include in document.includes:
        if len(include.path) > _LONGEST:
            continue  # no file system has it
        inside = posixpath.normpath(posixpath.join(posixpath.dirname(path), include.path))
        if "://" not in include.path and not inside.startswith(("../", "/")) and inside not in {".", ".."}:
            found.append(inside)
    return found


def _format(path: str, name: str) -> Entry | None:
    """Return the format of a file that may include others; whatever nobody knows by name was itself included."""
    every = entries_once()
    named = posixpath.basename(posixpath.dirname(path)) == "requirements"
    known = [entry for _, entry in sorted(candidates(name, every, named=named)) if not entry.beside]
    if not known:
        return next(entry for entry in every if entry.module.endswith(".requirements"))
    return next((entry for entry in known if entry.module in FORMATS), None)


def _may(entry: Entry, data: bytes) -> bool:
    """Return whether a file has what those have that include others: only they are read twice."""
    if data.startswith(_BOMS):
        return True
    if entry.module.endswith(".requirements"):  # locks of a megabyte among them
        lines = data.replace(b"\r", b"\n") if b"\r" in data else data
        return _OPTION(b"\n" + lines.removeprefix(b"\xef\xbb\xbf")) is not None
    return any(text in data for text in FORMATS[entry.module])

"""Explicit conda lists: one archive URL a line after ``@EXPLICIT``, with an optional md5 or sha256 fragment.

Written by ``conda list --explicit`` and ``conda-lock render``.
"""

from __future__ import annotations

import re

from depscan.inputs.format import InputFormat
from depscan.model.document import Document
from depscan.model.package import File, Package
from depscan.text.lines import locate_line
from depscan.text.source import SourceFile

PATTERNS = "conda-*.lock conda-*.txt explicit*.txt spec-file*.txt"
EXPLICIT = "*.lock"

_MARK = rb"(?m)^(?:\xef\xbb\xbf)?@EXPLICIT\s*$"
_LENGTHS = {32: "md5", 64: "sha256"}


def accepts(source: SourceFile) -> bool:
    """Return whether a line says ``@EXPLICIT``."""
    return b"@EXPLICIT" in source.data and re.search(_MARK, source.data) is not None


def parse(source: SourceFile) -> Document:
    """Return the packages of an explicit list; the format has no edges.

    Raises:
        InputError: not text, or no line says ``@EXPLICIT``.
    """
    if not accepts(source):
        raise source.error("not an explicit conda list: no line says @EXPLICIT")
    document = Document(source.path, "conda-explicit", lock=True)
    for number, line in enumerate(source.text.split("\n"), 1):
        text = line.partition(" #")[0].strip()
        if not text or text.startswith(("#", "@EXPLICIT")):
            continue
        if text.startswith("-"):  # the pip requirements that conda-lock keeps as comments
            document.problem(f"option {text[:80]!r} in an explicit list", number)
            continue
        _add(document, text, number)
    return document


def _add(document: Document, text: str, number: int) -> None:
    from depscan.inputs.conda._archive import read_archive

    url, _, digest = text.partition("#")
    archive = read_archive(url)
    if archive is None:
        document.problem(f"not the address of a conda package: {text[:200]!r}", number)
        return
    kind = _LENGTHS.get(len(digest.removeprefix("sha256:")), "")
    hashes = (f"{kind}:{digest.removeprefix('sha256:')}",) if kind else ()
    files = (File(url, hashes[0] if hashes else ""),)
    package = Package(
        "conda", archive.name, archive.version, "conda", registry=archive.channel, hashes=hashes, files=files
    )
    document.add(package, number)


FORMAT = InputFormat("conda-explicit", "explicit conda list", "conda", parse, locate_line, accepts)

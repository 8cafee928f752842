"""The node of a model's folder, and the models and data sets that its files name.

What a file says of its own model is a claim: nobody can check it, and nothing is loaded because of it. Claimed nodes
have an edge and no use.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from depscan.model.document import Document
from depscan.model.package import Package

if TYPE_CHECKING:
    from depscan.text.source import SourceFile

_PART = r"[A-Za-z0-9][\w.-]{0,95}"
_NAME = re.compile(rf"{_PART}(?:/{_PART})?\Z")
_FULL = re.compile(rf"{_PART}/{_PART}\Z")
_COMMIT = re.compile(r"[0-9a-f]{40}\Z")
_FILE_ENDINGS = (".json", ".safetensors", ".bin", ".pt", ".gguf", ".csv", ".parquet", ".jsonl", ".txt")
CLAIMED = "claimed"


def folder_of(source: SourceFile) -> str:
    """Return the folder a file stands in; "." for the top."""
    return posixpath.normpath(source.path.replace("\\", "/").rpartition("/")[0] or ".")


def document_of(source: SourceFile, format_id: str, line: int, hub_id: str = "") -> Document:
    """Return a document whose root is the model of the file's folder.

    Args:
        source: the file.
        format_id: of the input format.
        line: where it says what it is.
        hub_id: ``org/name`` where the file names it.
    """
    document = Document(source.path, format_id)
    local = Package("model-file", folder_of(source), None, "local")
    document.root = document.add(Package("huggingface", hub_id, None, "hub") if hub_id else local, line)
    return document


def hub_name(text: str, *, whole: bool = False) -> str:
    """Return text that is the name of a model or data set on a hub, or "".

    Args:
        text: as written.
        whole: only ``org/name`` counts: a single word may be the name of a folder.
    """
    text = text.strip()
    fits = (_FULL if whole else _NAME).match(text) is not None
    return text if fits and not text.lower().endswith(_FILE_ENDINGS) else ""


def commit_or_none(text: str) -> str | None:
    """Return text that is a full commit, or None."""
    return text if _COMMIT.match(text) else None


def claim_model(document: Document, name: str, line: int) -> None:
    """Add a model that the root says it was made from."""
    _claim(document, name, line)


def claim_data(document: Document, name: str, line: int) -> None:
    """Add a data set that the root says it was made from."""
    _claim(document, f"datasets/{name}", line)


def _claim(document: Document, name: str, line: int) -> None:
    node = document.add(Package("huggingface", name, None, "hub"), line)
    if node != document.root:
        document.link(document.root, node, "loads", requested=CLAIMED, at=line)


def line_of(source: SourceFile, *needles: str) -> int:
    """Return the first line from which on all needles follow each other; 1 when there is none."""
    at = 0
    for needle in needles:
        found = source.text.find(needle, at)
        if found < 0:
            break
        at = found + (len(needle) - len(needle.lstrip("\n")))
    return source.line_of(at)

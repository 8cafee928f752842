"""Ollama Modelfiles: the model that FROM builds on, and adapters. Source: Ollama documentation, "Modelfile"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from depscan.inputs.format import InputFormat
from depscan.model.document import Document
from depscan.model.package import Package
from depscan.text.lines import locate_line

if TYPE_CHECKING:
    from depscan.text.source import SourceFile

PATTERNS = "Modelfile Modelfile.* *.modelfile"

_FROM = re.compile(rb"(?im)^(?:\xef\xbb\xbf)?[ \t]*FROM[ \t]+\S").search
_LINE = re.compile(r"(?i)\s*(FROM|ADAPTER)\s+(\S.*)")
_HOSTED = re.compile(r"(?:https?://)?([\w-]+(?:\.[\w-]+)+(?::\d+)?)/([\w.-]+/[\w.-]+)(?::([\w.-]+))?")
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*(?:/[\w.-]+)?(?::[\w.-]+)?").fullmatch


def accepts(source: SourceFile) -> bool:
    """Return whether the file has a FROM."""
    return _FROM(source.data) is not None


def parse(source: SourceFile) -> Document:
    """Return the models and adapters that a Modelfile builds on.

    Raises:
        InputError: not text, or no FROM in it.
    """
    document = Document(source.path, "ollama-modelfile")
    document.add_root(source.path, 1)
    within = found = False
    for number, line in enumerate(source.text.split("\n"), 1):
        matched = None if within else _LINE.fullmatch(line)
        if line.count('"""') % 2:  # SYSTEM and TEMPLATE hold any text
            within = not within
        if matched:
            found = True
            _line(document, matched[1].upper(), matched[2].strip().strip("\"'"), number)
    if within:
        document.problem('a text that begins with """ does not end', source.text.count("\n") + 1)
    if not found:
        raise source.error("no FROM in it", 1)
    return document


def _line(document: Document, word: str, value: str, line: int) -> None:
    from depscan.inputs.settings import _emit

    hosted = _HOSTED.fullmatch(value)
    if _emit.is_local(value):
        _emit.local(document, value, word, line)
    elif hosted:
        where = f"{hosted[1]}/{hosted[2]}"
        _emit.hub(document, hosted[2], word, line, endpoint=where, format="gguf", revision=hosted[3] or "")
    elif _NAME(value):
        node = document.add(Package("library-model", f"ollama/{value}", None, "hub"), line)
        document.link(document.root, node, "loads", requested=value, at=line)
        document.use(node, word, line, pinned="no", model_from="literal")
    else:
        document.problem(f"{word} of a form that is not known", line)


FORMAT = InputFormat("ollama-modelfile", "Ollama Modelfile", "library-model", parse, locate_line, accepts)

"""Dockerfiles and Containerfiles: base images, what is installed and downloaded into an image, secrets left in it.

Source: Dockerfile reference. Nothing is built.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from depscan.inputs.format import InputFormat
from depscan.model.document import Document
from depscan.text.lines import locate_line

if TYPE_CHECKING:
    from depscan.inputs.container._build import Build
    from depscan.inputs.container._instructions import Instruction
    from depscan.text.source import SourceFile

PATTERNS = "Dockerfile Containerfile Dockerfile.* Containerfile.* *.dockerfile *.containerfile"

_FROM = re.compile(rb"(?im)^[ \t]*FROM[ \t]+\S").search
_TEMPLATES = (".j2", ".jinja", ".jinja2", ".tmpl", ".tpl", ".md", ".py", ".erb", ".mustache", ".dockerignore")
_KNOWN = frozenset({
    "EXPOSE", "HEALTHCHECK", "LABEL", "MAINTAINER", "SHELL", "STOPSIGNAL", "USER", "VOLUME",
    "WORKDIR",
})  # fmt: skip
"""Instructions that fetch nothing."""


def accepts(source: SourceFile) -> bool:
    """Return whether it is a Dockerfile, not a template of one."""
    name = source.name.lower()
    return name in {"dockerfile", "containerfile"} or (not name.endswith(_TEMPLATES) and _FROM(source.data) is not None)


def parse(source: SourceFile) -> Document:
    """Return the images, packages, models and downloads of a Dockerfile.

    Raises:
        InputError: not text, or no FROM in it.
    """
    document = Document(source.path, "dockerfile")
    document.add_root(source.path, 1)
    if not read_into(document, source.text, 1):
        raise source.error("no FROM: not a Dockerfile", source.conflict_line() or 1)
    return document


def read_into(document: Document, text: str, line: int, key: str = "") -> bool:
    """Read the text of a Dockerfile that starts on ``line`` into a document; return whether it has a FROM.

    ``key`` is the place of a text that stands inside another file.
    """
    from depscan.inputs.container._build import Build, final_stages
    from depscan.inputs.container._instructions import directives, instructions

    build = Build(document, line - 1, f"{key}.build: " if key else "")
    syntax, at = directives(text).get("syntax", ("", 0))
    if syntax:
        build.image(syntax, "syntax", at)
    listed = list(instructions(text))
    build.final = final_stages(listed)
    for step in listed:
        _read(build, step)
    return bool(build.final)


def _read(build: Build, step: Instruction) -> None:
    readers = {
        "FROM": build.base, "ARG": build.arg, "ENV": build.env, "RUN": build.run, "COPY": build.copy, "ADD": build.add,
        "ENTRYPOINT": build.start, "CMD": build.start,
    }  # fmt: skip
    if step.word in readers:
        readers[step.word](step)
    elif step.word not in _KNOWN:
        build.document.problem(f"{step.word[:40]!r} is no instruction", build.at(step.line))


FORMAT = InputFormat("dockerfile", "Dockerfile", "image", parse, locate_line, accepts)

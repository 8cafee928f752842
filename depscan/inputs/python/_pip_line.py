"""One logical line of a requirements file that is more than a plain pin."""

from __future__ import annotations

import re
from typing import NamedTuple

from depscan.inputs.python import _pip_options as options
from depscan.inputs.python._pep508 import (
    PLACEHOLDERS,
    NotARequirement,
    Requirement,
    bare_url,
    is_open,
    package_of,
    read_requirement,
)
from depscan.model.document import Document, Include, IndexUse

_OPTION = re.compile(r"\s--?[A-Za-z]").search
_VARIABLE = re.compile(r"\$\{[A-Z0-9_]+\}")
_EDITABLE = re.compile(r"(?:-e|--editable)(?:\s*=\s*|\s+|(?=[./~])|$)").match


class Line(NamedTuple):
    """What a line that was understood holds.

    Attributes:
        child: node id of the requirement; "" for a line of options.
        requested, marker: as on an edge.
    """

    child: str = ""
    requested: str = ""
    marker: str = ""


def read_line(document: Document, text: str, line: int) -> Line | str:
    """Read a line without its comment into ``document``; its edge is left to the caller.

    Returns:
        the line, or the reason it is wrong, which is then a problem of the document, too.
    """
    editable = _EDITABLE(text)
    if text[0] == "-" and not editable:
        return _options(document, text, line)
    if editable:
        text = text[editable.end() :]
    found = _OPTION(text)
    tail = text[found.start() :] if found else ""
    body = (text[: found.start()] if found else text).strip()
    if len(body) > 1 and body[0] == body[-1] and body[0] in "\"'":
        body = body[1:-1].strip()
    try:
        want = _editable(body) if editable else read_requirement(body, paths=True)
    except NotARequirement as error:
        return _refuse(document, body, str(error), line)
    hashes = options.hashes(tail, lambda message: document.problem(message, line))
    if hashes:
        document.hashed = True
    if is_open(_VARIABLE.sub("", want.specifier)):
        document.problem(f"the version of {want.name} is a template, not known from the file", line)
    child = document.add(package_of(want, hashes), line)
    return Line(child, want.requested, want.marker)


def _editable(body: str) -> Requirement:
    """Return what ``-e`` asks for: a VCS URL, ``name @ url`` or a folder."""
    if not body:
        raise NotARequirement("-e without a path or URL")
    try:
        want = read_requirement(body, paths=True)
    except NotARequirement:
        return bare_url(body)
    if want.url:
        return want
    return Requirement("", want.extras, "", f"./{want.name}", want.marker)


def _refuse(document: Document, body: str, reason: str, line: int) -> str:
    mark = next((m for m in PLACEHOLDERS if m in body), "")
    if mark:
        what = "an environment variable" if mark == "${" else "a template"
        reason = f"{what} stands for the requirement: {body[:80]!r}"
    document.problem(reason, line)
    return reason


def _options(document: Document, text: str, line: int) -> Line | str:
    """Read a line of options that concern the whole file."""
    wrong = ""
    for name, value in options.split(text):
        role = options.ROLES.get(name)
        if role in {"requirement", "constraint"} and value:
            document.includes.append(Include(value, role, line))
        elif role and value:
            document.indexes.append(IndexUse(value, role, line))
        elif name == "--require-hashes":
            document.hashed = True
        elif wrong := _mistake(name, role):
            document.problem(wrong, line)
            break
    return wrong or Line()


def _mistake(name: str, role: str | None) -> str:
    if role:
        return f"option {name} without a value"
    if name == "--hash":
        return "--hash without a requirement"
    if not name.startswith("-"):
        return f"{name[:80]!r} stands behind an option: pip reads nothing there"
    return "" if name in options.KNOWN else f"unknown option {name[:80]!r}"

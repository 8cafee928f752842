"""pip's requirements and constraints files (https://pip.pypa.io/en/stable/reference/requirements-file-format/).

Also understands what pip-compile and uv write into comments: ``# via`` names who asked for a package.
Files named by -r and -c are listed, never opened; environment variables are kept as written.
"""

from __future__ import annotations

import re

from depscan.ecosystems.pypi import normalise
from depscan.inputs.format import InputFormat
from depscan.model.document import Document
from depscan.model.package import Package
from depscan.text.lines import locate_line
from depscan.text.source import SourceFile

PATTERNS = "*requirements*.txt *requirements*.in *requirements*.pip requirement.txt *constraints*.txt *constraints*.in *reqs.txt *reqs.in"  # noqa: E501 - discovery reads one line
EXPLICIT = "*.txt *.in *.pip"

_PIN = re.compile(r"([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)==([A-Za-z0-9][A-Za-z0-9.+!_-]*)[ \t]*").fullmatch
_PROSE = 3
"""A file with this many times more lines that are wrong than right, and no constraint at all, is not ours."""


def parse(source: SourceFile) -> Document:
    """Return the packages, includes and indexes of a requirements file.

    Raises:
        InputError: not text, unresolved merge conflict, or no line of it is a requirement or an option.
    """
    text = source.text
    if "<<<<<<< " in text and (conflict := source.conflict_line()):
        raise source.error("merge-conflict markers: the file was committed unresolved", conflict)
    reader = _Reader(source.path)
    reader.read(text.split("\n"))
    document = reader.document
    wrong = len(reader.wrong)
    if wrong and (not reader.right or (wrong > _PROSE * reader.right and reader.could_be_prose())):
        message, line = reader.wrong[0]
        raise source.error(f"not a requirements file: {message}", line)
    reader.link()
    return document


def _comment_at(text: str) -> int:
    """Return where a comment starts (``#`` at the start or after white space), or the length."""
    at = text.find("#")
    while at > 0 and not text[at - 1].isspace():
        at = text.find("#", at + 1)
    return at if at >= 0 else len(text)


class Asked:
    """A requirement line: its package, what it asks and the ``# via`` entries below it."""

    __slots__ = ("child", "line", "marker", "requested", "via")

    def __init__(self, child: str, line: int, requested: str, marker: str) -> None:
        self.child = child
        self.line = line
        self.requested = requested
        self.marker = marker
        self.via: list[tuple[str, int]] | None = None


class _Reader:
    """Reads the lines of one file into a document."""

    def __init__(self, path: str) -> None:
        self.document = Document(path, "requirements")
        self.root = self.document.add_root(path)
        self.asked: list[Asked] = []
        self.wrong: list[tuple[str, int]] = []
        self.right = 0
        self.in_via = False

    def read(self, lines: list[str]) -> None:
        """Read all lines; a plain pin takes the short way."""
        at, end = 0, len(lines)
        add, asked = self.document.add, self.asked
        while at < end:
            line = lines[at]
            at += 1
            found = _PIN(line)
            if found:
                raw, version = found[1], found[2]
                name = normalise(raw)
                child = add(Package("PyPI", name, version, "registry", raw if raw != name else ""), at)
                asked.append(Asked(child, at, f"=={version}", ""))
                self.in_via = False
            elif not line or line.isspace():
                self.in_via = False
            elif line.lstrip()[0] == "#":
                self.comment(line, at)
            else:
                at = self.logical(lines, at)
        if asked:
            self.right += len(asked)

    def could_be_prose(self) -> bool:
        """Return whether nothing read so far is more than a bare word."""
        return self.right == len(self.asked) and not any(asked.requested for asked in self.asked)

    def logical(self, lines: list[str], at: int) -> int:
        """Join continuation lines from line ``at`` (1-based), read them, return the next index."""
        start, end, parts = at, len(lines), []
        self.in_via = False
        line = lines[at - 1].rstrip()
        while line.endswith("\\"):
            parts.append(line[:-1])
            if at >= end or lines[at].lstrip().startswith("#"):
                line = ""
                break
            line = lines[at].rstrip()
            at += 1
        parts.append(line)
        text = " ".join(parts) if len(parts) > 1 else line
        cut = _comment_at(text)
        text, comment = text[:cut].strip(), text[cut:]
        before = len(self.asked)
        if text:
            self.statement(text, start)
        if comment and len(self.asked) > before:
            self.comment(comment, at)
        return at

    def statement(self, text: str, line: int) -> None:
        """Read one logical line without comment; plain pins never come here, so its modules load late."""
        from depscan.inputs.python._pip_line import read_line

        done = read_line(self.document, text, line)
        if isinstance(done, str):
            self.wrong.append((done, line))
            return
        if done.child:
            self.asked.append(Asked(done.child, line, done.requested, done.marker))
        else:
            self.right += 1

    def comment(self, text: str, line: int) -> None:
        """Note the ``# via`` entries of a comment for the requirement above it."""
        if not self.asked:
            return
        last = self.asked[-1]
        body = text.lstrip()[1:]
        words = body.strip()
        if words == "via" or words.startswith(("via ", "via:")):
            self.in_via = True
            last.via = last.via or []
            words = words[3:].lstrip(": ")
        elif not self.in_via or not body.startswith("  "):
            self.in_via = False
            return
        if last.via is not None:
            last.via.extend((e, line) for e in (part.strip() for part in words.split(",")) if e)

    def link(self) -> None:
        """Link every package to who asks for it: the file, or the packages its ``# via`` names."""
        held: dict[str, list[str]] = {}
        if any(asked.via for asked in self.asked):
            for key in dict.fromkeys(asked.child for asked in self.asked):
                held.setdefault(self.document.nodes[key].name, []).append(key)
        link, root = self.document.link, self.root
        for asked in self.asked:
            if asked.via and not self.link_via(asked, held):
                continue
            link(root, asked.child, marker=asked.marker, requested=asked.requested, at=asked.line)

    def link_via(self, asked: Asked, held: dict[str, list[str]]) -> bool:
        """Link the parents a ``# via`` names; return whether the file itself asks too.

        A constraint (``-c``, ``--override``) asks for nothing: it counts only where nobody else asks.
        """
        parents: dict[str, int] = {}
        by_file = False
        for entry, line in asked.via or ():
            if entry.startswith(("-c", "--constraint", "--override", "--build-constraint")):
                continue
            name = normalise(entry.partition("[")[0].partition(":")[0].strip())
            known = [] if entry.startswith("-") or "(" in entry else held.get(name, [])
            by_file = by_file or not known
            for key in known:
                parents.setdefault(key, line)
        parents.pop(asked.child, None)
        extras, closed, _ = asked.requested.partition("]")  # the pin is the compiler's, the extras are the parents'
        for key, line in parents.items():
            requested = extras + closed if closed and extras.startswith("[") else ""
            self.document.link(key, asked.child, marker=asked.marker, requested=requested, at=line)
        return by_file or not parents


FORMAT = InputFormat("requirements", "requirements.txt", "PyPI", parse, locate_line)

"""setup.cfg of setuptools (https://setuptools.pypa.io/en/latest/userguide/declarative_config.html).

Read with a small reader of its own that follows configparser (no interpolation) and knows lines.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from depscan.inputs.format import InputFormat
from depscan.inputs.python._pep508 import request
from depscan.model.document import Document, Include
from depscan.text.lines import locate_line
from depscan.text.source import SourceFile

PATTERNS = "setup.cfg"

_SECTION = re.compile(r"\[([^\]]+)\]").match
_DELIMITER = re.compile(r"[:=]").search
_LISTS = {
    "install_requires": "prod",
    "install-requires": "prod",
    "requires_dist": "prod",
    "requires-dist": "prod",
    "setup_requires": "build",
    "setup-requires": "build",
    "tests_require": "group:test",
    "tests-require": "group:test",
}
_EXTRAS = {"options.extras_require", "extras"}


class Value(NamedTuple):
    """An option's value: its lines as (line number, text) without comments and blanks."""

    line: int
    lines: list[tuple[int, str]]


def parse(source: SourceFile) -> Document:
    """Return what a setup.cfg asks for; without such options the document is empty.

    Raises:
        InputError: no sections, a repeated option, or text outside any option.
    """
    if conflict := source.conflict_line():
        raise source.error("merge-conflict markers: the file was committed unresolved", conflict)
    sections = _sections(source)
    document = Document(source.path, "setup-cfg")
    name = sections.get("metadata", {}).get("name")
    named = bool(name and name.lines and ":" not in name.lines[0][1])
    if name and named:
        document.add_root(name.lines[0][1], name.line)
    else:
        document.add_root(source.path)
    for section in ("options", "metadata"):
        for key, label in _LISTS.items():
            if value := sections.get(section, {}).get(key):
                _list(document, value, label, "")
    for section in sorted(_EXTRAS & sections.keys()):
        for key, value in sections[section].items():
            extra, _, marker = key.partition(":")
            _list(document, value, f"extra:{extra.strip()}" if extra.strip() else "prod", marker.strip())
    return document


def _list(document: Document, value: Value, label: str, marker: str) -> None:
    """Add a list: one requirement a line, or separated by ``;`` on the option's own line; or ``file:``."""
    if value.lines and value.lines[0][1].lower().startswith("file:"):
        for number, text in value.lines:
            for path in re.sub(r"(?i)^file:", "", text).split(","):
                if path.strip():
                    document.includes.append(Include(path.strip(), "requirement", number))
        return
    for number, text in value.lines:
        if "%(" in text:
            document.problem(f"the value of another option stands for the requirement: {text[:80]!r}", number)
            continue
        parts = text.split(";") if len(value.lines) == 1 and number == value.line and "'" not in text else [text]
        if len(parts) > 1 and '"' in text:
            parts = [text]
        for part in parts:
            if part.strip():
                request(document, part.strip(), label, number, marker=marker)


def _sections(source: SourceFile) -> dict[str, dict[str, Value]]:
    """Return section to option to value (configparser's rules: indented lines continue a value)."""
    found: dict[str, dict[str, Value]] = {}
    section: dict[str, Value] | None = None
    value: Value | None = None
    indent = 0
    for number, line in enumerate(source.text.split("\n"), 1):
        text = line.strip()
        if not text or text[0] in "#;":
            continue
        depth = len(line) - len(line.lstrip())
        if value is not None and depth > indent:
            cut = re.split(r"\s#", text, maxsplit=1)[0].strip()
            value.lines.append((number, cut))
        elif header := _SECTION(text):
            section, value = found.setdefault(header[1].strip(), {}), None
        else:
            indent = depth
            value = _option(source, section, text, number)
    return found


def _option(source: SourceFile, section: dict[str, Value] | None, text: str, number: int) -> Value:
    if section is None:
        raise source.error("not a setup.cfg: text before the first [section]", number)
    cut = _DELIMITER(text)
    if cut is None or not cut.start():
        raise source.error(f"invalid setup.cfg: neither [section] nor option: {text[:80]!r}", number)
    key, rest = text[: cut.start()].strip().lower(), text[cut.end() :].strip()
    if key in section:
        raise source.error(f"invalid setup.cfg: option {key[:80]!r} is repeated", number)
    section[key] = Value(number, [(number, rest)] if rest else [])
    return section[key]


FORMAT = InputFormat("setup-cfg", "setup.cfg", "PyPI", parse, locate_line)

"""environment.yml: conda's list of wanted packages, with pip's requirements inside.

Sources: https://docs.conda.io/projects/conda/en/stable/user-guide/tasks/manage-environments.html and, for
selectors (``# [linux]``) and ``category``, https://conda.github.io/conda-lock/.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Any

from depscan.inputs.conda._spec import read_spec
from depscan.inputs.format import InputFormat
from depscan.model.document import Document, IndexUse
from depscan.model.package import Package
from depscan.text.lines import locate_line
from depscan.text.shape import array, string, table
from depscan.text.source import SourceFile
from depscan.text.yaml import load_yaml

PATTERNS = "environment*.yml environment*.yaml *environment.yml *environment.yaml"
EXPLICIT = "*.yml *.yaml"

_WANTS = re.compile(rb"(?m)^(?:\xef\xbb\xbf)?[\"'{ ]*dependencies[\"']?\s*:").search
_CHANNELS = re.compile(rb"(?m)^(?:\xef\xbb\xbf)?[\"'{ ]*(?:channels|prefix)[\"']?\s*:").search
_SELECTOR = re.compile(r"#\s*\[([^\]]+)\]\s*$").search


def accepts(source: SourceFile) -> bool:
    """Return whether the file lists dependencies and, where its name does not say so, channels."""
    named = "environment" in source.name.lower()
    return _WANTS(source.data) is not None and (named or _CHANNELS(source.data) is not None)


def parse(source: SourceFile) -> Document:
    """Return the packages, channels and pip options of an environment.yml.

    Raises:
        InputError: not YAML, no dependencies, or a value of the wrong type.
    """
    environment = table(load_yaml(source), "the file")
    if "dependencies" not in environment:
        raise source.error("not an environment.yml: no dependencies")
    document = Document(source.path, "environment")
    document.add_root(source.path)
    lines = _Lines(source.text)
    lines.enter("channels:")
    for channel in array(environment.get("channels"), "channels"):
        url = string(channel, "channel")
        at = lines.find(url)
        if url and url != "nodefaults":
            document.indexes.append(IndexUse(url, "channel", at))
    lines.enter("dependencies:")
    category = string(environment.get("category"), "category") or "main"
    label = {"main": "prod", "dev": "dev"}.get(category) or f"extra:{category}"
    for want in array(environment["dependencies"], "dependencies"):
        _add(document, lines, want, label)
    return document


class _Lines:
    """Where list items stand: YAML keeps neither lines nor the selectors in comments."""

    def __init__(self, text: str) -> None:
        self.after = 0
        self.numbers: dict[str, list[int]] = {}
        self.selectors: dict[int, str] = {}
        for number, line in enumerate(text.split("\n"), 1):
            body = line.strip()
            if "#" in body:
                selector = _SELECTOR(body)
                if selector:
                    self.selectors[number] = selector[1].strip()
                body = "" if body[0] == "#" else body.partition(" #")[0].rstrip()
            body = body[1:].lstrip() if body[:1] == "-" and body[1:2] in {" ", "\t"} else body
            self.numbers.setdefault(body.strip("\"'"), []).append(number)
            if ": " in body:  # a key with its value beside it
                self.numbers.setdefault(body.partition(": ")[0] + ":", []).append(number)

    def enter(self, key: str) -> None:
        """Go to the line of a key; items are looked for below it."""
        self.after = self.numbers.get(key, [0])[0]

    def find(self, item: str) -> int:
        """Return the line of the next item with this text and go there; the last known line if there is none."""
        numbers = self.numbers.get(item.strip().strip("\"'"), [])
        index = bisect_right(numbers, self.after)
        if index < len(numbers):
            self.after = numbers[index]
        return self.after


def _add(document: Document, lines: _Lines, want: Any, label: str) -> None:  # noqa: ANN401 - a value of the file
    if isinstance(want, dict):
        for key, value in want.items():
            at = lines.find(f"{key}:")
            if key == "pip":
                _add_pip(document, lines, value, label)
            else:
                document.problem(f"{key[:80]!r} is no package: a list under this name is unknown to conda", at)
        return
    if not isinstance(want, str) or not want.strip():
        document.problem("a dependency should be a text", lines.after)
        return
    at = lines.find(want)
    spec = read_spec(want)
    if spec is None:
        document.problem(f"not a conda specification: {want[:80]!r}", at)
        return
    package = Package("conda", spec.name, spec.version, "conda", registry=spec.channel)
    if spec.url:
        package = package._replace(source="url", registry="", url=spec.url)
    marker = lines.selectors.get(at, "")
    document.link(document.root, document.add(package, at), label, marker=marker, requested=spec.requested, at=at)


def _add_pip(document: Document, lines: _Lines, value: Any, label: str) -> None:  # noqa: ANN401 - a value of the file
    from depscan.inputs.python._pip_line import read_line

    for text in [value] if isinstance(value, str) else array(value, "pip"):
        at = lines.find(text) if isinstance(text, str) else lines.after
        if not isinstance(text, str) or not text.strip():
            document.problem("a pip requirement should be a text", at)
            continue
        done = read_line(document, text.strip(), at)
        if isinstance(done, str) or not done.child:
            continue
        selector = lines.selectors.get(at, "")
        marker = f"({selector}) and ({done.marker})" if selector and done.marker else selector or done.marker
        document.link(document.root, done.child, label, marker=marker, requested=done.requested, at=at)


FORMAT = InputFormat("environment", "environment.yml", "conda", parse, locate_line, accepts)

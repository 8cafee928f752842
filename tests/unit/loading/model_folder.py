"""Model folders in memory, and what their files say."""

from __future__ import annotations

import json
from collections.abc import Mapping

from depscan.loading.file import File, file_of
from depscan.loading.route import read_file
from depscan.loading.steps import Report, Step


def folder(files: Mapping[str, bytes | str | object]) -> dict[str, File]:
    """Return files that stand beside each other; what is neither bytes nor text is written as JSON."""
    made: dict[str, File] = {}
    for path, content in files.items():
        text = content if isinstance(content, (bytes, str)) else json.dumps(content)
        data = text.encode() if isinstance(text, str) else text
        made[path] = file_of(data, path, (), made)
    return made


def read(files: Mapping[str, bytes | str | object], path: str = "") -> Report:
    """Return the report of one file (the first), which some format must know."""
    report = read_file(folder(files)[path or next(iter(files))])
    assert report is not None
    return report


def ask(files: Mapping[str, bytes | str | object], path: str = "") -> Report | None:
    """Return the report of one file; None when no format knows it."""
    return read_file(folder(files)[path or next(iter(files))])


def verdicts(report: Report) -> list[tuple[str, str]]:
    """Return (verdict, slug) of every step."""
    return [(step.verdict, step.slug) for step in report.steps]


def worst(report: Report) -> Step:
    """Return the step that weighs most."""
    order = ("known", "odd", "foreign", "hostile")
    return max(report.steps, key=lambda step: order.index(step.verdict))

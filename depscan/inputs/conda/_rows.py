"""Lines of YAML lists of packages, for routes such as ``("package", 12, "name")``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from depscan.model.location import Route
    from depscan.text.source import SourceFile


def locate_row(source: SourceFile, route: Route) -> int:
    """Return the line of a text inside the n-th item of a top-level block list.

    Args:
        source: the file.
        route: section, then (both optional) a 0-based item and texts that follow in this order.
    """
    if isinstance(route, int):
        return route
    text = source.text
    section = str(route[0]) if route else ""
    found = re.search(rf"(?m)^[\"']?{re.escape(section)}[\"']?\s*:", text)
    if found is None:
        return 0
    start, end, texts = found.start(), len(text), route[1:]
    if texts and isinstance(texts[0], int):
        start, end = _item(text, found.end(), texts[0])
        texts = texts[1:]
    for part in texts:
        at = text.find(str(part), start, end)
        if at < 0:
            break
        start = at
    return source.line_of(start)


def _item(text: str, start: int, index: int) -> tuple[int, int]:
    """Return where the n-th ``-`` of the block list after ``start`` begins and ends."""
    first = re.compile(r"(?m)^([ \t]*)-(?=\s)").search(text, start)
    if first is None:
        return start, len(text)
    begins = (m.start() for m in re.compile(rf"(?m)^{first[1]}-(?=\s)").finditer(text, first.start()))
    at = -1
    for i, begin in enumerate(begins):
        if i > index:
            return at, begin
        at = begin
    return at, len(text)

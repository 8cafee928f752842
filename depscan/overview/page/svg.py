"""Small pictures: marks of severity, text that is cut to a width, step lines. Markup only, no files, no library."""

from __future__ import annotations

import unicodedata

from depscan.overview.page.markup import Markup, element
from depscan.text.escape import visible

LETTER = 7.3
"""Width of a letter of the monospaced face at 12 px (0.602 em in the widest usual one)."""

_MARKS = {
    "malicious": "M-3.4-6L0-2.6L3.4-6L6-3.4L2.6 0L6 3.4L3.4 6L0 2.6L-3.4 6L-6 3.4L-2.6 0L-6-3.4Z",
    "critical": "M0-6L6.5 5.5H-6.5Z",
    "high": "M0-6.5L6.5 0L0 6.5L-6.5 0Z",
    "medium": "M-5-5H5V5H-5Z",
    "low": "M-5 0A5 5 0 1 0 5 0A5 5 0 1 0-5 0Z",
}


def mark(severity: str, x: float, y: float) -> Markup:
    """Return the shape of a severity: cross, triangle, diamond, square, disc; unknown is a ring."""
    known = severity in _MARKS
    kind = severity if known else "unknown"
    return element(
        "path", d=_MARKS.get(severity, _MARKS["low"]), transform=f"translate({x:g} {y:g})", class_=f"mark {kind}"
    )


def width(text: str) -> float:
    """Return the width in px of monospaced text at 12 px; East Asian wide characters take two places."""
    if text.isascii():
        return len(text) * LETTER
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text) * LETTER


def cut(text: str, letters: int) -> str:
    """Return ``text`` with hidden characters visible, its middle left out where it is too wide: both ends tell."""
    text = visible(text, 400)
    room = letters * LETTER
    if width(text) <= room:
        return text
    head, tail = text[: letters * 2 // 3], text[-(letters // 3 - 1) :]
    while head and width(head + "…" + tail) > room:
        head, tail = head[:-1], tail[1:] if len(tail) > len(head) else tail
    return f"{head}…{tail}"


def steps(values: list[int], wide: float, high: float) -> tuple[str, float, float]:
    """Return the path of a step line in a box, and where its end stands; the lowest value of the box is 0."""
    top = max(*values, 1) if len(values) > 1 else max(values[0], 1)
    stride = wide / max(len(values) - 1, 1)
    heights = [round(high - value * high / top, 1) for value in values]
    parts = [f"M0 {heights[0]:g}"]
    for place, y in enumerate(heights[1:], 1):
        parts.append(f"H{round(place * stride, 1):g}V{y:g}")
    if len(values) == 1:
        parts.append(f"H{wide:g}")
    return "".join(parts), wide, heights[-1]

"""HTML and SVG that cannot be broken out of: text is escaped unless it was made here."""

from __future__ import annotations

from collections.abc import Iterable

from depscan.overview.records import Told
from depscan.text.escape import html, visible

_VOID = frozenset({"br", "col", "input", "link", "meta"})
NAME = 120
"""Characters of a name that are shown; the whole one (to ``WHOLE``) is in its tooltip."""
WHOLE = 1000


class Markup(str):
    """Text that is HTML already. Every other text is escaped where it meets an element."""

    __slots__ = ()


def safe(text: str, limit: int = 0) -> Markup:
    """Return ``text`` as markup, escaped where it is not markup already."""
    return text if isinstance(text, Markup) else Markup(html(text, limit))


def join(parts: Iterable[str], between: str = "") -> Markup:
    """Return the parts one after the other, each escaped where it is not markup."""
    return Markup(html(between).join(safe(part) for part in parts))


def element(name: str, *children: str, **attributes: str | float | bool | None) -> Markup:
    """Return an element; ``class_`` is ``class``, other underscores are hyphens; False and None leave one out.

    There are no style attributes and no handlers on the page: its content security policy refuses both.
    """
    told = "".join(
        f" {key.rstrip('_').replace('_', '-')}"
        if value is True
        else f' {key.rstrip("_").replace("_", "-")}="{html(str(value))}"'
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    if name in _VOID:
        return Markup(f"<{name}{told}>")
    return Markup(f"<{name}{told}>{join(children)}</{name}>")


def name(text: str, limit: int = NAME, class_: str | None = None) -> Markup:
    """Return an attacker's name: on its own as to direction, cut, the whole one as its tooltip."""
    cut = len(text) > limit
    return element("bdi", visible(text, limit), class_=class_, title=visible(text, WHOLE) if cut else None)


def called(told: Told) -> str:
    """Return name and version of what a finding is about, as ways have them; otherwise its subject."""
    return f"{told.name} {told.version}".strip() or told.subject


def section(anchor: str, title: str, *children: str, note: str = "") -> Markup:
    """Return a part of the page with its heading; ``note`` is the sentence under it."""
    head = element("h2", title, id=f"{anchor}-title")
    told = element("p", note, class_="soft note") if note else ""
    return element("section", head, told, *children, id=anchor, aria_labelledby=f"{anchor}-title")


def fold(summary: str, *children: str, open_: bool = False, class_: str | None = None) -> Markup:
    """Return something that opens and closes without a script."""
    return element("details", element("summary", summary), *children, open=open_, class_=class_)


def table(heads: Iterable[str], rows: Iterable[Iterable[str]], caption: str, *, numbers: Iterable[str] = ()) -> Markup:
    """Return a table that becomes cards on a narrow page; columns named in ``numbers`` stand to the right.

    The first cell of a row is its heading.
    """
    named, right = list(heads), set(numbers)
    top = element("tr", *(element("th", h, scope="col", class_="number" if h in right else None) for h in named))
    lines = []
    for row in rows:
        cells = [
            element("th", cell, scope="row")
            if not place
            else element("td", cell, data_label=head, class_="number" if head in right else None)
            for place, (head, cell) in enumerate(zip(named, row, strict=True))
        ]
        lines.append(element("tr", *cells))
    inside = (element("caption", caption, class_="unseen"), element("thead", top), element("tbody", *lines))
    return element("div", element("table", *inside, class_="cards"), class_="wide")


def badge(severity: str, number: int = 0) -> Markup:
    """Return a severity as a shape and a word, with how many there are; the colour only repeats them."""
    word = visible(severity, 20)
    return element("span", f"{number:,} {word}" if number else word, class_=f"severity {safe_class(severity)}")


def safe_class(word: str) -> str:
    """Return a word of our own as a class; anything else becomes ``unknown``."""
    return word if word in SEVERITIES else "unknown"


SEVERITIES = ("malicious", "critical", "high", "medium", "low", "unknown")
"""Words of severity, the worst first."""


def anchor_of(finding: str) -> str:
    """Return the anchor of a finding's id: letters, digits, dots, hyphens and underscores only."""
    return "f-" + "".join(c for c in finding[:80] if c.isascii() and (c.isalnum() or c in "-_."))


def listed(names: Iterable[str], first: int = 8) -> Markup:
    """Return names with commas; those after the ``first`` fold open without a script."""
    every = [name(n) for n in names]
    head = join(every[:first], ", ")
    if len(every) <= first:
        return head
    return join(
        [head, fold(f"and {len(every) - first:,} more", element("p", join(every[first:], ", ")), class_="more")]
    )

"""A lock beside the project as it is: which row became which, and what of that is drift."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from depscan.lock.changed import changed, is_data, is_pickle
from depscan.lock.records import SECTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from depscan.lock.records import Lock, Row

_DISCRIMINATOR = {"package": "version", "model": "revision", "dataset": "revision", "action": "commit",
                  "image": "tag"}  # fmt: skip
"""What tells several rows of one thing apart."""
_BY_PLACE = frozenset({"hosted", "service"})
"""Sections in which a thing that is gone and one that is new are one change, where a file states both."""
_TOLD = frozenset({"endpoint-changed", "vendor-changed"})
_NOT_COMPARED = frozenset({"in"})


class Drift(NamedTuple):
    """One difference.

    Attributes:
        klass: a name of ``rules/drift/classes.toml``.
        message: one sentence.
        old: the row of the lock; None for what is new.
        new: the row of the project; None for what is gone.
    """

    klass: str
    message: str
    old: Row | None
    new: Row | None

    @property
    def row(self) -> Row:
        """Return the row of the project, or of the lock for what is gone."""
        row = self.new or self.old
        assert row is not None  # noqa: S101 - a difference has a side
        return row

    @property
    def subject(self) -> str:
        """Return package URL or path of what the project has now, or a name of what it has no longer."""
        if self.new is not None and self.new.subject:
            return self.new.subject
        return self.row.key[-1] if self.row.section != "tool" else self.row.key[0]


class Comparison(NamedTuple):
    """What became of a lock: the differences, in the order of its sections, and what could not be compared."""

    drifts: tuple[Drift, ...]
    gaps: tuple[str, ...]


def compare(lock: Lock, now: Lock) -> Comparison:
    """Return how a project differs from its lock; no differences for an unchanged one."""
    pairs, gone, new = _matched(lock.rows, now.rows)
    found: list[Drift] = []
    for old, row in pairs:
        found += [Drift(klass, message, old, row) for klass, message in changed(old, row)]
    before = _Before(lock)
    found += [drift for row in new for drift in before.judge(row)]
    found += [Drift("removed", f"{row.name} is in the project no longer.", row, None) for row in gone]
    names = list(SECTIONS)
    found = _without_echo(found)
    found.sort(key=lambda d: (names.index(d.row.section), d.row.key, d.klass, d.message))
    return Comparison(tuple(found), tuple(_gaps(pairs)))


def _without_echo(found: list[Drift]) -> list[Drift]:
    """Return the differences without those that another one tells already.

    A service's by the hosted model that the same file calls there, a member's by the archive it is in.
    """
    outer = {(d.klass, d.row.text("path")) for d in found if d.row.section == "file"}
    found = [d for d in found if (d.klass, _container(d.row)) not in outer]
    told = {path for d in found if d.row.section == "hosted" and d.klass in _TOLD for path in d.row.texts("in")}
    return [d for d in found if d.row.section != "service" or told.isdisjoint(d.row.texts("in"))]


def _container(row: Row) -> str:
    """Return the archive a file is in; one that no row has for others."""
    outer, inside, _ = row.text("path").partition(" > ")
    return outer if inside else "/"


def _matched(old: Iterable[Row], new: Iterable[Row]) -> tuple[list[tuple[Row, Row]], list[Row], list[Row]]:
    """Return rows of one thing in pairs, those without a partner in the lock's, and those in the project's rows."""
    before, now = _groups(old), _groups(new)
    pairs: list[tuple[Row, Row]] = []
    gone: list[Row] = []
    more: list[Row] = []
    for key in dict.fromkeys((*before, *now)):
        held, rest = before.get(key, []), now.get(key, [])
        for test in (_equal, _same_one):
            held, rest = _take(held, rest, test, pairs)
        count = min(len(held), len(rest))
        pairs += zip(held, rest, strict=False)
        gone += held[count:]
        more += rest[count:]
    moved = [row for row in gone if row.section in _BY_PLACE]
    gone = [row for row in gone if row.section not in _BY_PLACE]
    left, more = _take(moved, more, _same_place, pairs)
    return pairs, gone + left, more


def _groups(rows: Iterable[Row]) -> dict[tuple[str, ...], list[Row]]:
    found: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        key = row.key[:2] if row.section == "tool" else row.key
        found.setdefault((row.section, *key), []).append(row)
    return found


def _take(
    old: list[Row], new: list[Row], test: Callable[[Row, Row], bool], pairs: list[tuple[Row, Row]]
) -> tuple[list[Row], list[Row]]:
    """Move the pairs that pass a test out of two lists; return what is left of them."""
    rest = list(new)
    left = []
    for row in old:
        partner = next((one for one in rest if test(row, one)), None)
        if partner is None:
            left.append(row)
        else:
            rest.remove(partner)
            pairs.append((row, partner))
    return left, rest


def _equal(old: Row, new: Row) -> bool:
    return _compared(old) == _compared(new)


def _compared(row: Row) -> dict[str, object]:
    return {name: value for name, value in row.fields.items() if name not in _NOT_COMPARED}


def _same_one(old: Row, new: Row) -> bool:
    name = _DISCRIMINATOR.get(old.section, "")
    return bool(name) and old.text(name) == new.text(name)


def _same_place(old: Row, new: Row) -> bool:
    return old.section == new.section and not set(old.texts("in")).isdisjoint(new.texts("in"))


class _Before:
    """What the lock knew, to judge what is new.

    Args:
        lock: as read.
    """

    def __init__(self, lock: Lock) -> None:
        self._keys = {(row.section, row.key): row for row in lock.rows}
        self._endpoints = {text for row in lock.rows for text in row.texts("endpoints")}
        self._folders = {_folder(row) for row in lock.rows if row.section == "file"}
        self._data = {_folder(row) for row in lock.rows if is_data(row)}

    def judge(self, row: Row) -> Iterator[Drift]:
        """Yield what a row without a partner is: new, and what is bad about that."""
        name = row.name
        yield Drift("added", f"{name} is new.", None, row)
        held = self._keys.get((row.section, row.key))
        if row.section == "code" or row.text("code") == "yes" or row.texts("auto-map"):
            yield Drift("code-appeared", f"{name} is new, and its code runs or may run.", None, row)
        if is_pickle(row) and _folder(row) in self._data:
            yield Drift("pickle-appeared", f"{name} is a pickle beside weights that are no pickle.", None, row)
        if row.text("verdict") == "hostile":
            yield Drift("verdict-worse", f"{name} is new, and loading it is hostile.", None, row)
        if row.texts("template-sha256") and _folder(row) in self._folders:
            yield Drift("template-changed", f"{name} is new and brings a template for a model of the lock.", None, row)
        strange = set(row.texts("endpoints")) - self._endpoints
        if row.section == "hosted" and strange:
            where = ", ".join(sorted(strange))
            message = f"{name} is new and reached at {where}, which the lock does not know."
            yield Drift("endpoint-changed", message, None, row)
        if held is not None and held.text("pinned") == "yes" and row.text("pinned") == "no":
            yield Drift("revision-unpinned", f"{name} is used without a fixed revision in one more place.", held, row)


def _folder(row: Row) -> str:
    path = row.text("path").partition(" > ")[0]
    return path[: path.rfind("/") + 1]


def _gaps(pairs: Iterable[tuple[Row, Row]]) -> Iterator[str]:
    """Yield what the lock knows and this run does not."""
    wanted = {
        "publishers": "publishers were not compared: they are known with --online",
        "surface": "what runs at installation and start was not compared: it is known with --find-links",
        "sha256": "SHA-256 of whole files were not compared: --quick leaves them out",
    }
    held = list(pairs)
    for field, why in wanted.items():
        count = sum(1 for old, new in held if field in old.fields and field not in new.fields)
        if count:
            yield f"{count} {why}" if field == "sha256" else f"of {count} packages, {why}"

"""The rows of a lock: one per thing that the project trusts, in sections whose keys and types are data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from depscan.model.location import Route

VERSION = 1
"""Of the format; a lock of a later one is refused."""

Value = str | int | bool | tuple[str, ...]


class Section(NamedTuple):
    """One kind of rows.

    Attributes:
        name: as in ``[[name]]``.
        title: what a person calls one row.
        key: fields that say which thing it is; always texts, never missing.
        fields: the other ones and their types, in the order they are written.
    """

    name: str
    title: str
    key: tuple[str, ...]
    fields: Mapping[str, type]


SECTIONS = {
    made.name: made
    for made in (
        Section(
            "package", "package", ("ecosystem", "name"),
            {"version": str, "from": str, "commit": str, "publishers": tuple, "surface": tuple, "hashes": tuple},
        ),
        Section(
            "model", "model", ("id",),
            {"revision": str, "pinned": str, "code": str, "safe": str, "in": tuple},
        ),
        Section(
            "dataset", "data set", ("id",),
            {"revision": str, "pinned": str, "code": str, "safe": str, "in": tuple},
        ),
        Section(
            "card", "model card", ("path",),
            {"id": str, "licence": str, "base-models": tuple, "datasets": tuple, "task": str},
        ),
        Section(
            "file", "model file", ("path",),
            {"format": str, "verdict": str, "size": int, "needs": tuple, "sha256": str, "header-sha256": str,
             "template-sha256": tuple, "auto-map": tuple},
        ),
        Section("code", "file of code beside a model", ("path",), {"runs": str, "sha256": str}),
        Section(
            "hosted", "hosted model", ("vendor", "id"),
            {"pinned": str, "endpoints": tuple, "key-env": tuple, "model-from": tuple, "in": tuple},
        ),
        Section("service", "service", ("name",), {"endpoints": tuple, "key-env": tuple, "in": tuple}),
        Section(
            "tool", "agent tool", ("how", "in", "package"),
            {"version": str, "pinned": str, "transport": str, "endpoint": str, "command": str},
        ),
        Section("action", "action", ("name",), {"ref": str, "commit": str, "in": tuple}),
        Section("image", "image", ("name",), {"tag": str, "digest": str, "in": tuple}),
    )
}  # fmt: skip
"""By name, in the order of the file."""


class Row(NamedTuple):
    """One thing.

    Attributes:
        section: a name of ``SECTIONS``.
        fields: key fields and the others that are known; what is not known is left out.
        line: where it stands in the lock that was read, or 0.
        at: file and place in it that state it in the project; for a lock that was read ("", 0).
        subject: package URL, or the path of a file.
    """

    section: str
    fields: Mapping[str, Value]
    line: int = 0
    at: tuple[str, Route] = ("", 0)
    subject: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """Return what says which thing it is."""
        return tuple(str(self.fields[name]) for name in SECTIONS[self.section].key)

    @property
    def order(self) -> tuple[object, ...]:
        """Return what rows are sorted by: section, key, then everything else."""
        names = list(SECTIONS)
        return (names.index(self.section), self.key, sorted((k, str(v)) for k, v in self.fields.items()))

    @property
    def title(self) -> str:
        """Return how a person calls it: ``model org/name``."""
        known = [part for part in self.key if part]
        if self.section == "package":
            known = known[1:]
        if self.section == "tool":
            known = known[:1]
        return f"{SECTIONS[self.section].title} {'/'.join(known)}"

    @property
    def name(self) -> str:
        """Return ``title`` as a sentence begins."""
        return self.title[:1].upper() + self.title[1:]

    def text(self, name: str) -> str:
        """Return a field that is a text; "" where it is not known."""
        value = self.fields.get(name, "")
        return value if isinstance(value, str) else str(value)

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a field that is a list of texts; () where it is not known."""
        value = self.fields.get(name, ())
        return value if isinstance(value, tuple) else (str(value),)


class Lock(NamedTuple):
    """A lock.

    Attributes:
        rows: sorted, each once.
        path: the file it was read from; "" for one that was taken from a project.
    """

    rows: tuple[Row, ...]
    path: str = ""


def whole(text: str) -> str:
    """Return text that UTF-8 can hold: what stands for a byte of a file's name that is none is made visible."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _whole(value: Value) -> Value:
    if isinstance(value, str):
        return whole(value)
    return tuple(map(whole, value)) if isinstance(value, tuple) else value


def lock_of(rows: list[Row], path: str = "") -> Lock:
    """Return a lock of rows in any order; of equal ones the first is kept."""
    seen: dict[str, Row] = {}
    rows = [row._replace(fields={name: _whole(value) for name, value in row.fields.items()}) for row in rows]
    for row in sorted(rows, key=lambda row: row.order):
        seen.setdefault(repr(row.order), row)
    return Lock(tuple(seen.values()), path)

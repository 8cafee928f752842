"""Documents kept between runs, for formats that ask for it with ``KEEP = "yes"``: parsing code takes most of a scan.

One file for each scanned folder, in the user's cache folder. A document holds as long as the bytes of its file, the
engine, and everything else its reader looked into are what they were; what cannot be read back is read anew. The
folder is the user's own (mode 700), because who writes there decides verdicts.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from depscan.inputs.reach import digest_of
from depscan.model.document import Document, Edge, Include, IndexUse, Problem
from depscan.model.package import File, Package
from depscan.model.use import Use
from depscan.text.cachefolder import cache_folder, is_own

if TYPE_CHECKING:
    from depscan.inputs.format import InputFormat
    from depscan.inputs.reach import Reach
    from depscan.model.location import Route
    from depscan.text.source import SourceFile

_FORMAT = "1"
_KEEP = 256 << 20
"""Bytes of all files together."""
_LARGEST = 64 << 20
"""Bytes of one file when it is read back."""
_WORTH = 20
"""Files from which on it is worth keeping what was read: fewer are read in less time than that takes."""
_ASKED = 2_000
"""Other files that a document may depend on and be kept."""
_PARTS = ("inputs", "model", "text", "ecosystems", "vendors", "data/rules", "../rules")


class Kept:
    """What was read of the files of one folder, now and in the last run.

    Args:
        reach: gives readers other files.
        folder: where to keep; "" for the user's own cache folder.
    """

    def __init__(self, reach: Reach, folder: str = "") -> None:
        self._folder = os.path.join(folder or cache_folder(), f"documents-{_FORMAT}")
        self._reach = reach
        self._place = ""
        self._engine = ""
        self._paths: set[str] = set()
        self._old: dict[str, Any] = {}
        self._new: dict[str, Any] = {}
        self._changed = False
        self._open = False

    @property
    def rows(self) -> dict[str, Any]:
        """Return what was read: format and shown path to hash, facts (None where it was not accepted), and asked."""
        return self._new

    def begin(self) -> None:
        """Begin without a place to write to."""
        self._old, self._new, self._changed, self._place, self._open = {}, {}, False, "", True

    def holds(self, path: str) -> bool:
        """Return whether anything is known of a file from before."""
        if len(self._paths) != len(self._old):
            self._paths = {key.partition(" ")[2] for key in self._old}
        return path in self._paths

    def take(self, rows: dict[str, Any]) -> None:
        """Add what was read elsewhere, in this run: it counts like what was kept."""
        self._old.update(rows)
        self._changed = self._changed or bool(rows)

    def open(self, top: str) -> None:
        """Begin with a folder; without one that only the user can write, nothing is kept."""
        self.begin()
        own = is_own(self._folder)
        name = digest_of(os.path.realpath(top).encode("utf-8", "surrogateescape"))
        self._place = os.path.join(self._folder, name) if own else ""
        if self._place and os.path.isfile(self._place):
            self._old = self._load()

    def accepts(self, source: SourceFile, made: InputFormat) -> bool:
        """Return whether a format accepts a file."""
        if not self._open:
            return made.accepts is None or made.accepts(source)
        key, digest = f"{made.id} {source.path}", digest_of(source.data)
        row = self._old.get(key)
        if isinstance(row, list) and len(row) == 3 and row[0] == digest:  # noqa: PLR2004 - hash, facts, asked
            self._new[key] = row
            return row[1] is not None
        accepted = made.accepts is None or made.accepts(source)
        self._new[key] = [digest, [] if accepted else None, {}]
        self._changed = True
        return accepted

    def parse(self, source: SourceFile, made: InputFormat) -> Document:
        """Return the document of a file that was accepted.

        Raises:
            InputError: as the format says.
        """
        key = f"{made.id} {source.path}"
        row = self._new.get(key)
        if row is None:
            return made.parse(source)
        document = self._back(row, source.path, made.id)
        if document is not None:
            return document
        del self._new[key]
        self._changed = True
        self._reach.asked = {}
        document = made.parse(source)
        if len(self._reach.asked) <= _ASKED:
            self._new[key] = [row[0], _encode(document), self._reach.asked]
        return document

    def close(self) -> None:
        """Write what is to be kept; without a place to write to, nothing is."""
        changed = self._changed or len(self._new) != len(self._old)
        if self._place and changed and len(self._new) >= _WORTH:
            self._write()
        self.begin()
        self._open = False

    def _back(self, row: list[Any], path: str, format_id: str) -> Document | None:
        """Return the document of a row that still holds."""
        facts, asked = row[1:]
        if not facts or not isinstance(asked, dict):
            return None
        if any(self._reach.digest(place) != digest for place, digest in asked.items()):
            return None
        try:
            return _decode(facts, path, format_id)
        except (ValueError, TypeError, AttributeError, IndexError):
            return None

    def _load(self) -> dict[str, Any]:
        import json
        import zlib

        try:
            with open(self._place, "rb") as stream:
                unpacked = zlib.decompressobj().decompress(stream.read(_LARGEST), _LARGEST)
            engine_then, rows = json.loads(unpacked)
        except (OSError, ValueError, TypeError, zlib.error, RecursionError):
            return {}
        return rows if engine_then == self._now() and isinstance(rows, dict) else {}

    def _now(self) -> str:
        if not self._engine:
            from depscan.text.engine import engine

            self._engine = engine(_PARTS)
        return self._engine

    def _write(self) -> None:
        import json
        import zlib

        text = json.dumps([self._now(), self._new], ensure_ascii=True, separators=(",", ":"))
        if len(text) >= _LARGEST:
            return
        made = f"{self._place}.{os.getpid()}"
        try:
            os.makedirs(self._folder, mode=0o700, exist_ok=True)
            with open(made, "wb") as stream:
                stream.write(zlib.compress(text.encode(), 1))
            os.replace(made, self._place)
        except OSError:
            return
        self._trim()

    def _trim(self) -> None:
        """Remove what was not written for longest once all is more than 256 MiB."""
        try:
            found = sorted((e.stat().st_mtime, e.stat().st_size, e.path) for e in os.scandir(self._folder))
            total = sum(size for _, size, _ in found)
            for _, size, path in found:
                if total <= _KEEP:
                    return
                os.remove(path)
                total -= size
        except OSError:  # another run removes files, too
            return


def _encode(document: Document) -> list[Any]:
    d = document
    return [d.lock, d.root, d.hashed, d.nodes, d.at, d.edges, d.indexes, d.includes, d.problems, d.uses]


def _decode(facts: list[Any], path: str, format_id: str) -> Document:
    """Return the document that ``json.dumps`` wrote as nested lists.

    Raises:
        ValueError, TypeError, AttributeError, IndexError: it is of another shape.
    """
    lock, root, hashed, nodes, at, edges, indexes, includes, problems, uses = facts
    document = Document(path, format_id, lock=lock)
    document.root = root
    document.hashed = hashed
    document.nodes = {key: _package(row) for key, row in nodes.items()}
    document.at = {key: _route(value) for key, value in at.items()}
    document.edges = [e._replace(at=_route(e.at)) for e in (Edge(*row) for row in edges)]
    document.indexes = [i._replace(at=_route(i.at), names=tuple(i.names)) for i in (IndexUse(*row) for row in indexes)]
    document.includes = [i._replace(at=_route(i.at)) for i in (Include(*row) for row in includes)]
    document.problems = [p._replace(at=_route(p.at)) for p in (Problem(*row) for row in problems)]
    document.uses = [
        Use(node, how, _route(where), tuple((key, value) for key, value in pairs)) for node, how, where, pairs in uses
    ]
    return document


def _package(row: list[Any]) -> Package:
    made = Package(*row)
    return made._replace(hashes=tuple(made.hashes), files=tuple(File(*file) for file in made.files))


def _route(value: Any) -> Route:  # noqa: ANN401 - as JSON gives it
    return tuple(value) if isinstance(value, (list, tuple)) else int(value)

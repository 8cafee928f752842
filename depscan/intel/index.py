"""The advisory index: one file, read in pieces, every piece checked before it is believed.

The layout stands in ``layout``. A name is stored in its line and compared, so that names with one hash do no
harm.
"""

from __future__ import annotations

import os
import struct
import zlib
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Any, Self

from depscan.ecosystems import ecosystem as rules_of
from depscan.errors import IntelError
from depscan.intel.layout import BLOCK_LIMIT, HEADER_SIZE, NAMES, Section, broken, name_hash, read_head
from depscan.intel.rows import decode
from depscan.model.advisory import Advisory
from depscan.model.result import SnapshotInfo

if TYPE_CHECKING:
    from datetime import date

_KEPT_BLOCKS = 512


class Index:
    """A reader of one index file. Close it, or use it in a ``with`` statement.

    Attributes:
        path: the file.
        meta: what it says about itself: ``built``, ``newest`` and per section counts and sources.
        origin: option, environment, user or embedded; "file" when opened by its path.
        sha256: hex digest of the content, from the header (``verify`` compares it with the content).
    """

    def __init__(self, path: str, stream: Any, meta: dict[str, Any], sha256: str, base: int, origin: str) -> None:  # noqa: ANN401
        self.path = path
        self.meta = meta
        self.origin = origin
        self.sha256 = sha256
        self._stream = stream
        self._base = base
        self._sections: dict[str, Section | None] = {}
        self._blocks: dict[tuple[str, int], list[bytes]] = {}

    @classmethod
    def open(cls, path: str, origin: str = "file") -> Index:
        """Open an index and check its header and meta.

        Raises:
            IntelError: missing, truncated, damaged, foreign, of another format version, or without records.
        """
        try:
            stream = open(path, "rb", buffering=0)  # noqa: SIM115 - closed by close()
        except OSError as error:
            raise IntelError(f"no advisory index: {(error.strerror or str(error)).lower()}", path=path) from None
        try:
            return cls(path, stream, *read_head(path, stream), origin)
        except BaseException:
            stream.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        self._stream.close()

    @property
    def ecosystems(self) -> tuple[str, ...]:
        """Return the ecosystems with advisories, sorted."""
        return tuple(e for e in self.meta["sections"] if not e.endswith(NAMES))

    def info(self, today: date | str = "") -> SnapshotInfo:
        """Return what a report says about the data an answer rests on; ``today`` is in UTC by default."""
        from depscan.intel.age import age_days

        counts = {e: int(self.meta["sections"][e]["records"]) for e in self.ecosystems}
        newest, built = str(self.meta["newest"]), str(self.meta["built"])
        return SnapshotInfo(self.origin, built, newest, age_days(newest, today), counts, self.sha256)

    def newest_flaw(self, ecosystem: str) -> str:
        """Return when the newest vulnerability of an ecosystem was published (RFC 3339); "" when there is none."""
        given = self.meta["sections"].get(ecosystem, {})
        return str(given.get("newest_flaw", given.get("newest", "")))

    def covers(self, ecosystem: str) -> bool:
        """Return whether the index knows this ecosystem at all; "no advisory" means nothing where it does not."""
        return ecosystem in self.meta["sections"]

    def lookup(self, ecosystem: str, name: str) -> list[Advisory]:
        """Return every advisory of a package, also withdrawn ones and bare names; [] when there is none.

        Raises:
            IntelError: something that had to be read is damaged.
        """
        rules = rules_of(ecosystem)
        name = rules.normalise(name) if rules else name
        return self._find(ecosystem, ecosystem, name) + self._find(ecosystem + NAMES, ecosystem, name)

    def _find(self, key: str, ecosystem: str, name: str) -> list[Advisory]:
        section = self._section(key)
        if section is None:
            return []
        wanted = name_hash(name)
        at = bisect_left(section.hashes, wanted)
        while at < len(section.hashes) and section.hashes[at] == wanted:
            found = self._package(key, section, at, ecosystem)
            if found[0] == name:
                return found[1]
            at += 1
        return []

    def _section(self, key: str) -> Section | None:
        if key not in self._sections:
            given = self.meta["sections"].get(key)
            if given is None:
                self._sections[key] = None
                return None
            try:
                raw = self._read(self._base + given["at"], given["directory"])
                if zlib.crc32(raw) != given["crc"]:
                    raise self._broken("a damaged directory")
                self._sections[key] = Section(raw, self._base + given["at"] + given["directory"])
            except (KeyError, TypeError, ValueError, struct.error) as error:
                raise self._broken(f"a directory of another shape ({error})") from None
        return self._sections[key]

    def _package(self, key: str, section: Section, ordinal: int, ecosystem: str) -> tuple[str, list[Advisory]]:
        import json

        block = bisect_right(section.firsts, ordinal) - 1
        lines = self._lines(key, section, block)
        try:
            name, *rows = json.loads(lines[ordinal - section.firsts[block]])
            return name, [decode(row, ecosystem, name) for row in rows]
        except (ValueError, TypeError, IndexError, KeyError) as error:
            raise self._broken(f"a row of another shape ({type(error).__name__})") from None

    def _lines(self, key: str, section: Section, block: int) -> list[bytes]:
        held = self._blocks.get((key, block))
        if held is not None:
            return held
        try:
            begin = section.ends[block - 1] if block else 0
            raw = self._read(section.start + begin, section.ends[block] - begin)
            if zlib.crc32(raw) != section.crcs[block]:
                raise self._broken("a damaged block")
            unpacker = zlib.decompressobj(zdict=section.preset) if section.preset else zlib.decompressobj()
            text = unpacker.decompress(raw, BLOCK_LIMIT)
            if not unpacker.eof:
                raise self._broken("a block that does not end")
        except (zlib.error, IndexError, ValueError) as error:
            raise self._broken(f"a damaged block ({error})") from None
        if len(self._blocks) >= _KEPT_BLOCKS:
            self._blocks.clear()
        lines = self._blocks[key, block] = text.split(b"\n")
        return lines

    def _read(self, at: int, size: int) -> bytes:
        try:
            self._stream.seek(at)
            raw: bytes = self._stream.read(size) if size > 0 else b""
        except (OSError, OverflowError, MemoryError, ValueError) as error:
            raise self._broken(f"cannot read: {error}") from None
        if len(raw) != size:
            raise self._broken("truncated")
        return raw

    def _broken(self, what: str) -> IntelError:
        return broken(self.path, what)

    def find_advisory(self, id: str) -> list[Advisory]:  # noqa: A002 - the field's word
        """Return the advisories with this id or alias in every ecosystem; slow: it reads the whole index."""
        import json

        needle = json.dumps(id).encode("ascii")
        found: list[Advisory] = []
        for key in self.meta["sections"]:
            section = self._section(key)
            for block in range(len(section.firsts) if section else 0):
                assert section is not None  # noqa: S101 - for the type checker
                for i, line in enumerate(self._lines(key, section, block)):
                    if needle in line:
                        found += self._package(key, section, section.firsts[block] + i, key.removesuffix(NAMES))[1]
        return [a for a in found if id == a.id or id in a.aliases]

    def names(self, ecosystem: str) -> list[str]:
        """Return every package name of an ecosystem, sorted."""
        section = self._section(ecosystem)
        return (
            sorted(self._package(ecosystem, section, i, ecosystem)[0] for i in range(len(section.hashes)))
            if section
            else []
        )

    def verify(self) -> int:
        """Read everything, compare the SHA-256 and decode every row; return the number of records.

        Raises:
            IntelError: anything differs from what the file says about itself.
        """
        self.check_digest()
        return sum(self._verify_section(key, given) for key, given in self.meta["sections"].items())

    def check_digest(self) -> None:
        """Compare the content with the SHA-256 of the header; raises IntelError when they differ."""
        from hashlib import sha256

        total, at, end = sha256(), HEADER_SIZE, os.fstat(self._stream.fileno()).st_size
        while at < end:
            piece = self._read(at, min(1 << 20, end - at))
            total.update(piece)
            at += len(piece)
        if total.hexdigest() != self.sha256:
            raise self._broken("the content is not what its SHA-256 says")

    def raw_section(self, key: str) -> bytes:
        """Return the bytes of a section, for a writer that keeps it as it is."""
        given = self.meta["sections"][key]
        return self._read(self._base + given["at"], given["size"])

    def _verify_section(self, key: str, given: dict[str, Any]) -> int:
        section = self._section(key)
        records = 0
        previous = 0
        for ordinal, value in enumerate(section.hashes if section else ()):
            assert section is not None  # noqa: S101 - for the type checker
            name, advisories = self._package(key, section, ordinal, key.removesuffix(NAMES))
            if value < previous or name_hash(name) != value:
                raise self._broken(f"the directory of {key} and its packages differ")
            previous = value
            records += len(advisories)
        if records != given.get("rows"):
            raise self._broken(f"{key} has {records} rows, {given.get('rows')} were written")
        return records

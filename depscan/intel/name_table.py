"""The table of names: the most downloaded packages of each index and the words that names are made of.

One file, ``names.idx``: a line of JSON that describes it, then the sections it lists, each zlib-compressed text::

    <ecosystem>      popular names, most downloaded first, one a line
    <ecosystem>#ai   one character per name of that section: 1 for an AI, machine-learning or data-science package
    <ecosystem>#scoped   less popular names in the scopes of vendors (npm), one a line
    <ecosystem>#summary  per popular name a fingerprint of its description (``summary_print``), one a line
    words            words that at least three names contain, in groups from rare to common, one group a line
"""

from __future__ import annotations

import os
import zlib
from typing import TYPE_CHECKING, Any, NamedTuple

from depscan.errors import IntelError
from depscan.intel.places import DataFile

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES = DataFile("names.idx", "DEPSCAN_NAMES")
EMBEDDED = NAMES.embedded
locate, write_target = NAMES.locate, NAMES.write_target
FORMAT = 1
WORDS = "words"
AI, SCOPED, SUMMARY = "#ai", "#scoped", "#summary"
WORD_GROUPS = (3, 7, 16, 60, 250)
"""In how many names a word of each group stands at least."""
_TELLING = 16
_HEAD_LIMIT = 1 << 16
_TEXT_LIMIT = 64 << 20


class NameTable:
    """A reader of one table; sections are read when they are first asked for.

    Attributes:
        path: the file.
        origin: option, environment, user or embedded.
        meta: ``built`` (RFC 3339 date), ``sources`` (ecosystem to source, date and counts), ``sections``.
    """

    def __init__(self, path: str, origin: str) -> None:
        """Open the file and read its description.

        Raises:
            IntelError: missing, truncated, damaged, foreign or of another format version.
        """
        self.path, self.origin = path, origin
        self.meta, self._start = _read_head(path)
        self._held: dict[str, str] = {}

    def text(self, section: str) -> str:
        """Return a section, "" when the table has none of this name.

        Raises:
            IntelError: it is damaged.
        """
        if section not in self._held:
            given = self.meta["sections"].get(section)
            self._held[section] = self._read(section, *given) if given else ""
        return self._held[section]

    def _read(self, section: str, at: int, size: int, crc: int) -> str:
        try:
            with open(self.path, "rb") as stream:
                stream.seek(self._start + at)
                raw = stream.read(size)
            if len(raw) != size or zlib.crc32(raw) != crc:
                raise self._broken(f"section {section} is truncated or damaged")
            unpacker = zlib.decompressobj()
            text = unpacker.decompress(raw, _TEXT_LIMIT)
            if not unpacker.eof:
                raise self._broken(f"section {section} does not end")
            return text.decode("utf-8")
        except (OSError, zlib.error, ValueError) as error:
            raise self._broken(f"section {section}: {error}") from None

    def _broken(self, what: str) -> IntelError:
        return _broken(self.path, what)

    @property
    def ecosystems(self) -> tuple[str, ...]:
        """Return the ecosystems that have popular names, sorted."""
        return tuple(sorted(self.meta["sources"]))


class Popular(NamedTuple):
    """The popular names of one ecosystem, to be written.

    Attributes:
        names: normalised, most downloaded first.
        ai: per name "1" for an AI package, else "0".
        source: where the list comes from, in words a person reads; no credentials.
        date: day or month of the list.
        total: how many names the list held.
        scoped: less popular names in the scopes of vendors, sorted.
        summaries: per name the fingerprint of its description.
    """

    names: tuple[str, ...]
    ai: str
    source: str
    date: str
    total: int
    scoped: tuple[str, ...] = ()
    summaries: tuple[str, ...] = ()


def write_table(path: str, popular: Mapping[str, Popular], words: str, built: str, kept: NameTable | None) -> None:
    """Write a table; ecosystems and words that are not given are taken over from ``kept``.

    Raises:
        IntelError: the place cannot be written, or ``kept`` is damaged.
    """
    import json

    from depscan.intel.files import only_writer, replace_file

    texts: dict[str, str] = {}
    sources: dict[str, Any] = dict(kept.meta["sources"]) if kept else {}
    for section in kept.meta["sections"] if kept else ():
        assert kept is not None  # noqa: S101 - for the type checker
        texts[section] = kept.text(section)
    for ecosystem, given in popular.items():
        texts[ecosystem], texts[ecosystem + AI] = "\n".join(given.names), given.ai
        texts[ecosystem + SCOPED] = "\n".join(given.scoped)
        texts[ecosystem + SUMMARY] = "\n".join(given.summaries)
        sources[ecosystem] = {
            "source": given.source, "date": given.date, "names": given.total, "popular": len(given.names),
        }  # fmt: skip
    if words:
        texts[WORDS] = words
    sections, pieces, at = {}, [], 0
    for section, text in sorted(texts.items()):
        raw = zlib.compress(text.encode("utf-8"), 9)
        sections[section] = (at, len(raw), zlib.crc32(raw))
        pieces.append(raw)
        at += len(raw)
    meta = {"depscan-names": FORMAT, "built": built, "sources": sources, "sections": sections}
    head = json.dumps(meta, sort_keys=True, separators=(",", ":")).encode("ascii") + b"\n"
    with only_writer(path):
        replace_file(path, [head, *pieces])


def summary_print(summary: str) -> str:
    """Return eight hex digits of a description, white space and letter case left out; "" for one too short to tell."""
    text = "".join(summary.lower().split())
    return f"{zlib.crc32(text.encode('utf-8', 'surrogatepass')):08x}" if len(text) >= _TELLING else ""


def open_table(explicit: str = "", environment: Mapping[str, str] = os.environ) -> NameTable:
    """Open the table to use.

    Raises:
        IntelError: it is missing or damaged; another one is never taken silently in its place.
    """
    return NameTable(*locate(explicit, environment))


def _read_head(path: str) -> tuple[dict[str, Any], int]:
    import json

    try:
        with open(path, "rb") as stream:
            line = stream.readline(_HEAD_LIMIT)
        meta = json.loads(line) if line.endswith(b"\n") else None
        if not isinstance(meta, dict) or meta.get("depscan-names") != FORMAT:
            raise _broken(path, "empty, truncated, another kind of file or another version")
        if not meta["sources"] or not all(len(given) == 3 for given in meta["sections"].values()):  # noqa: PLR2004
            raise _broken(path, "it holds no names")
    except OSError as error:
        raise _broken(path, (error.strerror or str(error)).lower()) from None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise _broken(path, f"a description of another shape ({error})") from None
    return meta, len(line)


def _broken(path: str, what: str) -> IntelError:
    return IntelError(f"the table of names cannot be used: {what}", path=path, hint="run 'depscan names update'")

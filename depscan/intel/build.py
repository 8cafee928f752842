"""Build the advisory index from OSV archives, folders and lists of names.

The same sources and the same ``built`` time give the same bytes. Sections of ecosystems that are not built
now are taken over from the index that is there.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from depscan.ecosystems import ecosystem as rules_of
from depscan.errors import IntelError
from depscan.intel.files import only_writer, replace_file
from depscan.intel.index import Index
from depscan.intel.layout import FILE_NAME, HEADER_SIZE, NAMES
from depscan.intel.names import read_names
from depscan.intel.osv import read_record
from depscan.intel.pack import Packages, compact, head, pack
from depscan.intel.ranges import outside
from depscan.intel.rows import encode
from depscan.intel.sources import read_source, sha256_of
from depscan.model.advisory import MALICIOUS, VULNERABILITY, Advisory

if TYPE_CHECKING:
    from collections.abc import Sequence

_SHOWN_PROBLEMS = 50
_MOST = 0.9


class BuildReport(NamedTuple):
    """What a build did.

    Attributes:
        path: the index file.
        counts: ecosystem to number of records now in the index, sections kept from before included.
        newest: RFC 3339 time of the newest record that is not after ``built``.
        problems: what could not be understood, at most 50 lines; ``malformed`` is how many in all.
        foreign: affected entries left out because the source is the export of another ecosystem.
        size: bytes on disk.
    """

    path: str
    counts: dict[str, int]
    built: str
    newest: str
    problems: tuple[str, ...]
    malformed: int
    foreign: int
    size: int


class _Collector:
    """Reads sources into sections and counts what is wrong with them."""

    def __init__(self) -> None:
        self.sections: dict[str, Packages] = {}
        self.problems: list[str] = []
        self.malformed = 0
        self.foreign = 0

    def section(self, key: str) -> Packages:
        return self.sections.setdefault(key, Packages())

    def problem(self, text: str) -> None:
        self.malformed += 1
        if len(self.problems) < _SHOWN_PROBLEMS:
            self.problems.append(text)

    def read(self, path: str, only: str) -> None:
        """Read one source; ``only`` is the ecosystem whose export it is, or "" to find out."""
        parsed: list[tuple[str, str, str, str, list[str], str]] = []
        tally: Counter[str] = Counter()
        for raw in read_source(path):
            if raw.problem:
                self.problem(f"{raw.name}: {raw.problem}")
                continue
            reading = read_record(raw.value)
            for text in reading.problems:
                self.problem(f"{raw.name}: {text}")
            grouped: dict[tuple[str, str], list[Advisory]] = {}
            for advisory in reading.advisories:
                grouped.setdefault((advisory.ecosystem, advisory.package), []).append(_trim(advisory))
            for (where, package), advisories in grouped.items():
                tally[where] += 1
                newest = max(a.modified or a.published for a in advisories)
                flaw = max((a.published or a.modified for a in advisories if a.kind == VULNERABILITY), default="")
                rows = [compact(encode(a)) for a in advisories]
                parsed.append((where, package, advisories[0].id, newest, rows, flaw))
        if not parsed:
            raise IntelError("no advisory could be read", path=path, hint="; ".join(self.problems[:2]))
        self._take(path, parsed, tally, only or _export_of(path, tally))

    def _take(
        self, path: str, parsed: list[tuple[str, str, str, str, list[str], str]], tally: Counter[str], only: str
    ) -> None:
        for where, package, id_, newest, rows, flaw in parsed:
            if only and where != only and not where.startswith(only + ":"):
                self.foreign += 1
            else:
                self.section(where).add(package, id_, newest, rows, flaw)
        source = {"name": _shown(path), "sha256": sha256_of(path)}
        for where in tally:
            if where in self.sections and (not only or where == only or where.startswith(only + ":")):
                self.sections[where].sources.append(source)
        if only and not any(k == only or k.startswith(only + ":") for k in self.sections):
            raise IntelError(f"it holds no advisory for {only}", path=path)

    def read_names(self, path: str, ecosystem: str = "PyPI") -> None:
        """Read a list of malicious names."""
        section = self.section(ecosystem + NAMES)
        for advisory in read_names(path, ecosystem):
            section.add(advisory.package, advisory.id, "", [compact(encode(advisory))])
        section.sources.append({"name": _shown(path), "sha256": sha256_of(path)})


def build(
    target: str,
    sources: Sequence[str | tuple[str, str]],
    *,
    names: Sequence[str] = (),
    built: str = "",
    ecosystem: str = "",
) -> BuildReport:
    """Write an index from sources and return what was done.

    Args:
        target: the index file, or a folder that holds or will hold ``advisories.idx``.
        sources: zips as OSV exports them, folders of JSON or YAML records, or single records; a pair is a path
            and the ecosystem whose export it is.
        names: lists of malicious PyPI names without versions.
        built: RFC 3339 time written into the index; now by default.
        ecosystem: the one whose export the sources are. By default the name of the folder a zip lies in
            (``PyPI/all.zip``), else the ecosystem of at least 90 % of the entries, else every one met.

    Raises:
        IntelError: a source cannot be read or holds nothing, another process writes the index, or the disk
            refuses. The index that was there is then as it was.
    """
    path = index_file(target)
    with only_writer(path):
        collector = _Collector()
        for source in sources:
            where, only = (source, ecosystem) if isinstance(source, str) else source
            collector.read(where, only)
        for source in names:
            collector.read_names(source)
        if not collector.sections:
            raise IntelError("nothing to build an index from", path=path)
        return _write(path, collector, built or _now())


def index_file(target: str) -> str:
    """Return the index file a target means: itself, or ``advisories.idx`` in it when it is a folder."""
    if os.path.isdir(target) or not target.endswith(".idx"):
        return os.path.join(target, FILE_NAME)
    return target


def _write(path: str, collector: _Collector, built: str) -> BuildReport:
    packed: dict[str, tuple[dict[str, Any], bytes]] = _kept(path, collector)
    _drop_known_names(collector, packed)
    for key, packages in collector.sections.items():
        packed[key] = pack(packages, built)
    sections: dict[str, dict[str, Any]] = {}
    at = 0
    for key in sorted(packed):
        about, raw = packed[key]
        sections[key] = {**about, "at": at}
        at += len(raw)
    newest = max(about["newest"] for about in sections.values())
    meta = compact({"built": built, "newest": newest, "sections": sections}).encode("ascii")
    body = [meta, *(packed[key][1] for key in sorted(packed))]
    replace_file(path, [head(body), *body])
    counts = {key: about["records"] for key, about in sections.items() if not key.endswith(NAMES)}
    size = sum(map(len, body)) + HEADER_SIZE
    problems = tuple(collector.problems)
    return BuildReport(path, counts, built, newest, problems, collector.malformed, collector.foreign, size)


def _kept(path: str, collector: _Collector) -> dict[str, tuple[dict[str, Any], bytes]]:
    """Return the sections of the present index that are not built now; a broken one is replaced and said."""
    if not os.path.exists(path):
        return {}
    try:
        with Index.open(path) as old:
            old.check_digest()
            wanted = [key for key in old.meta["sections"] if key not in collector.sections]
            return {key: (dict(old.meta["sections"][key]), old.raw_section(key)) for key in wanted}
    except IntelError as error:
        collector.problem(f"the index that was there is replaced, nothing of it kept: {error.message}")
        return {}


def _drop_known_names(collector: _Collector, packed: dict[str, tuple[dict[str, Any], bytes]]) -> None:
    """Leave out bare names of packages for which the sections built now hold a malicious record."""
    for key in [k for k in collector.sections if k.endswith(NAMES)]:
        facts = collector.sections.get(key.removesuffix(NAMES))
        rows = collector.sections[key].rows
        for name in [n for n in rows if facts is not None and _malicious(facts.rows.get(n, {}))]:
            del rows[name]
        if not rows and key not in packed:
            del collector.sections[key]


def _malicious(rows: dict[str, tuple[str, list[str]]]) -> bool:
    from json import loads

    return any(loads(text)[1:2] == [1] for _, texts in rows.values() for text in texts)


def _trim(advisory: Advisory) -> Advisory:
    """Leave out listed versions that a range holds; malicious records keep their list (see ``Match.broad``)."""
    if advisory.kind == MALICIOUS or not advisory.versions or not advisory.ranges:
        return advisory
    return advisory._replace(versions=outside(advisory, rules_of(advisory.ecosystem)))


def _export_of(path: str, tally: Counter[str]) -> str:
    """Return the ecosystem whose export a source is, or "" when it is a mixed collection."""
    folder = os.path.basename(os.path.dirname(os.path.abspath(path)))
    if not os.path.isdir(path) and any(where == folder or where.startswith(folder + ":") for where in tally):
        return folder
    most, count = tally.most_common(1)[0]
    return most if count >= _MOST * tally.total() else ""


def _shown(path: str) -> str:
    """Return the last two parts of a path: ``PyPI/all.zip``, and nothing of where the user keeps it."""
    return "/".join(os.path.abspath(path).replace(os.sep, "/").split("/")[-2:])


def _now() -> str:
    from time import gmtime, strftime

    return strftime("%Y-%m-%dT%H:%M:%SZ", gmtime())

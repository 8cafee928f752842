"""Read the file of an incident, strictly: a mistyped key would be a thing that nobody looks for.

A file is TOML and has

* ``id``: lower case with hyphens, and the name of the file where it lies in ``rules/incidents``; ``title``;
  ``published``: a date; ``references``: public ids and addresses; ``partial``: what the file does not list;
* ``[[package]]``: ``ecosystem``, ``name``, ``versions`` (exact) or ``ranges`` (``[[first bad, first good after it]]``),
  ``window`` (two times, RFC 3339 in UTC, between which the bad releases could be had; wider where it is not known to
  the minute), ``runs`` (install, start or import), ``hashes`` (``sha256:hex`` of bad archives); many packages of one
  window may stand in one: ``releases`` (``["name 1.0 1.1", ...]``) instead of ``name``, ``versions``, ``ranges`` and
  ``hashes``;
* ``[markers]``: ``files`` (globs; ``~/`` is the home folder, ``/`` the machine, a name alone, and what
  begins with ``site-packages/``, is looked for where packages are installed, anything else below the named paths),
  ``hosts`` and ``processes``;
  ``[[markers.strings]]``: ``files`` (globs) and ``texts``;
* ``[[steal]]``: ``kind`` (a kind of ``depscan.incident.rotation``), ``detail``;
* ``[[clean]]``: ``phase`` (isolate, stop, remove, rotate, check), ``do``, ``why``.
"""

from __future__ import annotations

import re
from typing import Any

from depscan.ecosystems import ecosystem
from depscan.errors import InputError, RuleError
from depscan.incident.records import PHASES, RUNS, Bad, Incident, Markers, Steal, Step, Words
from depscan.incident.rotation import KINDS
from depscan.text.lines import locate_toml
from depscan.text.load import load_toml
from depscan.text.shape import array, required, string, strings, table, tables
from depscan.text.source import SourceFile, read_source

_KEYS = frozenset({"id", "title", "published", "references", "partial", "package", "markers", "steal", "clean"})
_PACKAGE = frozenset({"ecosystem", "name", "versions", "ranges", "window", "runs", "hashes"})
_PACKAGES = frozenset({"ecosystem", "releases", "window", "runs"})
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*").fullmatch
_DATE = re.compile(r"(?a)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])").fullmatch
_TIME = re.compile(r"(?a)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\dZ").fullmatch
_HASH = re.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}|sha1:[0-9a-f]{40}").fullmatch

Route = tuple[str | int, ...]


def read_incident(path: str) -> Incident:
    """Return the incident of a file.

    Raises:
        RuleError: the file cannot be read, or is of a wrong shape; names file and line.
    """
    try:
        source = read_source(path)
        return _Reader(source).incident()
    except InputError as error:
        raise RuleError(error.message, path=path, line=error.line) from None


class _Reader:
    """Reads one file and knows where in it things stand."""

    def __init__(self, source: SourceFile) -> None:
        self._source = source
        self._data = load_toml(source)

    def incident(self) -> Incident:
        """Return the incident.

        Raises:
            InputError: anything is missing, unknown or of a wrong shape.
        """
        data = self._data
        try:
            self._only(data, _KEYS, ())
            own = self._fits(required(data.get("id"), "id"), _ID, ("id",), "an id (lower case, digits, hyphens)")
            title = required(data.get("title"), "title")
            published = string(data.get("published"), "published")
            self._fits(published, _DATE, ("published",), "a date (YYYY-MM-DD in quotes)")
            references = tuple(strings(data.get("references"), "references"))
            partial = string(data.get("partial"), "partial")
            packages = tuple(
                bad for at, row in enumerate(self._rows("package")) for bad in self._packages(row, ("package", at))
            )
            markers = self._markers(table(data.get("markers"), "markers"))
            steal = tuple(self._steal(row, ("steal", at)) for at, row in enumerate(self._rows("steal")))
            clean = tuple(self._step(row, ("clean", at)) for at, row in enumerate(self._rows("clean")))
        except InputError as error:
            error.line = error.line or locate_toml(self._source, error.route)
            raise
        if not packages and not (markers.files or markers.strings or markers.hosts):
            raise self._source.error("names neither a package nor a marker: there is nothing to look for", 1)
        return Incident(own, title, published, references, partial, packages, markers, steal, clean)

    def _rows(self, key: str) -> list[dict[str, Any]]:
        return tables(self._data.get(key), key)

    def _packages(self, row: dict[str, Any], at: Route) -> list[Bad]:
        if "releases" not in row:
            return [self._package(row, at)]
        self._only(row, _PACKAGES, at)
        with _At(at):
            releases = [text.split() for text in strings(row["releases"], "releases")]
            if not releases or not all(len(words) > 1 for words in releases):
                raise InputError('releases should be texts such as "name 1.0 1.1"')
        shared = {key: value for key, value in row.items() if key != "releases"}
        return [self._package(shared | {"name": words[0], "versions": words[1:]}, at) for words in releases]

    def _package(self, row: dict[str, Any], at: Route) -> Bad:
        self._only(row, _PACKAGE, at)
        with _At(at):
            kind, raw = required(row.get("ecosystem"), "ecosystem"), required(row.get("name"), "name")
            rules = ecosystem(kind)
            if rules is None:
                raise InputError(f"{kind!r} is no ecosystem that depscan knows")
            versions = tuple(strings(row.get("versions"), "versions"))
            ranges = tuple(self._range(pair) for pair in array(row.get("ranges"), "ranges"))
            if not versions and not ranges:
                raise InputError("a package needs versions or ranges")
            for text in (*versions, *(text for pair in ranges for text in pair if text)):
                if rules.order(text) is None:
                    raise InputError(f"{text!r} is no version of {kind}")
            window = strings(row.get("window"), "window")
            if len(window) != 2 or not all(map(_TIME, window)) or window[0] > window[1]:  # noqa: PLR2004 - from, until
                raise InputError("window should be two times in order, such as 2026-03-24T10:39:00Z, in quotes")
            runs = required(row.get("runs"), "runs")
            if runs not in RUNS:
                raise InputError(f"runs should be one of {', '.join(RUNS)}, not {runs!r}")
            hashes = tuple(strings(row.get("hashes"), "hashes"))
            for text in hashes:
                self._fits(text, _HASH, (), "a hash (sha256:hex, sha512:hex, sha1:hex)")
        return Bad(kind, rules.normalise(raw), versions, ranges, window[0], window[1], runs, hashes)

    def _range(self, pair: Any) -> tuple[str, str]:  # noqa: ANN401 - any value of a TOML file
        texts = strings(pair, "a range")
        if len(texts) != 2 or not texts[0]:  # noqa: PLR2004 - the first bad version and the first good one
            raise InputError('a range should be [first bad version, first good version after it or ""]')
        return texts[0], texts[1]

    def _markers(self, row: dict[str, Any]) -> Markers:
        self._only(row, frozenset({"files", "strings", "hosts", "processes"}), ("markers",))
        with _At(("markers",)):
            words = []
            for one in tables(row.get("strings"), "strings"):
                self._only(one, frozenset({"files", "texts"}), ("markers", "strings"))
                words.append(
                    Words(tuple(strings(one.get("files"), "files")), tuple(strings(one.get("texts"), "texts")))
                )
                if not words[-1].files or not all(words[-1].texts) or not words[-1].texts:
                    raise InputError("strings need files and texts that are not empty")
            files, hosts, processes = (tuple(strings(row.get(k), k)) for k in ("files", "hosts", "processes"))
            for text in (*files, *(glob for one in words for glob in one.files)):
                if "**" in text or ".." in text or not text.strip("*/~"):
                    raise InputError(f"{text!r} is no glob that is looked for: no '**', no '..', and a name in it")
            if not all(len(host) > 3 for host in hosts):  # noqa: PLR2004 - shorter ones would be found anywhere
                raise InputError("a host should have more than three characters")
        return Markers(files, tuple(words), hosts, processes)

    def _steal(self, row: dict[str, Any], at: Route) -> Steal:
        self._only(row, frozenset({"kind", "detail"}), at)
        with _At(at):
            kind = required(row.get("kind"), "kind")
            if kind not in KINDS:
                raise InputError(f"{kind!r} is no kind of thing that is stolen: one of {', '.join(KINDS)}")
            return Steal(kind, string(row.get("detail"), "detail"))

    def _step(self, row: dict[str, Any], at: Route) -> Step:
        self._only(row, frozenset({"phase", "do", "why"}), at)
        with _At(at):
            phase = required(row.get("phase"), "phase")
            if phase not in PHASES:
                raise InputError(f"phase should be one of {', '.join(PHASES)}, not {phase!r}")
            return Step(phase, required(row.get("do"), "do"), string(row.get("why"), "why"))

    def _only(self, row: dict[str, Any], known: frozenset[str], at: Route) -> None:
        for key in row:
            if key not in known:
                error = InputError(f"unknown key {key!r}: one of {', '.join(sorted(known))}")
                error.route = (*at, key)
                raise error

    def _fits(self, text: str, pattern: Any, at: Route, what: str) -> str:  # noqa: ANN401 - a bound method of re
        if not pattern(text):
            error = InputError(f"{text[:80]!r} is not {what}")
            error.route = at
            raise error
        return text


class _At:
    """Gives errors that know no place the place of the table they are about."""

    def __init__(self, at: Route) -> None:
        self._at = at

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, InputError) and not error.route and not error.line:
            error.route = self._at

"""OSV records (https://ossf.github.io/osv-schema/) to advisories: facts only, no prose.

What has a wrong shape is said and counted. Where version facts are there but cannot be read, the advisory
keeps a range that is never decided, so that a broken record is not an answer of "unaffected".
"""

from __future__ import annotations

from typing import Any, NamedTuple

from depscan.ecosystems import ecosystem
from depscan.intel.severity import from_word, rate
from depscan.model.advisory import MALICIOUS, UNREADABLE, VULNERABILITY, Advisory, Range
from depscan.model.finding import Severity

_KEPT_RANGES = frozenset({"ECOSYSTEM", "SEMVER"})
_WORD_TYPES = frozenset({"Ubuntu"})
_MAX_ID = 200
_MAX_NAME = 1000


class Reading(NamedTuple):
    """The advisories of one record, and what of it could not be understood."""

    advisories: list[Advisory]
    problems: list[str]


def read_record(record: Any) -> Reading:  # noqa: ANN401 - whatever a JSON or YAML file holds
    """Return one advisory per affected package of an OSV record; never raises for a wrong shape."""
    if not isinstance(record, dict) or not _short(record.get("id"), _MAX_ID):
        return Reading([], ["no OSV record: it has no id"])
    problems: list[str] = []
    affected = record.get("affected")
    if not isinstance(affected, list):
        if affected is not None:
            problems.append("affected is no list")
        elif not record.get("withdrawn"):
            problems.append("names no affected package")
        return Reading([], problems)
    advisories = [a for entry in affected if (a := _advisory(record, entry, problems)) is not None]
    return Reading(advisories, problems)


def _advisory(record: dict[str, Any], entry: Any, problems: list[str]) -> Advisory | None:  # noqa: ANN401
    package = entry.get("package") if isinstance(entry, dict) else None
    if package is None and isinstance(entry, dict) and entry.get("ranges"):
        return None  # a record about a repository, with commits only: allowed, and nothing to look up
    where = package.get("ecosystem") if isinstance(package, dict) else None
    name = package.get("name") if isinstance(package, dict) else None
    if not _short(where, _MAX_ID) or not _short(name, _MAX_NAME):
        problems.append("an affected entry names no package and ecosystem")
        return None
    assert isinstance(where, str)  # noqa: S101 - for the type checker: _short said so
    assert isinstance(name, str)  # noqa: S101
    rules = ecosystem(where)
    aliases = tuple(dict.fromkeys(a for a in _texts(record.get("aliases"), "aliases", problems) if a))
    malicious = any(i.startswith("MAL-") for i in (record["id"], *aliases))
    ranges, versions, listed = _facts(entry, problems)
    score, word, vectors = _severity(record, entry, problems)
    return Advisory(
        id=record["id"],
        kind=MALICIOUS if malicious else VULNERABILITY,
        ecosystem=where,
        package=rules.normalise(name) if rules else name,
        aliases=aliases,
        ranges=ranges,
        versions=versions,
        listed=listed,
        severity=Severity.MALICIOUS if malicious else word,
        score=score,
        vectors=vectors,
        published=_time(record.get("published"), "published", problems),
        modified=_time(record.get("modified"), "modified", problems),
        withdrawn=_withdrawn(record.get("withdrawn"), problems),
    )


def _facts(entry: dict[str, Any], problems: list[str]) -> tuple[tuple[Range, ...], tuple[str, ...], bool]:
    """Return ranges, versions and whether a list of versions decides what the ranges cannot."""
    before = len(problems)
    texts = _texts(entry.get("versions"), "versions", problems)
    whole = len(problems) == before
    ranges: list[Range] = [] if whole else [UNREADABLE]
    given = entry.get("ranges")
    if given not in (None, "") and not isinstance(given, list):
        problems.append("ranges is no list")
        return (UNREADABLE,), texts, bool(texts) and whole
    for item in given or ():
        kind = item.get("type") if isinstance(item, dict) else None
        if not isinstance(kind, str):
            problems.append("a range has no type")
            ranges.append(UNREADABLE)
        elif kind != "GIT":
            ranges.append(Range(kind, _events(item.get("events"), problems)))
    if given and not ranges and not texts:
        ranges.append(Range("GIT", ()))  # commits only: nothing here can be decided by a version
    return tuple(ranges), texts, bool(texts) and whole


def _events(given: Any, problems: list[str]) -> tuple[tuple[str, str], ...]:  # noqa: ANN401
    if not isinstance(given, list) or not given:
        problems.append("a range has no events")
        return UNREADABLE.events
    events: list[tuple[str, str]] = []
    for event in given:
        pairs = list(event.items()) if isinstance(event, dict) else []
        if not pairs or not all(isinstance(k, str) and isinstance(v, str) and v for k, v in pairs):
            problems.append("an event of a range is no pair of kind and version")
            events.extend(UNREADABLE.events)
        else:
            events.extend(pairs)
    return tuple(events)


def _severity(
    record: dict[str, Any], entry: dict[str, Any], problems: list[str]
) -> tuple[float, Severity, tuple[str, ...]]:
    vectors: list[str] = []
    words: list[str] = []
    for holder in (entry, record):
        given = holder.get("severity")
        if given not in (None, "") and not isinstance(given, list):
            problems.append("severity is no list")
            continue
        for item in given or ():
            kind, text = (item.get("type"), item.get("score")) if isinstance(item, dict) else (None, None)
            if not isinstance(kind, str) or not isinstance(text, str):
                problems.append("a severity has no type and score")
            elif kind in _WORD_TYPES:
                words.append(text)
            else:
                vectors.append(text)
        specific = holder.get("database_specific")
        if isinstance(specific, dict) and isinstance(specific.get("severity"), str):
            words.append(specific["severity"])
    score, word, ordered = rate(vectors)
    return score, word or max(map(from_word, words), default=Severity.UNKNOWN), ordered


def _texts(given: Any, what: str, problems: list[str]) -> tuple[str, ...]:  # noqa: ANN401
    if given is None or given == "":  # "" is how a YAML file says it
        return ()
    if not isinstance(given, list):
        problems.append(f"{what} is no list")
        return ()
    if not all(isinstance(item, str) for item in given):
        problems.append(f"{what} holds something that is no text")
    return tuple(item for item in given if isinstance(item, str))


def _withdrawn(given: Any, problems: list[str]) -> str:  # noqa: ANN401
    """Return the time of withdrawal; a broken one does not withdraw a record."""
    return _time(given, "withdrawn", problems) if given is not None else ""


def _time(given: Any, what: str, problems: list[str]) -> str:  # noqa: ANN401
    """Return an RFC 3339 time in UTC to the second, as OSV demands it; "" when there is none."""
    if given is None:
        return ""
    if isinstance(given, str) and len(given) >= 11 and given[10] in "Tt" and given[:4].isdigit() and given[4] == "-":  # noqa: PLR2004
        return given[:19].upper() + "Z"
    if isinstance(given, str) and len(given) == 10 and given[:4].isdigit() and given[4] == given[7] == "-":  # noqa: PLR2004
        return given + "T00:00:00Z"
    problems.append(f"{what} is no time")
    return ""


def _short(given: Any, limit: int) -> bool:  # noqa: ANN401
    return isinstance(given, str) and 0 < len(given) <= limit

"""Advisories: what matching needs of an OSV record, and nothing that is prose."""

from typing import NamedTuple

from depscan.model.finding import Severity

VULNERABILITY, MALICIOUS = "vulnerability", "malicious"
AFFECTED, UNAFFECTED, UNDECIDABLE, NAMED = "affected", "unaffected", "undecidable", "named"


_SIGNS = {"introduced": ">=", "fixed": "<", "last_affected": "<=", "limit": "below limit"}
_SHOWN_VERSIONS = 20


class Range(NamedTuple):
    """One ``affected[].ranges[]`` of an OSV record (https://ossf.github.io/osv-schema/#affectedranges-field).

    Attributes:
        type: ECOSYSTEM or SEMVER; GIT ranges are left out, other words are kept and cannot be decided.
        events: (kind, version) in the order of the record; kind is introduced, fixed, last_affected or
            limit. Any other kind, such as "unreadable", makes the range undecidable.
    """

    type: str
    events: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """Return the range in the usual signs, such as ``>= 1.0, < 1.2``."""
        if self.everything:
            return "every version"
        signs = [f"{_SIGNS.get(kind, kind)} {version}" for kind, version in self.events]
        return ", ".join(signs) or f"{self.type} only"

    @property
    def everything(self) -> bool:
        """Return whether the range holds every version there is or will be."""
        return ("introduced", "0") in self.events and all(kind == "introduced" for kind, _ in self.events)


UNREADABLE = Range("ECOSYSTEM", (("unreadable", ""),))
"""Stands for version facts of a record that are there but have a wrong shape: never decided, never dropped."""


class Advisory(NamedTuple):
    """What one OSV record says about one package.

    Attributes:
        id: the record's id.
        kind: vulnerability, or malicious for a record of the malicious-packages database (``MAL-``) and
            for one that names such a record as its alias.
        ecosystem: OSV's name of it.
        package: name, normalised by the ecosystem's rules.
        aliases: other ids of the same thing, as the record gives them.
        ranges: version ranges without GIT ones.
        versions: listed versions. Of vulnerabilities only those that ``ranges`` does not hold already:
            the index leaves out what changes no answer.
        listed: the record came with a list of versions; the list then decides what ranges cannot.
        severity: word computed from the vectors when the index was built.
        score: CVSS base score, 0.0 to 10.0; -1.0 when unknown.
        vectors: CVSS vector texts; the one behind ``score`` first.
        published, modified, withdrawn: RFC 3339 times; "" when the record has none.
        origin: osv, or names for an entry of a list of malicious names that has no versions.
    """

    id: str
    kind: str
    ecosystem: str
    package: str
    aliases: tuple[str, ...] = ()
    ranges: tuple[Range, ...] = ()
    versions: tuple[str, ...] = ()
    listed: bool = False
    severity: Severity = Severity.UNKNOWN
    score: float = -1.0
    vectors: tuple[str, ...] = ()
    published: str = ""
    modified: str = ""
    withdrawn: str = ""
    origin: str = "osv"

    @property
    def whole_package(self) -> bool:
        """Return whether every version is said to be affected, by a range that starts at 0 and never ends."""
        return any(r.everything for r in self.ranges)

    def affected_texts(self) -> list[str]:
        """Return the affected versions in words a person reads: one line per range, one for the list."""
        texts = [r.text for r in self.ranges]
        if self.versions:
            more = len(self.versions) - _SHOWN_VERSIONS
            listed = ", ".join(self.versions[:_SHOWN_VERSIONS])
            texts.append(f"{listed} and {more} more" if more > 0 else listed)
        return texts


class Match(NamedTuple):
    """An advisory that concerns a package.

    Attributes:
        advisory: the advisory.
        status: affected, undecidable, or named (only a list of malicious names without versions says so).
        broad: the version is hit only because the record calls every version malicious; it lists none, or
            others. On the name of a living, popular project such a record means single releases: a note.
    """

    advisory: Advisory
    status: str
    broad: bool = False

"""Findings: what is wrong, with whom, how bad, where it shows and what to do."""

from enum import IntEnum
from typing import NamedTuple

from depscan.model.location import Location


class Severity(IntEnum):
    """How bad a finding is. MALICIOUS stands above CRITICAL: it is a hostile package, not a flaw."""

    UNKNOWN = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4
    MALICIOUS = 5

    @property
    def word(self) -> str:
        """Return the lower-case word used in every report and in the policy."""
        return self.name.lower()


class Confidence(IntEnum):
    """How sure depscan is that the finding is true."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3

    @property
    def word(self) -> str:
        """Return the lower-case word used in every report."""
        return self.name.lower()


class Evidence(NamedTuple):
    """A place that shows the finding; ``role`` is primary or related."""

    location: Location
    role: str = "primary"


class Finding(NamedTuple):
    """One statement about one subject.

    Attributes:
        rule: id of the rule or check outcome, such as ``advisory/vulnerable``.
        klass: malicious, vulnerability, name, behaviour, loading, integrity, trust, policy or coverage.
        severity, confidence: see the enums.
        subject: purl of the package, or path of the file.
        message: one sentence in plain words.
        ids: every id and alias of the advisory behind it, sorted by preference; empty otherwise.
        status: affected, undecidable or "" where the word has no meaning.
        evidence: exactly one with role primary comes first.
        fix: what to do now, one sentence.
        fixed_version: lowest version that clears every advisory of this package; "" when none is known.
        fits: whether ``fixed_version`` satisfies every constraint of the parents; None when unknown.
        references: URLs or ids for further reading.
        via: shortest paths of node ids from a root to the subject.
        vector: CVSS vector text; "" when unknown.
        published: RFC 3339 time of the advisory; "" when unknown.
    """

    rule: str
    klass: str
    severity: Severity
    confidence: Confidence
    subject: str
    message: str
    ids: tuple[str, ...] = ()
    status: str = ""
    evidence: tuple[Evidence, ...] = ()
    fix: str = ""
    fixed_version: str = ""
    fits: bool | None = None
    references: tuple[str, ...] = ()
    via: tuple[tuple[str, ...], ...] = ()
    vector: str = ""
    published: str = ""

    @property
    def primary(self) -> Location:
        """Return where the finding shows first."""
        return self.evidence[0].location if self.evidence else Location("")


def fingerprint(finding: Finding) -> str:
    """Return 32 hex digits that stay equal while lines move and other findings come and go.

    Made of rule, subject without version, the advisory's preferred id or the evidence text without
    white space, and the file's path. Baselines, exceptions and drift hang on it.
    """
    from hashlib import sha256

    subject = finding.subject.partition("@")[0] if "@" in finding.subject else finding.subject
    text = finding.ids[0] if finding.ids else "".join(finding.primary.text.split())
    parts = (finding.rule, subject, text, finding.primary.path)
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]

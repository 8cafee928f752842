"""The text behind a rule: what ``depscan explain`` prints and reports link to."""

from typing import NamedTuple

from depscan.model.finding import Severity


class Rule(NamedTuple):
    """One kind of finding.

    Attributes:
        id: ``family/slug``.
        title: names the bad thing.
        klass: see ``Finding.klass``.
        severity: the usual one; advisories carry their own.
        what, why, fix, false_positives: the page, one paragraph each.
    """

    id: str
    title: str
    klass: str
    severity: Severity
    what: str
    why: str
    fix: str
    false_positives: str

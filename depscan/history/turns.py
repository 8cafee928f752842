"""What ``turned`` found, in words: each statement once, with the names of the repositories."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from depscan.history.database import chunked
from depscan.history.holders import bits
from depscan.history.records import finding_of
from depscan.history.sameness import statement
from depscan.history.turned import NOTHING
from depscan.policy.decide import decide

if TYPE_CHECKING:
    from collections.abc import Mapping

    from depscan.history.database import Database
    from depscan.history.turned import Turned
    from depscan.model.decision import Decision
    from depscan.model.finding import Finding
    from depscan.policy.policy import Policy


class Turn(NamedTuple):
    """A finding that came or went.

    Attributes:
        rule, severity: of the finding; the severity is a word.
        subject: purl or path.
        message: one sentence.
        ids: of advisories.
        repositories: to which it came, or from which it went; sorted.
        cause: advisories (what is known changed) or repositories (what they have changed).
        action: block or warn, by the policy.
    """

    rule: str
    severity: str
    subject: str
    message: str
    ids: tuple[str, ...]
    repositories: tuple[str, ...]
    cause: str
    action: str


class Turns(NamedTuple):
    """See ``Turned``; the worst first. What the policy accepts is left out."""

    new: tuple[Turn, ...] = ()
    reached: tuple[Turn, ...] = ()
    cleared: tuple[Turn, ...] = ()
    freed: tuple[Turn, ...] = ()


class _Read(NamedTuple):
    finding: Finding
    statement: int
    decision: Decision


def turns(database: Database, found: Turned, policy: Policy, today: str) -> Turns:
    """Return what came and went.

    Args:
        database: of the store.
        found: by ``turned``.
        policy: what blocks and what is accepted.
        today: the day exceptions are measured against.
    """
    if found is NOTHING:
        return Turns()
    every = {own for some in found[:4] for own in some}
    waived = {w.id for w in policy.exceptions}
    texts: dict[int, _Read] = {}
    for own, mark, text in chunked(database, "SELECT id, fingerprint, more FROM finding WHERE id", every):
        row = json.loads(text)
        finding = finding_of(row)
        said = hash(statement(row, mark if mark in waived else ""))
        texts[own] = _Read(finding, said, decide([finding], policy, today)[0])
    names: dict[int, str] = dict(database.rows("SELECT id, name FROM repository"))
    told = [_told(some, texts, names, found) for some in found[:4]]
    return Turns(*told)


def _told(
    some: Mapping[int, int], texts: Mapping[int, _Read], names: Mapping[int, str], found: Turned
) -> tuple[Turn, ...]:
    groups: dict[int, list[int]] = {}
    for own in some:
        if texts[own].decision.action != "allow":
            groups.setdefault(texts[own].statement, []).append(own)
    made = []
    for ids in groups.values():
        one, action = texts[ids[0]].finding, texts[ids[0]].decision.action
        whose = {names[bit] for own in ids for bit in bits(some[own])}
        cause = "advisories" if found.known & set(ids) else "repositories"
        turn = Turn(one.rule, one.severity.word, one.subject, one.message, one.ids, tuple(sorted(whose)), cause, action)
        made.append((action != "block", -one.severity, turn))
    return tuple(turn for *_, turn in sorted(made))

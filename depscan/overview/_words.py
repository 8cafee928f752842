"""What Markdown and digest say in the same words; scanned text is escaped by whoever shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from depscan.text.count import counted
from depscan.text.escape import markdown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from depscan.overview.records import Overview, Told

SIGNS = {"clean": "✅", "warnings": "⚠️", "blocked": "⛔"}
"""Beside the word, never in its place; everything else is a question mark."""

ACTIONS = {"block": "blocked", "warn": "warning", "allow": "accepted"}


class Counts(NamedTuple):
    """Figures of a night.

    Attributes:
        repositories, unreadable: that were read, and that could not be.
        packages: distinct ones; 0 where no trend says it.
        blocked, warned, accepted: findings, each once however many repositories it reaches.
        reached: repositories that something blocked reaches.
        new: findings that no repository had in the night before.
        wider: known ones that reach repositories which did not have them.
        cleared: findings that nobody has any more.
        freed: those that somebody still has, and some repositories have got rid of.
        missing: things that the policy needs and that were not looked at.
    """

    repositories: int
    unreadable: int
    packages: int
    blocked: int
    warned: int
    accepted: int
    reached: int
    new: int
    wider: int
    cleared: int
    freed: int
    missing: int


def counts(overview: Overview) -> Counts:
    """Return the figures of a night."""
    actions = [told.action for told in overview.findings]
    unreadable = sum(bool(m.problem) for m in overview.members)
    return Counts(
        len(overview.members) - unreadable,
        unreadable,
        overview.points[-1].packages if overview.points else 0,
        actions.count("block"),
        actions.count("warn"),
        actions.count("allow"),
        sum(m.blocked > 0 for m in overview.members),
        sum(told.new for told in standing(overview)),
        sum(not told.new for told in fresh(overview)),
        len(overview.cleared),
        overview.freed,
        sum(gap.needed for gap in overview.gaps),
    )


def answer(overview: Overview) -> str:
    """Return what the night says in one or two sentences, free of scanned text."""
    held = counts(overview)
    unread = f" ({held.unreadable:,} unreadable)" if held.unreadable else ""
    scope = f"{counted(held.repositories, 'repository')} read{unread}, {counted(held.packages, 'package')}"
    shown = ((held.blocked, "blocked"), (held.warned, "to look at"), (held.accepted, "accepted"))
    parts = [f"{amount:,} {word}" for amount, word in shown if amount]
    total = held.blocked + held.warned + held.accepted
    found = f"{counted(total, 'finding')} ({', '.join(parts)})" if parts else "no findings"
    reach = f"; what is blocked reaches {counted(held.reached, 'repository')}" if held.blocked else ""
    missing = counted(held.missing, "thing")
    gap = f" {missing} that the policy needs could not be looked at." if held.missing else ""
    return f"{scope}: {found}{reach}.{gap}"


def since_before(overview: Overview) -> str:
    """Return what changed since the night before, free of scanned text."""
    if not overview.previous:
        return "This is the first night: there is none to compare it with."
    held = counts(overview)
    wider = f", {held.wider:,} known reaching further" if held.wider else ""
    freed = f", {held.freed:,} that some repositories got rid of" if held.freed else ""
    since = f"Since the night of {markdown(overview.previous[:10])}"
    return f"{since}: {held.new:,} new{wider}; {held.cleared:,} cleared{freed}."


def fresh(overview: Overview) -> list[Told]:
    """Return what is new since the night before or reaches a repository it did not, and is not accepted."""
    return [t for t in overview.findings if t.action != "allow" and (t.new or any(h.new for h in t.hits))]


def standing(overview: Overview) -> list[Told]:
    """Return what is not accepted, worst first."""
    return [t for t in overview.findings if t.action != "allow"]


def together(findings: Iterable[Told]) -> list[list[Told]]:
    """Return the findings of one subject and action together, in the order of the worst of each."""
    groups: dict[tuple[str, str], list[Told]] = {}
    for told in findings:
        groups.setdefault((told.subject, told.action), []).append(told)
    return list(groups.values())


def several(group: Sequence[Told]) -> str:
    """Return "14 advisories", or "3 findings" where something else is among them."""
    advised = all(told.rule.startswith("advisory/") for told in group)
    return counted(len(group), "advisory" if advised else "finding")


def severity(told: Told) -> str:
    """Return the severity in words; what cannot be decided says that instead."""
    return "undecided" if told.status == "undecidable" else told.severity


def subject(told: Told) -> str:
    """Return name and version of what a finding is about, or the file."""
    return f"{told.name} {told.version}" if told.version else told.name


def repositories(told: Told, *, new: bool = False) -> list[str]:
    """Return the repositories that a finding reaches, sorted; with ``new``, those it did not reach before."""
    return sorted({h.repository for h in told.hits if h.new or not new})


def owners(told: Told) -> list[str]:
    """Return whose repositories a finding reaches, sorted."""
    return sorted({h.owner for h in told.hits if h.owner})


def some(names: Sequence[str], most: int) -> tuple[list[str], str]:
    """Return the first few names, and how many more there are (``" and 3 more"``)."""
    left = len(names) - most
    return list(names[:most]), f" and {left:,} more" if left > 0 else ""

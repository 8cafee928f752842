"""The short account of a night: for a person, and as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from depscan.history.database import shown
from depscan.history.sameness import label
from depscan.model.result import VERDICTS
from depscan.text.count import counted
from depscan.text.escape import terminal
from depscan.version import __version__

if TYPE_CHECKING:
    from depscan.fleet.digest import Digest, Told
    from depscan.fleet.gaps import Gap
    from depscan.nightly import Done

SCHEMA = 1
_SHOWN = 10
_WHAT = {
    "input": "files that are not what they claim to be",
    "unpinned": "packages without an exact version",
    "ecosystem": "packages the advisories say nothing about",
    "index": "advisories and names",
    "crash": "files that end whoever reads them",
    "revision": "files that are not in the clone",
}


def as_text(done: Done) -> str:
    """Return what a person reads in the morning."""
    said = done.digest
    day = done.started.replace("T", " ").replace("Z", " UTC")
    shard = f" of {_count(said.repositories)} in the store" if said.repositories != done.repositories else ""
    repositories = (
        f"{_count(done.repositories)}{shard}: {_count(done.read)} read, {_count(done.unchanged)} unchanged or alike,"
        f" {_count(len(said.unreadable))} unreadable"
    )
    lines = [
        f"{VERDICTS[said.verdict].upper()}: night {said.night}, {day}",
        "",
        f"  repositories  {repositories}",
        f"  packages      {_count(said.packages)}",
        f"  findings      {_counts(said)}",
        f"  advisories    {_advisories(done)}",
        f"  time          {done.seconds:.1f} s; {done.cpu:.1f} s of processors for reading",
    ]
    subjects, gone = said.subjects
    lines += _findings("New, the worst first" if said.previous else "The worst", said.news, subjects)
    lines += _findings("Cleared: nobody has it any more", said.gone, gone)
    if said.left:
        lines += ["", "Not looked at although the policy needs it:", *map(_gap, said.left[:_SHOWN])]
        lines += _more(len(said.left))
    if done.unjudged:
        lines += ["", "Packages were not judged in this night: what was found of them before still stands, and nothing",
                  "is known of new ones."]  # fmt: skip
    return "\n".join(lines) + "\n"


def as_json(done: Done) -> str:
    """Return the same for a program."""
    said = done.digest
    made = {
        "schema_version": SCHEMA,
        "tool": __version__,
        "night": said.night,
        "started": done.started,
        "previous": said.previous,
        "verdict": said.verdict,
        "exit_code": said.exit_code,
        "store": shown(done.store),
        "repositories": {
            "all": said.repositories,
            "visited": done.repositories,
            "read": done.read,
            "unchanged": done.unchanged,
            "unreadable": [{"name": name, "why": why} for name, why in said.unreadable],
        },
        "packages": said.packages,
        "findings": {
            "blocked": said.blocked,
            "warned": said.warned,
            "new": said.new,
            "reached": said.reached,
            "cleared": said.cleared,
            "freed": said.freed,
        },
        "new": [one._asdict() for one in said.news if said.previous],
        "worst": [one._asdict() for one in said.news if not said.previous],
        "cleared": [one._asdict() for one in said.gone],
        "not_looked_at": [{**one._asdict(), "repositories": len(one.repositories)} for one in said.left],
        "advisories": done.snapshot,
        "unjudged": done.unjudged,
        "seconds": round(done.seconds, 3),
        "cpu_seconds": round(done.cpu, 3),
    }
    return json.dumps(made, indent=2) + "\n"


def _counts(said: Digest) -> str:
    standing = f"{_count(said.blocked)} blocked, {_count(said.warned)} warned of"
    if not said.previous:
        return f"{standing}; the first night: there is none to compare it with"
    more = f", {_count(said.reached)} that reach further" if said.reached else ""
    rid = f", {_count(said.freed)} that some have got rid of" if said.freed else ""
    return f"{standing}; {_count(said.new)} new{more}; {_count(said.cleared)} cleared{rid}"


def _findings(title: str, told: tuple[Told, ...], subjects: int) -> list[str]:
    if not told:
        return []
    gone = title.startswith("Cleared")
    return ["", f"{title}:", *(_line(one, gone=gone) for one in told[:_SHOWN]), *_more(subjects)]


def _line(one: Told, *, gone: bool) -> str:
    """Return the findings of one subject: what the worst says, or how many there are and what clears them."""
    name, fix = label(one.subject), ""
    text = terminal(one.message if name.split(" ")[0] in one.message else f"{name}: {one.message}", 200)
    if one.findings > 1:
        known = one.rule.startswith("advisory/")
        text = f"{terminal(name, 100)}: {one.findings:,} {'advisories' if known else 'findings'}"
    if one.fix and not gone and (one.findings > 1 or one.rule == "advisory/vulnerable"):
        fix = f"; {terminal(one.fix, 100)}"
    return f"  {one.action:5} {one.severity:9} {text}{fix}; {counted(one.repositories, 'repository')}"


def _gap(one: Gap) -> str:
    count = len(one.repositories)
    case = ": ".join(terminal(text, 200) for text in (one.what, one.why) if text)
    if one.kind == "repository":
        return f"  {counted(count, 'repository')} that cannot be read; {case}" if count else f"  {case}"
    who = f" in {counted(count, 'repository')}" if count else ""
    return f"  {_WHAT.get(one.kind, terminal(one.kind))}{who}; {case}"


def _more(count: int) -> list[str]:
    return [f"  and {_count(count - _SHOWN)} more"] if count > _SHOWN else []


def _advisories(done: Done) -> str:
    if not done.snapshot:
        return "none could be used"
    return f"of {terminal(str(done.snapshot['newest'])[:10])}, {counted(done.snapshot['age_days'], 'day')} old"


def _count(number: int) -> str:
    return f"{number:,}"

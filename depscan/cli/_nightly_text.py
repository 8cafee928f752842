"""The short account of a night: for a person, and as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from depscan.text.escape import terminal
from depscan.version import __version__

if TYPE_CHECKING:
    from depscan.fleet.digest import Told
    from depscan.nightly import Done

SCHEMA = 1
_SHOWN = 10
_VERDICTS = ("clean", "blocked", "bad input", "nothing to scan", "incomplete")
_WHAT = {
    "input": "files that are not what they claim to be",
    "unpinned": "packages without an exact version",
    "ecosystem": "packages the advisories say nothing about",
    "repository": "repositories that cannot be read",
    "index": "advisories and names",
    "crash": "files that end whoever reads them",
    "revision": "files that are not in the clone",
}


def as_text(done: Done) -> str:
    """Return what a person reads in the morning."""
    said = done.digest
    day = done.started.replace("T", " ").replace("Z", " UTC")
    repositories = (
        f"{_count(done.repositories)}: {_count(done.read)} read, {_count(done.unchanged)} unchanged or alike,"
        f" {_count(len(done.unreadable))} unreadable"
    )
    findings = (
        f"{_count(said.blocked)} blocked, {_count(said.warned)} warned of; {_count(said.new)} new,"
        f" {_count(said.cleared)} cleared"
    )
    lines = [
        f"{_VERDICTS[said.exit_code].upper()}: night {said.night}, {day}",
        "",
        f"  repositories  {repositories}",
        f"  packages      {_count(said.packages)}",
        f"  findings      {findings}",
        f"  advisories    {_advisories(done)}",
        f"  time          {done.seconds:.1f} s; {done.cpu:.1f} s of processors for reading",
    ]
    lines += _findings("New, the worst first", said.news, said.new)
    lines += _findings("Cleared", said.gone, said.cleared)
    if said.left:
        lines += ["", "Not looked at although the policy needs it:"]
    for one in said.left:
        who = f" in {_repositories(one.repositories)}" if one.repositories and one.kind != "repository" else ""
        count = f"{_count(one.repositories)} " if one.kind == "repository" else ""
        case = ": ".join(terminal(text, 200) for text in (one.what, one.why) if text)
        lines.append(f"  {count}{_WHAT.get(one.kind, terminal(one.kind))}{who}; {case}")
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
        "verdict": _VERDICTS[said.exit_code].replace(" ", "-"),
        "exit_code": said.exit_code,
        "store": done.store,
        "repositories": {
            "all": done.repositories,
            "read": done.read,
            "unchanged": done.unchanged,
            "unreadable": [{"name": name, "why": why} for name, why in done.unreadable],
        },
        "packages": said.packages,
        "findings": {"blocked": said.blocked, "warned": said.warned, "new": said.new, "cleared": said.cleared},
        "new": [one._asdict() for one in said.news],
        "cleared": [one._asdict() for one in said.gone],
        "not_looked_at": [one._asdict() for one in said.left],
        "advisories": done.snapshot,
        "unjudged": done.unjudged,
        "seconds": round(done.seconds, 3),
        "cpu_seconds": round(done.cpu, 3),
    }
    return json.dumps(made, indent=2) + "\n"


def _findings(title: str, told: tuple[Told, ...], count: int) -> list[str]:
    if not told:
        return []
    lines = ["", f"{title}:"]
    for one in told[:_SHOWN]:
        lines.append(
            f"  {one.action:5} {one.severity:9} {terminal(one.message, 160)}; {_repositories(one.repositories)}"
        )
        if one.action == "block" and one.fix and title != "Cleared":
            lines.append(f"{'':18}{terminal(one.fix, 160)}")
    if count > _SHOWN:
        lines.append(f"  and {_count(count - min(len(told), _SHOWN))} more")
    return lines


def _repositories(count: int) -> str:
    return "1 repository" if count == 1 else f"{_count(count)} repositories"


def _advisories(done: Done) -> str:
    if not done.snapshot:
        return "none could be used"
    return f"of {terminal(str(done.snapshot['newest'])[:10])}, {done.snapshot['age_days']} days old"


def _count(number: int) -> str:
    return f"{number:,}"

"""Say what changed since the night before: repositories, packages, findings.

depscan history changed
depscan history changed --since 2026-11-20 --format markdown

A finding is new when no repository of the fleet had it, in whichever version; one that the fleet had and that further
repositories have now is told apart. What cannot be read counts with what it said when it was read last: not looked at
is not gone. What the policy of the night accepts is not told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from depscan.cli import _nights
from depscan.cli._arguments import write

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable, Iterable

    from depscan.history.changed import Change, Changes
    from depscan.history.records import Night, Node
    from depscan.history.turns import Turn

    Escape = Callable[[str, int], str]

_TITLES = {"new": "new repositories", "gone": "repositories that are gone", "unreadable": "cannot be read any more",
           "readable": "can be read again", "changed": "changed repositories",
           "revision": "new commits that change nothing of what is trusted"}  # fmt: skip
_FINDINGS = {"new": "new findings", "reached": "known findings that reach further repositories",
             "cleared": "findings that are cleared: nobody has them any more",
             "freed": "findings that some repositories got rid of"}  # fmt: skip
_MOVES = 8


def configure(parser: ArgumentParser) -> None:
    """Add the arguments."""
    since = "compare with the last night on or before this day (or with this number)"
    parser.add_argument("--since", default="", metavar="DATE|N", help=since)
    parser.add_argument("--config", default="", metavar="FILE", help="policy file instead of that of the night")
    _nights.add_question(parser)


def run(args: Namespace) -> int:
    """Answer; exit 0 whatever changed."""
    with _nights.opened(args) as store:
        found = _found(store.database, args.night, args.since, args.config)
    if args.format == "json":
        _nights.write_json(_json(found), args.output)
    else:
        write("\n".join(_lines(found, markdown=args.format == "markdown")) + "\n", args.output)
    return 0


def _found(database: Any, night: str, since: str, config: str) -> Changes:  # noqa: ANN401 - the database of the store
    from depscan.api import time_of_scan
    from depscan.errors import UsageError
    from depscan.history.changed import changed
    from depscan.history.read import night_of
    from depscan.history.ruling import policy_of

    now = night_of(database, night)
    before = night_of(database, since) if since else None
    if before is not None and before.id >= now.id:
        raise UsageError(f"is not before night {now.id} ({now.started[:10]})", path=f"--since {since}")
    return changed(database, now, before, policy_of(now, config), time_of_scan()[:10])


def _json(found: Changes) -> dict[str, Any]:
    return {
        "schema_version": _nights.SCHEMA_VERSION,
        "night": _nights.night_json(found.now),
        "before": None if found.before is None else _nights.night_json(found.before),
        "repositories": [_change(one) for one in found.repositories],
        "packages_arrived": [
            {**_package(one.package), "again": one.again, "repositories": one.repositories} for one in found.arrived
        ],
        "packages_left": [_package(node) for node in found.left],
        "findings_new": [one._asdict() for one in found.findings.new],
        "findings_reached": [one._asdict() for one in found.findings.reached],
        "findings_cleared": [one._asdict() for one in found.findings.cleared],
        "findings_freed": [one._asdict() for one in found.findings.freed],
    }


def _change(one: Change) -> dict[str, Any]:
    return {
        "repository": one.repository.name,
        "owner": one.repository.owner,
        "what": one.what,
        "revision_before": one.revisions[0],
        "revision": one.revisions[1],
        "problem": one.problem,
        "added": [_package(node) for node in one.added],
        "removed": [_package(node) for node in one.removed],
        "moved": [move._asdict() for move in one.moved],
    }


def _package(node: Node) -> dict[str, Any]:
    return {"package": node.purl, "ecosystem": node.ecosystem, "name": node.name, "version": node.version}


class _Writer:
    """Lines of an answer as text or Markdown."""

    def __init__(self, *, markdown: bool) -> None:
        from depscan.text import escape

        self.escape: Escape = escape.markdown if markdown else escape.terminal
        self.arrow = "->" if not markdown else "-&gt;"
        self._markdown = markdown
        self.lines: list[str] = []

    def title(self, text: str, count: int) -> None:
        self.lines += ["", f"### {text} ({count:,})", ""] if self._markdown else ["", f"{text} ({count:,})"]

    def items(self, items: list[tuple[str, list[str]]]) -> None:
        """Add the first items, each with lines below it."""
        for head, below in items[: _nights.SHOWN]:
            self.lines.append(f"- {head}" if self._markdown else f"  {head}")
            self.lines += [f"  - {line}" if self._markdown else f"    {line}" for line in below]
        more = len(items) - _nights.SHOWN
        if more > 0:
            text = f"and {more:,} more (--format json lists all)"
            self.lines.append(f"- {text}" if self._markdown else f"  {text}")


def _lines(found: Changes, *, markdown: bool) -> list[str]:
    out = _Writer(markdown=markdown)
    if found.before is None:
        return [f"{_nights.night_words(found.now)}: the first night of this store, nothing to compare it with"]
    out.lines.append(_head(found, found.before))
    for what, title in _TITLES.items():
        items = [(_repository(out, one), _moves(out, one)) for one in found.repositories if one.what == what]
        if items:
            out.title(title, len(items))
            out.items(items)
    _packages(out, found)
    for name, title in _FINDINGS.items():
        turns: tuple[Turn, ...] = getattr(found.findings, name)
        if turns:
            out.title(title, len(turns))
            out.items([_turn(out, group) for group in _by_subject(turns)])
    if len(out.lines) == 1:
        out.lines.append("nothing changed")
    return out.lines


def _head(found: Changes, before: Night) -> str:
    return f"{_nights.night_words(found.now)}, compared with {_nights.night_words(before)}"


def _repository(out: _Writer, one: Change) -> str:
    owner = f" ({out.escape(one.repository.owner, 100)})" if one.repository.owner else ""
    problem = f": {out.escape(one.problem, 300)}" if one.problem else ""
    was, now = (out.escape(text[:12], 12) for text in one.revisions)
    revisions = f"  {was or 'no commit'} {out.arrow} {now or 'no commit'}" if was != now and was and now else ""
    return f"{out.escape(one.repository.name, 200)}{owner}{revisions}{problem}"


def _moves(out: _Writer, one: Change) -> list[str]:
    from depscan.history.asked import label

    lines = [
        f"moved {out.escape(m.name, 120)} {out.escape(m.before, 120)} {out.arrow} {out.escape(m.now, 120)}"
        for m in one.moved
    ]
    lines += [f"added {out.escape(label(node), 200)}" for node in one.added]
    lines += [f"removed {out.escape(label(node), 200)}" for node in one.removed]
    if one.what == "changed" and not lines:
        return ["the same packages; findings, uses or how they hang together changed"]
    more = len(lines) - _MOVES
    return [*lines[:_MOVES], f"and {more:,} more"] if more > 0 else lines


def _packages(out: _Writer, found: Changes) -> None:
    from depscan.history.asked import label

    if found.arrived:
        out.title("packages that nobody had before", len(found.arrived))
        back = {True: " (it is back)", False: ""}
        out.items([
            (out.escape(label(one.package), 200) + back[one.again] + _whose(out, one.repositories), [])
            for one in found.arrived
        ])  # fmt: skip
    if found.left:
        out.title("packages that nobody has any more", len(found.left))
        out.items([(out.escape(label(node), 200), []) for node in found.left])


def _by_subject(turns: Iterable[Turn]) -> list[list[Turn]]:
    """Return findings of one package together, in the order of the worst of each."""
    groups: dict[tuple[str, str, str, str], list[Turn]] = {}
    for one in turns:
        groups.setdefault((one.subject, one.action, one.rule, one.cause), []).append(one)
    return list(groups.values())


def _turn(out: _Writer, group: list[Turn]) -> tuple[str, list[str]]:
    from depscan.history.sameness import label

    one = group[0]
    because = ", by new advisories or names" if one.cause == "advisories" else ""
    whose = _whose(out, sorted({name for turn in group for name in turn.repositories}))
    name = label(one.subject)
    said = one.message if name.partition(" ")[0] in one.message else f"{name}: {one.message}"
    if len(group) > 1:
        said = f"{name}: {len(group):,} {'advisories' if one.rule.startswith('advisory/') else 'findings'}"
    return f"{one.severity}: {out.escape(said, 300)}  [{out.escape(one.rule, 100)}]{whose}{because}", []


def _whose(out: _Writer, names: Iterable[str]) -> str:
    every = list(names)
    some = ", ".join(out.escape(name, 100) for name in every[:3])
    return f", in {some}" + (f" and {len(every) - 3:,} more" if len(every) > 3 else "")  # noqa: PLR2004

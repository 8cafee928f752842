"""A night in a few lines, for a webhook that the user calls: Markdown, or JSON.

from depscan.overview.digest import digest
print(digest(overview, link="https://reports.example/night.html"))
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from depscan.errors import UsageError
from depscan.model.result import VERDICTS
from depscan.overview import _words as words
from depscan.overview.format import ENDINGS
from depscan.text.count import counted
from depscan.text.escape import markdown, visible

if TYPE_CHECKING:
    from depscan.overview.records import Overview, Told

MOST = 3000
"""Characters of the Markdown: chats cut a message at about 4,000."""

_FINDINGS = 10
_GAPS = 3
_OWNERS = 4
_NAME, _TEXT = 60, 100
_LINK = 1000
_RESERVE = 260
"""Characters kept for the lines that say how many more there are, and for gaps that do not fit."""


def digest_of(path: str, overview: Overview, link: str = "") -> str:
    """Return the digest in the format that the ending of a file's name means.

    Raises:
        UsageError: it ends in neither .md nor .json, or the link is too long.
    """
    return digest(overview, link) if form_of(path, link) == "markdown" else digest_json(overview, link)


def form_of(path: str, link: str = "") -> str:
    """Return markdown or json, as the ending of a file's name means.

    Raises:
        UsageError: it ends in neither .md nor .json, or the link is too long.
    """
    form = ENDINGS.get(os.path.splitext(path)[1].lower(), "")
    _target(link)
    if form not in {"markdown", "json"}:
        raise UsageError("a digest is written to a file that ends in .md or .json", path=path)
    return form


def digest(overview: Overview, link: str = "") -> str:
    """Return the digest as Markdown of at most ``MOST`` characters, whatever the names in it are.

    Args:
        overview: of the night.
        link: where the whole report can be seen; "" for nowhere.

    Raises:
        UsageError: the link is too long.
    """
    verdict = VERDICTS[overview.verdict]
    blocks = [
        f"{words.SIGNS.get(overview.verdict, '❓')} **depscan, night of {markdown(overview.night[:10])}: {verdict}**",
        words.answer(overview),
        words.since_before(overview),
    ]
    end = f"[The whole report](<{_target(link)}>)" if link else ""
    room = MOST - sum(len(b) + 2 for b in blocks) - len(end) - 2 - _RESERVE
    shown = words.fresh(overview) if overview.previous else words.standing(overview)
    word = ("new or wider reaching" if words.counts(overview).wider else "new") if overview.previous else "standing"
    lines = [(_line(group), len(group)) for group in words.together(shown)[:_FINDINGS]]
    blocks += _fitting(lines, len(shown), (word, "finding"), room * 2 // 3)
    gaps = [gap for gap in overview.gaps if gap.needed]
    left = [(f"- not looked at: {markdown(gap.what, _NAME)}: {markdown(gap.why, _TEXT)}", 1) for gap in gaps[:_GAPS]]
    blocks += _fitting(left, len(gaps), ("needed", "gap"), room // 3)
    return "\n\n".join([*blocks, end] if end else blocks) + "\n"


def _fitting(lines: list[tuple[str, int]], total: int, noun: tuple[str, str], room: int) -> list[str]:
    """Return a list of as many lines as there is room for, and how many more there are; nothing for no lines.

    Args:
        lines: of the list, and how many each speaks of.
        total: how many there are in all.
        noun: adjective and noun of one.
        room: characters.
    """
    shown: list[str] = []
    left = total
    for line, count in lines:
        room -= len(line) + 1
        if room < 0:
            break
        shown.append(line)
        left -= count
    if left:
        more = "more " if shown else ""
        shown.append(f"- {counted(left, more + ' '.join(noun))}")
    return ["\n".join(shown)] if shown else []


def _line(group: list[Told]) -> str:
    """Return the worst finding of a subject with how many repositories it reaches, and whose."""
    told = group[0]
    name = markdown(words.subject(told), _NAME)
    what = f" ({markdown(told.ids[0], _NAME)})" if told.ids else f": {markdown(told.title, _NAME)}"
    hits = [h for one in group for h in one.hits]
    every, further = len({h.repository for h in hits}), len({h.repository for h in hits if h.new})
    reached = counted(every, "repository")
    if further and not any(one.new for one in group):
        reached = f"{counted(further, 'more repository')} ({every:,} in all)"
    names, more = words.some(sorted({h.owner for h in hits if h.owner}), _OWNERS)
    whose = f" of {', '.join(markdown(n, 30) for n in names)}{more}" if names else ""
    if len(group) > 1:
        what = f": {words.several(group)}, the worst {markdown((*told.ids, told.title)[0], _NAME)}"
    fix = f", move to {markdown(told.fixed_version, _NAME)}" if told.fixed_version else ""
    return f"- **{words.severity(told)}**, {words.ACTIONS[told.action]}: {name}{what}{fix}, in {reached}{whose}"


def _target(link: str) -> str:
    """Return the user's URL so that it stays one link."""
    made = visible(link).replace("\\", "%5C").replace("<", "%3C").replace(">", "%3E").replace(" ", "%20")
    if len(made) > _LINK:
        raise UsageError(f"is longer than {_LINK} characters", path="--link")
    return made


def digest_json(overview: Overview, link: str = "") -> str:
    """Return the digest as a JSON object: figures, the worst ten new findings, what was not looked at."""
    gaps = [gap for gap in overview.gaps if gap.needed]
    made: dict[str, Any] = {
        "schema_version": overview.schema_version,
        "night": overview.night,
        "previous": overview.previous,
        "verdict": overview.verdict,
        "exit_code": overview.exit_code,
        "counts": words.counts(overview)._asdict(),
        "new": [_told(told) for told in words.fresh(overview)[:_FINDINGS]],
        "not_looked_at": [
            {"kind": gap.kind, "what": gap.what[:200], "why": gap.why[:500], "repositories": len(gap.repositories)}
            for gap in gaps[:_FINDINGS]
        ],
        "link": link,
    }
    return json.dumps(made, indent=1) + "\n"


def _told(told: Told) -> dict[str, Any]:
    return {
        "id": told.id,
        "rule": told.rule,
        "severity": told.severity,
        "status": told.status,
        "action": told.action,
        "subject": told.subject[:200],
        "message": told.message[:500],
        "ids": told.ids[:_OWNERS],
        "fixed_version": told.fixed_version[:_TEXT],
        "known": not told.new,
        "repositories": len(words.repositories(told)),
        "new_repositories": len(words.repositories(told, new=True)),
        "owners": words.owners(told)[:20],
    }

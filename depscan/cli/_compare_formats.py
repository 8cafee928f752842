"""A comparison of releases as text, JSON and Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from depscan.release import words
from depscan.text.escape import markdown, terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from depscan.comparison import Comparison
    from depscan.release.diff import ReleaseDiff
    from depscan.release.siblings import SiblingDiff
    from depscan.release.words import Line

SCHEMA_VERSION = "1"
_SHOWN = 12
_DETAIL = 220


def _text(comparison: Comparison, *, verbose: bool = False) -> str:
    out: list[str] = []
    for diff in comparison.diffs:
        out.append(f"{terminal(words.title(diff), 300)}: {diff.verdict.upper() if diff.worse else diff.verdict}")
        out.append(f"  {terminal(diff.old, 100)} -> {terminal(diff.new, 100)}")
        out += _text_lines(words.lines(diff), verbose=verbose)
    out += [f"? {terminal(text)}" for text in comparison.missing]
    out.append(f"verdict: {comparison.verdict}")
    return "\n".join(out) + "\n"


def _text_lines(lines: list[Line], *, verbose: bool) -> list[str]:
    loud = [line for line in lines if line.loud]
    rest = [line for line in lines if not line.loud]
    shown = rest if verbose else rest[:_SHOWN]
    out = [_text_line(line) for line in (*loud, *shown)]
    if len(shown) < len(rest):
        out.append(f"  ... and {len(rest) - len(shown)} more that do not count for the verdict (-v lists them)")
    return out or ["  nothing that runs or is needed differs"]


def _text_line(line: Line) -> str:
    place = f"  {terminal(line.place, 200)}" if line.place else ""
    return f"  {line.mark} {terminal(line.what, 120)}: {terminal(line.detail, _DETAIL)}{place}"


def _markdown(comparison: Comparison, *, verbose: bool = False) -> str:
    out: list[str] = []
    for diff in comparison.diffs:
        out.append(f"**{markdown(words.title(diff), 300)}**: {diff.verdict}")
        out.append("")
        out += _markdown_lines(words.lines(diff), verbose=verbose)
        out.append("")
    out += [f"- not at hand: {markdown(text)}" for text in comparison.missing]
    return "\n".join(out).rstrip() + "\n"


def _markdown_lines(lines: list[Line], *, verbose: bool) -> list[str]:
    loud = [line for line in lines if line.loud]
    rest = [line for line in lines if not line.loud]
    shown = rest if verbose else rest[:_SHOWN]
    if not lines:
        return ["Nothing that runs or is needed differs."]
    out = ["| | what | detail | where |", "| --- | --- | --- | --- |"]
    out += [_row(line) for line in (*loud, *shown)]
    if len(shown) < len(rest):
        out.append(f"| | | and {len(rest) - len(shown)} more | |")
    return out


def _row(line: Line) -> str:
    cells = (line.mark.replace("~", "&#126;").replace("+", "\\+").replace("-", "\\-"), markdown(line.what, 120))
    return f"| {' | '.join((*cells, markdown(line.detail, _DETAIL), markdown(line.place, 200)))} |"


def _json(comparison: Comparison, *, verbose: bool = False) -> str:
    del verbose  # everything is in it
    return _dump({
        "schema_version": SCHEMA_VERSION,
        "verdict": comparison.verdict,
        "exit_code": comparison.exit_code,
        "reasons": list(comparison.reasons),
        "missing": list(comparison.missing),
        "comparisons": [as_json(diff) for diff in comparison.diffs],
    })  # fmt: skip


def as_json(diff: ReleaseDiff) -> dict[str, Any]:
    """Return one difference as JSON values (docs/how-to/compare-releases.md says what each is)."""
    return {
        "old": {"name": diff.old, "version": diff.versions[0], "bytes": diff.size_before},
        "new": {"name": diff.new, "version": diff.versions[1], "bytes": diff.size_after},
        "package": diff.package,
        "jump": diff.jump,
        "verdict": diff.verdict,
        "reasons": list(diff.reasons),
        "added": [_surface(one) for one in diff.added],
        "removed": [_surface(one) for one in diff.removed],
        "behaviour": _rows(diff.behaviour),
        "behaviour_gone": _rows(diff.behaviour_gone),
        "new_requirements": [
            {**new.requirement._asdict(), "uploaded": new.uploaded, "age_days": new.age_days, "runs": list(new.runs),
             "read": new.read}
            for new in diff.new_requirements
        ],
        "removed_requirements": _rows(diff.removed_requirements),
        "changed_requirements": _rows(diff.changed_requirements),
        "people": _rows(diff.people),
        "size_jump": diff.size_jump,
        "largest_new_file": {"path": diff.largest[0], "bytes": diff.largest[1]},
        "gaps": [{"archive": name, **gap._asdict()} for name, gap in diff.gaps],
        "notes": list(diff.notes),
    }  # fmt: skip


def _surface(one: Any) -> dict[str, Any]:  # noqa: ANN401 - any record of surface
    row: dict[str, Any] = one._asdict()
    del row["key"]
    row["container"] = list(row["container"])
    return row


def _rows(records: Iterable[Any]) -> list[dict[str, Any]]:
    return [{k: v for k, v in record._asdict().items() if k != "key"} for record in records]


def _siblings_json(diff: SiblingDiff) -> str:
    only = [
        {"archive": one.archive, "surface": [_surface(s) for s in one.surface], "behaviour": _rows(one.behaviour),
         "modules": list(one.modules)}
        for one in diff.only
    ]  # fmt: skip
    return _dump({
        "schema_version": SCHEMA_VERSION, "verdict": diff.verdict, "exit_code": diff.exit_code,
        "archives": list(diff.archives), "only": only, "differing": list(diff.differing), "notes": list(diff.notes),
    })  # fmt: skip


def _siblings_text(diff: SiblingDiff) -> str:
    head = f"{terminal(' against '.join(diff.archives), 300)}: {diff.verdict}"
    return "\n".join([head, *_text_lines(words.sibling_lines(diff), verbose=True)]) + "\n"


def _siblings_markdown(diff: SiblingDiff) -> str:
    head = f"**{markdown(' against '.join(diff.archives), 300)}**: {diff.verdict}"
    return "\n".join([head, "", *_markdown_lines(words.sibling_lines(diff), verbose=True)]) + "\n"


def _dump(value: dict[str, Any]) -> str:
    import json

    return json.dumps(value, indent=2, ensure_ascii=True) + "\n"


RENDERERS: dict[str, Callable[..., str]] = {"text": _text, "json": _json, "markdown": _markdown}
SIBLINGS: dict[str, Callable[[SiblingDiff], str]] = {
    "text": _siblings_text,
    "json": _siblings_json,
    "markdown": _siblings_markdown,
}

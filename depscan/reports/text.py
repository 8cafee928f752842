"""The report a person reads in a terminal: the answer first, then why, then what was not looked at."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from depscan.model.finding import Severity
from depscan.reports.report import Report, View
from depscan.text.escape import terminal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from depscan.model.decision import Coverage, Decision
    from depscan.model.result import ScanResult

_COLOURS = {
    Severity.MALICIOUS: "1;31",
    Severity.CRITICAL: "31",
    Severity.HIGH: "31",
    Severity.MEDIUM: "33",
    Severity.LOW: "36",
}
_VERDICTS = {
    "clean": ("1;32", "clean"),
    "warnings": ("1;33", "passed with warnings"),
    "blocked": ("1;31", "BLOCKED"),
    "incomplete": ("1;33", "INCOMPLETE"),
    "bad-input": ("1;31", "BAD INPUT"),
    "nothing": ("1;33", "nothing to scan"),
    "malicious": ("1;31", "MALICIOUS"),
    "unsafe": ("1;31", "NOT SAFE TO LOAD"),
    "suspicious": ("1;33", "SUSPICIOUS"),
}
_NO_PACKAGES = frozenset({"huggingface", "library-model", "model-file", "hosted-model", "service", "agent-tool",
                          "agent-instructions", "GitHub Actions", "image", "repository"})  # fmt: skip
_ESCAPE = re.compile(r"\x1b\[[0-9;]*m")
_OLD = 30
"""Days after which the age of the advisories is pointed out."""

_SHOWN_IDS = 6
_SHOWN_PATHS = 1
_SHOWN_COVERAGE = 12


def render(result: ScanResult, view: View) -> str:
    """Return the whole report."""
    lines = _wrap(_verdict(result, view), view.width, "  ")
    shown = [d for d in result.decisions if d.action != "allow" or view.verbose]
    subjects: dict[str, list[Decision]] = {}
    for decision in shown:
        subjects.setdefault(decision.finding.subject, []).append(decision)
    for subject, decisions in sorted(subjects.items(), key=lambda s: all(d.action != "block" for d in s[1])):
        lines += ["", *_subject(result, subject, decisions, view)]
    if result.models:
        from depscan.reports._models import model_lines

        for line in model_lines(result.models, view):
            lines += _wrap(line, view.width, " " * 9, extra=len(line) - len(_ESCAPE.sub("", line)))
    lines += _inventory(result, view)
    allowed = sum(d.action == "allow" for d in result.decisions)
    if allowed and not view.verbose:
        lines += ["", f"{_count(allowed, 'finding')} allowed by exception, baseline or VEX (--verbose shows them)"]
    lines += _not_looked_at(result.coverage, view)
    for item in result.coverage:
        if item.status == "done" and item.kind in {"edges", "resolution"}:
            lines += ["", *_wrap(terminal(item.why, 400), view.width, "  ")]
    lines += _advisories(result, view)
    return "\n".join(lines) + "\n"


def _inventory(result: ScanResult, view: View) -> list[str]:
    """Return the section of everything that is no package; its module is imported only where there is something."""
    graph = result.graph
    if not (result.uses or any(e.label == "runs" for e in graph.edges)) and not any(
        p.ecosystem in _NO_PACKAGES for p in graph.nodes.values()
    ):
        return []
    from depscan.reports._inventory_text import inventory_lines

    lines = []
    for line in inventory_lines(result, view):
        lines += _wrap(line, view.width, " " * 15, extra=len(line) - len(_ESCAPE.sub("", line)))
    return lines


def _verdict(result: ScanResult, view: View) -> str:
    code, word = _VERDICTS[result.verdict]
    counted: dict[str, int] = {}
    seen: set[tuple[str, str]] = set()
    for decision in result.decisions:
        finding = decision.finding
        what = "vulnerable" if finding.klass == "vulnerability" else "other"
        if finding.severity is Severity.MALICIOUS:
            what = "malicious"
        elif finding.status == "undecidable":
            what = "undecided"
        elif finding.klass == "name" and decision.action == "block":
            what = "name"
        if decision.action != "allow" and (what == "other" or (what, finding.subject) not in seen):
            counted[what] = counted.get(what, 0) + 1
            seen.add((what, finding.subject))
    parts = [
        f"{counted[what]} {noun if counted[what] == 1 else plural}"
        for what, noun, plural in (
            ("malicious", "malicious package", "malicious packages"),
            ("vulnerable", "vulnerable package", "vulnerable packages"),
            ("name", "name that is not what it seems", "names that are not what they seem"),
            ("undecided", "package that cannot be decided", "packages that cannot be decided"),
            ("other", "other finding", "other findings"),
        )
        if what in counted
    ]
    total = sum(f.packages for f in result.files)
    names = [terminal(f.path, 120) for f in result.files]
    where = names[0] if len(names) == 1 else f"{len(names)} files"
    alone = _count(len(result.models), "model file") if result.models else "no file was read"
    scope = f"{_count(total, 'package')} in {where}" if names else alone
    if result.mode == "inspect" and names:
        scope = f"inspected {where}"
    head = f"depscan: {_paint(word, code, view)}"
    return f"{head}: {', '.join(parts)}; {scope}" if parts else f"{head}: {scope}"


def _subject(result: ScanResult, subject: str, decisions: list[Decision], view: View) -> list[str]:
    """Return the block of one package (or file): where it stands, what is wrong, what to do."""
    first = decisions[0].finding
    package = result.graph.nodes.get(subject)
    name = f"{package.name} {package.version or ''}".rstrip() if package else subject
    place = first.primary
    where = place.shown
    if not package and where.startswith(name):
        name, where = where, ""
    head = _paint(terminal(name, 150), "1", view)
    lines = [f"{head}  {_paint(terminal(where), '2', view)}" if where else head]
    advisories = [d for d in decisions if d.finding.ids]
    for decision in decisions:
        if not decision.finding.ids:
            lines += _other(decision, view)
    lines += _by_severity(advisories, view)
    if any(d.finding.severity is Severity.MALICIOUS for d in advisories):
        lines += _wrap(f"  do:  {terminal(first.fix, 400)}", view.width, "       ")
    elif advisories:
        lines += _wrap(f"  fix: {_fix(advisories)}", view.width, "       ")
    via = [p for p in first.via if _tells(result, p)][: 3 if view.verbose else _SHOWN_PATHS]
    for path in via:
        lines += _wrap(
            "  why: " + terminal(" -> ".join(_short(result, key) for key in path), 600), view.width, "       "
        )
    return lines


def _by_severity(decisions: list[Decision], view: View) -> list[str]:
    def rank(decision: Decision) -> tuple[bool, int, str, str]:
        finding = decision.finding
        undecided = finding.status == "undecidable"
        return undecided, 0 if undecided else -finding.severity, finding.klass, _because(decision)

    lines = []
    for (undecided, *_), group in groupby(sorted(decisions, key=rank), key=rank):
        items = list(group)
        finding = items[0].finding
        word = "undecided" if undecided else finding.severity.word
        words = _paint(f"{word:<9}", "2" if undecided else _COLOURS.get(finding.severity, "2"), view)
        shown = items if view.verbose or len(items) <= _SHOWN_IDS + 1 else items[:_SHOWN_IDS]
        text = ", ".join(_ids(d, view) for d in shown)
        if len(items) > len(shown):
            text += f" and {len(items) - len(shown)} more"
        if undecided:
            text += " (the advisory's range cannot be compared with this version)"
        if finding.klass == "malicious":
            text = f"{finding.message}: {text}"
        note = "" if items[0].action == "block" else f" [{_because(items[0])}]"
        lines += _wrap(f"  {words} {terminal(text, 4000)}{note}", view.width, " " * 12, extra=len(words) - 9)
    return lines


def _ids(decision: Decision, view: View) -> str:
    ids = decision.finding.ids
    if view.verbose:
        return " = ".join(ids)
    cve = next((i for i in ids[1:] if i.startswith("CVE-")), "")
    return f"{ids[0]} ({cve})" if cve else ids[0]


def _because(decision: Decision) -> str:
    word = {"warn": "warning", "allow": "allowed"}.get(decision.action, decision.action)
    if decision.waiver:
        return (
            f"{word}: {terminal(decision.waiver.reason, 120)}, until {terminal(decision.waiver.expires or 'ever', 20)}"
        )
    return f"{word}: {terminal(decision.because, 120)}" if decision.action == "allow" else word


def _other(decision: Decision, view: View) -> list[str]:
    finding = decision.finding
    word = _paint(f"{finding.severity.word:<9}", _COLOURS.get(finding.severity, "2"), view)
    note = "" if decision.action == "block" else f" [{_because(decision)}]"
    text = f"  {word} {terminal(finding.message, 400)} ({finding.rule}){note}"
    lines = _wrap(text, view.width, " " * 12, extra=len(word) - 9)
    return lines + (_wrap(f"  fix: {terminal(finding.fix, 400)}", view.width, "       ") if finding.fix else [])


def _fix(decisions: list[Decision]) -> str:
    affected = [d.finding for d in decisions if d.finding.klass == "vulnerability" and d.finding.status == "affected"]
    cleared = [f for f in affected if f.fixed_version]
    if not affected:
        return "read the advisory and decide; accept it with an exception"
    if not cleared:
        return "no release is known that clears it; replace the package or accept it with an exception"
    best = cleared[0]
    fits = {True: ", inside what its parents ask for", False: ", outside what a parent asks for", None: ""}[best.fits]
    version = terminal(best.fixed_version, 60)
    if len(cleared) < len(affected):
        return f"{version} clears {len(cleared)} of {len(affected)}{fits}; no release is known that clears the rest"
    what = {1: "it", 2: "both"}.get(len(affected), f"all {len(affected)}")
    return f"{version} clears {what}{fits}"


def _tells(result: ScanResult, path: tuple[str, ...]) -> bool:
    """Return whether a path says more than "the file asks for it"."""
    return len(path) > 1 + (result.graph.nodes[path[0]].ecosystem == "project")


def _short(result: ScanResult, key: str) -> str:
    package = result.graph.nodes[key]
    return f"{package.name} {package.version}" if package.version else package.name


def _not_looked_at(coverage: Iterable[Coverage], view: View) -> list[str]:
    items = sorted((c for c in coverage if c.status != "done"), key=lambda c: (not c.needed, c.kind, c.what, c.line))
    if not items:
        return []
    lines = ["", _paint("not looked at", "1", view)]
    shown = items if view.verbose else items[:_SHOWN_COVERAGE]
    for item in shown:
        where = f"{item.what}:{item.line}" if item.line else item.what
        mark = "!" if item.needed else "-"
        lines += _wrap(f"  {mark} {terminal(where, 200)}: {terminal(item.why, 400)}", view.width, "    ")
    if len(items) > len(shown):
        lines.append(f"    and {len(items) - len(shown)} more (--verbose)")
    return lines


def _advisories(result: ScanResult, view: View) -> list[str]:
    info = result.snapshot
    if info is None:
        return []
    counts = ", ".join(f"{name} {count:,}" for name, count in sorted(info.counts.items()))
    text = (
        f"advisories: {terminal(info.origin, 200)}, newest of {info.newest[:10]}, {info.age_days} days old ({counts})"
    )
    lines = (
        ["", *_wrap(text, view.width, "  ")] if result.decisions or result.coverage else _wrap(text, view.width, "  ")
    )
    if info.age_days > _OLD:
        lines.append(_paint("  newer ones are not known to it: depscan db update", "33", view))
    return lines


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _paint(text: str, code: str, view: View) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if view.colour else text


def _wrap(text: str, width: int, indent: str, extra: int = 0) -> list[str]:
    """Break ``text`` at spaces; ``extra`` counts characters of the first line that take no column."""
    lines, room = [], width + extra
    while len(text) > room:
        cut = text.rfind(" ", len(indent) + 1, room + 1)
        if text[cut + 1] == "(":  # an id and its alias stay together
            earlier = text.rfind(" ", len(indent) + 1, cut)
            cut = earlier if earlier > len(indent) else cut
        if cut <= len(indent):
            cut = text.find(" ", room)
            if cut < 0:
                break
        lines.append(text[:cut].rstrip())
        text, room = indent + text[cut:].lstrip(), width
    return [*lines, text]


REPORT = Report("text", "text for people", "text/plain", render)

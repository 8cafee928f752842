"""Say a difference between releases in short lines of plain words; nothing here is escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from depscan.release.diff import NewRequirement, ReleaseDiff
    from depscan.release.siblings import SiblingDiff
    from depscan.release.surface import Surface

_WHEN = {"install": "at install", "startup": "at every start", "import": "at import", "call": "when called",
         "load": "when loaded"}  # fmt: skip


class Line(NamedTuple):
    """One line of an answer.

    Attributes:
        mark: ``!`` the rules object, ``+`` added, ``-`` removed, ``~`` changed, ``?`` not read.
        what: what it is about, such as ``import process``.
        detail: in words or code; attacker's text, unescaped.
        place: ``path:line``; "" when it has none.
        loud: it counts for the verdict.
    """

    mark: str
    what: str
    detail: str
    place: str = ""
    loud: bool = False


def title(diff: ReleaseDiff) -> str:
    """Return what is compared: ``pkg 1.0 -> 1.1 (patch)``."""
    before, after = diff.versions
    step = "" if diff.jump == "unknown" else f" ({diff.jump})"
    if diff.package and before and after:
        return f"{diff.package} {before} -> {after}{step}"
    return f"{diff.old} -> {diff.new}"


def lines(diff: ReleaseDiff) -> list[Line]:
    """Return everything that differs, what counts first."""
    found = [Line("!", b.verdict, f"{b.title} ({b.rule})", _place(b.path, b.line), loud=True) for b in diff.behaviour]
    found += [surface_line("+", one) for one in diff.added]
    found += [_needed(new) for new in diff.new_requirements if new.requirement.group != "extra"]
    found += [Line("~", "requirement", f"{c.before} -> {c.after}") for c in diff.changed_requirements]
    found += _weight(diff)
    found += [Line("~", c.what, f"{c.before or '(none)'} -> {c.after or '(none)'}") for c in diff.people]
    found += [Line("-", b.verdict, f"{b.title} ({b.rule})", _place(b.path, b.line)) for b in diff.behaviour_gone]
    found += [surface_line("-", one) for one in diff.removed]
    found += [Line("-", "requirement", r.text) for r in diff.removed_requirements if r.group != "extra"]
    found += [Line("?", "not read", f"{name}: {gap.why}", gap.path) for name, gap in diff.gaps]
    found += [Line("~", "note", note) for note in diff.notes]
    return sorted(found, key=lambda line: not line.loud)


def surface_line(mark: str, one: Surface) -> Line:
    """Return the line of one piece of surface: ``+ import-time process: subprocess.Popen('curl ...') pkg/x.py:12``."""
    place = _place(">".join((*one.container, one.path)), one.line)
    return Line(mark, f"{_WHEN.get(one.when, one.when)}, {one.kind}", one.detail, place, loud=mark == "+" and one.loud)


def _place(path: str, line: int) -> str:
    return f"{path}:{line}" if line else path


def _needed(new: NewRequirement) -> Line:
    requirement = new.requirement
    parts = [requirement.text]
    if requirement.direct:
        parts.append("from outside the index")
    if new.age_days is not None:
        parts.append(f"first seen {new.age_days} days ago")
    parts += new.runs
    if not new.read:
        parts.append("its archive was not at hand")
    loud = requirement.direct or bool(new.runs)
    return Line("+", f"new {requirement.group} requirement", "; ".join(parts), loud=loud)


def _weight(diff: ReleaseDiff) -> Iterator[Line]:
    if diff.size_jump:
        path, size = diff.largest
        detail = f"{diff.size_before:,} -> {diff.size_after:,} bytes"
        yield Line("~", "size", f"{detail}; largest new file {path} of {size:,}" if size else detail)
    if diff.jump == "down":
        yield Line("~", "version", f"goes down: {diff.versions[0]} -> {diff.versions[1]}")


def sibling_lines(diff: SiblingDiff) -> list[Line]:
    """Return what only one archive of a release has."""
    found: list[Line] = []
    for one in diff.only:
        for b in one.behaviour:
            place = _place(b.path, b.line)
            found.append(Line("!", f"{b.verdict}, only in {one.archive}", f"{b.title} ({b.rule})", place, loud=True))
        for s in one.surface:
            line = surface_line("+", s)
            found.append(line._replace(what=f"{line.what}, only in {one.archive}"))
        if one.modules:
            found.append(Line("~", f"modules only in {one.archive}", ", ".join(one.modules)))
    if diff.differing:
        found.append(Line("~", "modules that differ", ", ".join(diff.differing)))
    found += [Line("~", "note", note) for note in diff.notes]
    return sorted(found, key=lambda line: not line.loud)

"""The difference between two releases: what runs that did not, what is needed that was not, and how bad that is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from depscan.release.behaviour import Behaviour
from depscan.release.requirements import Requirement, canonical
from depscan.release.surface import Surface
from depscan.release.surface_diff import surface_diff

if TYPE_CHECKING:
    from depscan.release.release import Release, ReleaseGap

WORSE, SAME, BETTER, INCOMPLETE = "worse", "same", "better", "incomplete"
_BROKEN = ("broken:", "encrypted:", "unreadable:", "budget:", "nested-too-deep:")
_JUMP_BYTES = 200 << 10
_YOUNG_DAYS = 7
"""A dependency younger than that has been looked at by nobody: of 31 incidents, 28 were found within a week."""


class NewRequirement(NamedTuple):
    """A requirement the older release did not have.

    Attributes:
        requirement: as stated.
        uploaded: RFC 3339 time of the oldest file that is known of it; "" unknown.
        age_days: from ``uploaded`` to the day of the comparison; None unknown.
        runs: what its own archive runs at install or start, or what the rules say of it; () when it is quiet or
            not at hand (``read`` tells which).
        read: name of the archive that was read for it; "" when none was at hand.
    """

    requirement: Requirement
    uploaded: str = ""
    age_days: int | None = None
    runs: tuple[str, ...] = ()
    read: str = ""


class Changed(NamedTuple):
    """A value that is another one now."""

    what: str
    before: str
    after: str


class ReleaseDiff(NamedTuple):
    """How a newer release differs from an older one.

    Attributes:
        old, new: names as given.
        package: normalised name of the newer one.
        versions: before and after; "" unknown.
        jump: major, minor, patch, same, down or unknown.
        added, removed: execution surface; what is loud comes first.
        behaviour: rules that call the newer one malicious or suspicious and not the older one.
        behaviour_gone: the other way round.
        new_requirements, removed_requirements, changed_requirements: of the metadata; of those for extras only
            what is new or gone.
        people: changed author, maintainer, publisher, repository, home page.
        size_before, size_after: bytes unpacked.
        largest: path and bytes of the largest file the older one does not have; ("", 0) without one.
        gaps: what was not read of the newer one and matters, or of the older one.
        notes: sentences about the comparison itself (a wheel against an sdist, two packages).
    """

    old: str
    new: str
    package: str
    versions: tuple[str, str]
    jump: str
    added: tuple[Surface, ...] = ()
    removed: tuple[Surface, ...] = ()
    behaviour: tuple[Behaviour, ...] = ()
    behaviour_gone: tuple[Behaviour, ...] = ()
    new_requirements: tuple[NewRequirement, ...] = ()
    removed_requirements: tuple[Requirement, ...] = ()
    changed_requirements: tuple[Changed, ...] = ()
    people: tuple[Changed, ...] = ()
    size_before: int = 0
    size_after: int = 0
    largest: tuple[str, int] = ("", 0)
    gaps: tuple[tuple[str, ReleaseGap], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def reasons(self) -> tuple[str, ...]:
        """Return why the newer release is worse, one sentence each; () when it is not."""
        found = [f"{b.verdict}: {b.title} ({b.rule})" for b in self.behaviour]
        found += [f"runs unasked at {s.when}: {s.kind}" for s in self.added if s.loud]
        for new in self.new_requirements:
            if new.requirement.direct:
                found.append(f"needs {new.requirement.name} from outside the index")
            if new.age_days is not None and new.age_days < _YOUNG_DAYS:
                found.append(f"needs {new.requirement.name}, first uploaded {new.age_days} days ago")
            found += [f"needs {new.requirement.name}, which {line}" for line in new.runs]
        return tuple(dict.fromkeys(found))

    @property
    def worse(self) -> bool:
        """Whether execution surface was added that runs without being called, or the rules object to the new one."""
        return bool(self.reasons)

    @property
    def size_jump(self) -> bool:
        """Whether the release more than doubled and grew by at least 200 KiB."""
        return self.size_after > 2 * self.size_before and self.size_after - self.size_before >= _JUMP_BYTES

    @property
    def verdict(self) -> str:
        """Return worse, incomplete, better or same; the first that holds."""
        if self.worse:
            return WORSE
        if self.gaps:
            return INCOMPLETE
        return BETTER if self.behaviour_gone or any(s.loud for s in self.removed) else SAME


def compare(old: Release, new: Release) -> ReleaseDiff:
    """Return how ``new`` differs from ``old``; paths and lines do not matter."""
    added, removed = surface_diff(old.surface, new.surface)
    grown = [(size, path) for path, size in new.files.items() if path not in old.files]
    size, path = max(grown, default=(0, ""))
    needed, gone, changed = _requirements(old, new)
    return ReleaseDiff(
        old.name,
        new.name,
        new.package,
        (old.version, new.version),
        jump(old.version, new.version),
        tuple(added),
        tuple(removed),
        tuple(_new_behaviour(old.behaviour, new.behaviour)),
        tuple(_new_behaviour(new.behaviour, old.behaviour)),
        tuple(needed),
        tuple(gone),
        tuple(changed),
        tuple(_people(old.people, new.people)),
        old.size,
        new.size,
        (path, size),
        tuple(_gaps(old, new)),
        tuple(_notes(old, new)),
    )


def _new_behaviour(old: tuple[Behaviour, ...], new: tuple[Behaviour, ...]) -> list[Behaviour]:
    """Return the hits of the new release whose rule says more than of the old one: one hit per rule."""
    known = {b.key for b in old}
    counts = {b.rule: sum(o.rule == b.rule for o in old) for b in new}
    now = {b.rule: sum(o.rule == b.rule for o in new) for b in new}
    fresh = [b for b in new if b.key not in known]
    said = {b.rule: b for b in reversed(fresh) if b.verdict == "malicious" or now[b.rule] > counts[b.rule]}
    return [b for b in fresh if said.get(b.rule) is b]


def _requirements(old: Release, new: Release) -> tuple[list[NewRequirement], list[Requirement], list[Changed]]:
    before = _by_name(old.requires)
    after = _by_name(new.requires)
    needed = [NewRequirement(held[0]) for name, held in after.items() if name not in before]
    gone = [held[0] for name, held in before.items() if name not in after]
    changed: list[Changed] = []
    for name, held in after.items():
        was, now = _wanted(before.get(name, held)), _wanted(held)
        if was != now:
            changed.append(Changed(name, " | ".join(was), " | ".join(now)))
        if any(r.direct for r in held) and not any(r.direct for r in before.get(name, held)):
            needed.append(NewRequirement(next(r for r in held if r.direct)))
    return needed, gone, changed


def _wanted(held: list[Requirement]) -> list[str]:
    """Return what is asked of one package, without what is installed only when asked for."""
    return sorted({canonical(r) for r in held if r.group != "extra"})


def _by_name(requires: tuple[Requirement, ...]) -> dict[str, list[Requirement]]:
    order = ("runtime", "optional", "build", "peer", "extra")
    found: dict[str, list[Requirement]] = {}
    for requirement in sorted(requires, key=lambda r: (r.name, order.index(r.group), r.text)):
        found.setdefault(requirement.name, []).append(requirement)
    return found


def _people(old: dict[str, str], new: dict[str, str]) -> list[Changed]:
    if not old or not new:
        return []
    fields = sorted({*old, *new})
    return [Changed(f, old.get(f, ""), new.get(f, "")) for f in fields if old.get(f, "") != new.get(f, "")]


def _gaps(old: Release, new: Release) -> list[tuple[str, ReleaseGap]]:
    """Return what was not read and could hide a difference: not what is the same, unread, on both sides."""
    same = {(g.why, g.size) for g in old.gaps if g.size >= 0} & {(g.why, g.size) for g in new.gaps}
    found = []
    for release in (old, new):
        found += [(release.name, g) for g in release.gaps if (g.why, g.size) not in same and _matters(g)]
    return found


def _matters(gap: ReleaseGap) -> bool:
    return gap.when != "test" and (
        gap.fatal or gap.when in {"install", "startup"} or (gap.why.startswith(_BROKEN) and gap.size < 0)
    )


def _notes(old: Release, new: Release) -> list[str]:
    notes = []
    if old.package and new.package and old.package != new.package:
        notes.append(f"two packages: {old.package} and {new.package}")
    if old.kind != new.kind:
        notes.append(f"a {old.kind} against a {new.kind}: build files show as a difference")
    return notes


def jump(before: str, after: str) -> str:
    """Return which part of a version went up: major, minor, patch, same, down or unknown."""
    from packaging.version import InvalidVersion, Version

    try:
        one, two = Version(before), Version(after)
    except InvalidVersion:
        return "unknown"
    if one == two:
        return "same"
    if two < one:
        return "down"
    return "major" if two.major > one.major else "minor" if two.minor > one.minor else "patch"

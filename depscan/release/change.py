"""The archives behind a change: what is added is inspected, what is replaced is compared with what it replaces."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

from depscan.artifacts.wheelhouse import Wheelhouse, is_release
from depscan.errors import ArtifactError
from depscan.model.decision import Coverage
from depscan.release.diff import NewRequirement, ReleaseDiff, compare
from depscan.release.needed import aged, first_seen, running
from depscan.release.wheelhouse import in_order, pairs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from depscan.artifacts.wheelhouse import LocalFile
    from depscan.facts.inspected import CodeGap, Inspected
    from depscan.graph.changes import Change
    from depscan.model.package import Package
    from depscan.release.release import Release

_ECOSYSTEMS = frozenset({"PyPI", "npm", "conda"})
_HIDES = frozenset({"install", "startup"})


class Task(NamedTuple):
    """Paths of an archive and of the one it replaces; ``old`` is "" where it replaces none."""

    old: str
    new: str


class Done(NamedTuple):
    """A task after reading; ``missed`` says why the older archive could not be opened."""

    item: Inspected
    release: Release
    old_item: Inspected | None = None
    old_release: Release | None = None
    missed: str = ""


class Examined(NamedTuple):
    """What the archives of a change say.

    Attributes:
        old, new: what the releases of either side do; ``subject`` is the node id.
        diffs: node id in HEAD to the differences to the release it replaces, one per pair of archives.
        coverage: archives that are missing, are not the locked ones or cannot be read.
    """

    old: tuple[Inspected, ...] = ()
    new: tuple[Inspected, ...] = ()
    diffs: Mapping[str, tuple[ReleaseDiff, ...]] = {}
    coverage: tuple[Coverage, ...] = ()


class _Plan(NamedTuple):
    """The archives of one change to read: pairs to compare, and those of HEAD that have no like."""

    change: Change
    tasks: list[Task]


def examine(
    changes: Sequence[Change],
    folders: Sequence[str],
    *,
    now: str = "",
    jobs: int = 0,
    first_upload: Callable[[str, str], str] | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Examined:
    """Read the archives of added and changed packages that are in ``folders``.

    Args:
        changes: what became of each package.
        folders: where archives are; not the folders below them.
        now: RFC 3339 time from which the age of new requirements is counted; "" leaves ages out.
        jobs: worker processes, each under limits of memory and time; 0 reads in this process without them.
        first_upload: gives the time for new requirements whose lock states none: it takes ecosystem and name,
            returns RFC 3339 or "", and raises ``RegistryError``; None asks nobody.
        progress: called with a short text per archive.

    Raises:
        UsageError: a folder cannot be listed.
    """
    if not folders:
        return Examined()
    held = Wheelhouse(folders, npm=any(change.package.ecosystem == "npm" for change in changes))
    coverage = [Coverage(path, "skipped", f"ignored: {why}", kind="artifact") for path, why in held.notes]
    plans = [_plan(change, held, coverage) for change in changes if change.new is not None]
    known: dict[Task, Done] = {}
    for task, made in _read_each(list(dict.fromkeys(t for p in plans for t in p.tasks)), jobs):
        progress(f"inspected {task.new}")
        if isinstance(made, ArtifactError):
            coverage.append(Coverage(task.new, "failed", made.message, needed=True, kind="artifact"))
        else:
            known[task] = made
    judge = _Judge(plans, known, now, first_upload)
    judged = [(plan.change.after, judge.judge(plan)) for plan in plans]
    diffs = {key: found for key, found in judged if found}
    return Examined(tuple(judge.old), tuple(judge.new), diffs, (*coverage, *judge.coverage))


def _plan(change: Change, held: Wheelhouse, coverage: list[Coverage]) -> _Plan:
    """Return which archives of a change to read; say which are missing."""
    after = _locked(change.new, held, coverage, needed=True)
    before = _locked(change.old, held, coverage, needed=False)
    if change.old and change.new and change.old.version == change.new.version:
        before = [a for a in before if a.path not in {b.path for b in after}]
    package = change.package
    if not after:
        if package.ecosystem in _ECOSYSTEMS and package.version:
            why = f"no archive of {package.name} {package.version} is at hand: its code was not read"
            coverage.append(Coverage(package.name, "skipped", why, kind="artifact"))
        return _Plan(change, [])
    both = pairs(before, after)
    if change.old is not None and not both:
        why = (
            f"no archive of {package.name} {change.old.version} is at hand: {package.version} was compared with nothing"
        )
        coverage.append(Coverage(package.name, "partial", why, kind="artifact"))
    compared = {a.path for _, a in both}
    kinds = {a.kind for _, a in both}
    alone: dict[str, LocalFile] = {}
    for archive in after:
        if archive.path not in compared and archive.kind not in kinds:
            alone.setdefault(archive.kind, archive)
    return _Plan(change, [*(Task(b.path, a.path) for b, a in both), *(Task("", a.path) for a in alone.values())])


def _locked(package: Package | None, held: Wheelhouse, coverage: list[Coverage], *, needed: bool) -> list[LocalFile]:
    """Return the archives of a package that its lock does not contradict."""
    if package is None or not package.version:
        return []
    found = held.find(package)
    bad = [(d.path, "does not have the hash that the lock gives it") for d in found.differing]
    bad += [(f"{package.name} {package.version}", note) for note in found.notes]
    coverage += [Coverage(what, "failed", why, needed=needed, kind="artifact") for what, why in (*bad, *found.unread)]
    return in_order(found.files)


def _read_each(tasks: list[Task], jobs: int) -> Iterator[tuple[Task, Done | ArtifactError]]:
    if jobs <= 0 or len(tasks) <= 1:
        yield from ((task, read(task)) for task in tasks)
        return
    from depscan.text.pool import read_each

    # The pool hands on whatever its function returns; its types name only what it was made for.
    made = read_each(tasks, cast("Callable[[Task], Inspected | ArtifactError]", read), jobs)
    yield from cast("Iterator[tuple[Task, Done | ArtifactError]]", made)


def read(task: Task) -> Done | ArtifactError:
    """Return what is known of an archive and of the one it replaces, or why the newer one cannot be opened."""
    from depscan.artifacts.open import open_artifact
    from depscan.facts.engine import inspect_opened
    from depscan.facts.pause import collector_paused
    from depscan.release.pair import read_pair
    from depscan.release.release import read_release

    with collector_paused():
        try:
            new = open_artifact(task.new)
        except ArtifactError as error:
            return error
        item = inspect_opened(new)
        try:
            old = open_artifact(task.old) if task.old else None
        except ArtifactError as error:
            return Done(item, read_release(new, item), missed=error.message)
        if old is None:
            return Done(item, read_release(new, item))
        old_item = inspect_opened(old)
        before, after = read_pair(old, new, (old_item, item))
        return Done(item, after, old_item, before)


class _Judge:
    """Puts what was read into lists by side.

    Args:
        plans: every change, for what is known of packages that another one needs newly.
        known: what was read.
        now, first_upload: see ``examine``.
    """

    def __init__(
        self,
        plans: Sequence[_Plan],
        known: dict[Task, Done],
        now: str,
        first_upload: Callable[[str, str], str] | None = None,
    ) -> None:
        self._known = known
        self._now = now
        self._first_upload = first_upload
        self._beside: dict[str, tuple[Package, Release | None]] = {}
        for plan in plans:
            done = next((known[task] for task in plan.tasks if task in known), None)
            if plan.change.new is not None:
                self._beside[plan.change.new.name] = (plan.change.new, done.release if done else None)
        self.old: list[Inspected] = []
        self.new: list[Inspected] = []
        self.coverage: list[Coverage] = []

    def judge(self, plan: _Plan) -> tuple[ReleaseDiff, ...]:
        """Return the differences of one change and keep what its archives do."""
        change, found = plan.change, []
        for task in plan.tasks:
            done = self._known.get(task)
            if done is None:
                continue
            self._same_package(done.item, change.new, task.new)
            gaps = done.item.gaps
            if done.old_item is not None and done.old_release is not None:
                self.old.append(done.old_item._replace(subject=change.before))
                diff = compare(done.old_release, done.release)
                diff = diff._replace(new_requirements=tuple(map(self._needed, diff.new_requirements)))
                found.append(diff)
                gaps = self._gaps(done.item, diff)
            elif done.missed:
                why = f"{done.missed}; {task.new} was compared with nothing"
                self.coverage.append(Coverage(task.old, "failed", why, kind="artifact"))
            self.new.append(done.item._replace(subject=change.after, gaps=gaps))
        return tuple(found)

    def _needed(self, item: NewRequirement) -> NewRequirement:
        """Return a new requirement with its age and with what it runs, where the change brings it along."""
        name = item.requirement.name
        package, release = self._beside.get(name, (None, None))
        stated = min((f.upload_time for f in package.files if f.upload_time), default="") if package else ""
        uploaded, why = first_seen(item, stated, self._first_upload)
        if why:
            self.coverage.append(Coverage(name, "failed", why, needed=True, kind="service"))
        item = aged(item, uploaded, self._now)
        return item if release is None else running(item, release)

    def _gaps(self, item: Inspected, diff: ReleaseDiff) -> tuple[CodeGap, ...]:
        """Say what hides a difference; return the gaps that are left when those of both releases are gone."""
        hiding = {(gap.path, gap.why) for name, gap in diff.gaps if name == diff.new}
        for path, why in sorted(hiding):
            self.coverage.append(Coverage(f"{item.name} > {path}", "partial", why, needed=True, kind="code"))
        rest = (g for g in item.gaps if (g.path, g.why) not in hiding)
        return tuple(g for g in rest if not (g.fatal or g.when in _HIDES))

    def _same_package(self, item: Inspected, package: Package | None, path: str) -> None:
        """Say so when an archive holds something else than its file name and the lock say."""
        if package is not None and not is_release(item.kind, item.package, item.version, package):
            held = f"{item.package} {item.version}".strip()
            why = f"is named as {package.name} {package.version} and says that it is {held}"
            self.coverage.append(Coverage(path, "failed", why, needed=True, kind="artifact"))

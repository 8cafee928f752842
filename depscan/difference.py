"""Compare two states of a project: what does this change let in?

import depscan
print(depscan.diff("old/uv.lock", "uv.lock").result.verdict)
"""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from depscan.api import Options, merged, open_registry, scan_documents, time_of_scan
from depscan.checks.check import Before
from depscan.errors import DepscanError, PolicyError, UsageError
from depscan.graph.changes import Change, changes
from depscan.inputs.gather import Gathered
from depscan.model.decision import Coverage
from depscan.model.result import exit_code
from depscan.policy.known import Side, is_known, key_of, known_findings, new_gaps
from depscan.policy.policy import load_policy
from depscan.release.change import examine

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from depscan.inputs.revision import Repository
    from depscan.model.finding import Finding
    from depscan.model.result import ScanResult
    from depscan.policy.policy import Policy
    from depscan.release.diff import ReleaseDiff
    from depscan.release.indexed import Indexed

__all__ = ["Change", "Difference", "diff", "diff_revisions"]

T = TypeVar("T")
_ROUNDS = 20


class Difference(NamedTuple):
    """What a change does.

    Attributes:
        base, head: the two sides as the user named them.
        before: the scan of BASE.
        result: the scan of HEAD, of which findings, decisions, coverage and exit code are only those of the change.
        changes: what became of each package, sorted by name.
        fixed: advisories that BASE has and HEAD has not.
        known: findings of HEAD that BASE had already.
        known_gaps: what was not looked at on either side for the same reason.
        releases: node id in HEAD to how its release differs from the one it replaces, where archives were at hand.
    """

    base: str
    head: str
    before: ScanResult
    result: ScanResult
    changes: tuple[Change, ...]
    fixed: tuple[Finding, ...]
    known: int
    known_gaps: int
    releases: Mapping[str, tuple[ReleaseDiff, ...]]

    @property
    def introduced(self) -> tuple[Finding, ...]:
        """Return the findings of the change that are about advisories."""
        return tuple(f for f in self.result.findings if f.rule.startswith("advisory/"))


class _State(NamedTuple):
    """One side: how it is named, what was read, where policies are looked for, and to what paths are relative."""

    label: str
    gathered: Gathered
    start: str
    side: Side


def diff(
    base: str, head: str, options: Options | None = None, *, archives: Sequence[str] = (), jobs: int = 0
) -> Difference:
    """Compare two lockfiles or folders.

    Args:
        base: file or folder as it was.
        head: as it is to be.
        options: see ``Options``. The policy is the one named there, or that of BASE: a change does not vote on itself.
        archives: folders with archives of packages (``--find-links``): those of changed packages are read.
        jobs: worker processes for that; 0 reads in this process.

    Raises:
        UsageError: a side is not there.
        PolicyError: the policy, baseline or VEX file is wrong.
    """
    options = options or Options()
    sides = []
    for path in (base, head):
        if not os.path.exists(path):
            raise UsageError("no such file or folder", path=path)
        gathered = Gathered()
        gathered.add_paths([path], options.format_hint)
        sides.append(_State(path, gathered, path, _side(path, gathered)))
    return _compare(sides[0], sides[1], options, archives, jobs)


def diff_revisions(
    base: str,
    head: str = "",
    paths: Sequence[str] = (".",),
    options: Options | None = None,
    *,
    folder: str = ".",
    archives: Sequence[str] = (),
    jobs: int = 0,
) -> Difference:
    """Compare two git revisions, or one with the working tree.

    Args:
        base: revision as it was.
        head: revision as it is to be; "" for the files on disk.
        paths: files or folders of the repository, relative to ``folder``.
        options: see ``diff``.
        folder: any folder of the repository.
        archives: see ``diff``.
        jobs: see ``diff``.

    Raises:
        UsageError: no repository, revision or path; git is missing or fails.
        PolicyError: the policy, baseline or VEX file is wrong.
    """
    from depscan.inputs.revision import Repository

    options = options or Options()
    repository = Repository(folder)
    inside = [_inside(repository, path) for path in paths]
    with ExitStack() as stack:
        then = _revision(repository, base, inside, options, stack)
        now = _revision(repository, head, inside, options, stack) if head else _worktree(repository, inside, options)
        for path, shown in zip(inside, paths, strict=True):
            if not any(os.path.lexists(state.gathered.on_disk(path)) for state in (then, now)):
                raise UsageError("no such file or folder on either side", path=shown)
        private = os.path.realpath(then.gathered.on_disk(""))
        try:
            made = _compare(then, now, options, archives, jobs)
        except DepscanError as error:
            error.path = _renamed(error.path, private)
            raise
        return _without_folder(made, private)


def _inside(repository: Repository, path: str) -> str:
    """Return a path relative to the repository's root.

    Raises:
        UsageError: it lies outside.
    """
    made = os.path.normpath(os.path.join(repository.top, repository.prefix, path))
    if made != repository.top and not made.startswith(repository.top + os.sep):
        raise UsageError("is outside of the repository", path=path)
    return os.path.relpath(made, repository.top)


def _revision(repository: Repository, name: str, paths: list[str], options: Options, stack: ExitStack) -> _State:
    from tempfile import TemporaryDirectory

    from depscan.inputs.revision import Revision

    folder = os.path.realpath(stack.enter_context(TemporaryDirectory(prefix="depscan-")))
    made = Revision(repository, name, folder)
    for path in paths:
        made.place(path)
    for _ in range(_ROUNDS):
        gathered = _read(folder, paths, options)
        missing = [os.path.normpath(c.what) for c in gathered.coverage if c.status == "failed"]
        if not made.write(missing):
            break
    gathered.coverage.extend(made.coverage)
    return _State(name, gathered, os.path.join(folder, paths[0]), _side("", gathered))


def _worktree(repository: Repository, paths: list[str], options: Options) -> _State:
    gathered = _read(repository.top, paths, options)
    return _State("the working tree", gathered, os.path.join(repository.top, paths[0]), _side("", gathered))


def _read(root: str, paths: list[str], options: Options) -> Gathered:
    gathered = Gathered(root=root)
    full = [os.path.normpath(os.path.join(root, path)) for path in paths]
    gathered.add_paths([path for path in full if os.path.lexists(path)], options.format_hint)
    return gathered


def _side(top: str, gathered: Gathered) -> Side:
    def line(path: str, number: int) -> str:
        try:
            return gathered.locate(path, number).text
        except DepscanError:
            return ""

    def content(path: str) -> bytes | None:
        from depscan.text.source import read_source

        if not os.path.lexists(gathered.on_disk(path)):
            return b""
        try:
            return read_source(gathered.on_disk(path)).data
        except DepscanError:
            return None

    return Side(top, line, content)


def _compare(then: _State, now: _State, options: Options, archives: Sequence[str], jobs: int) -> Difference:
    options = options._replace(now=options.now or time_of_scan())
    graph = merged(then.gathered)
    found = changes(graph, merged(now.gathered))
    with ExitStack() as stack:
        ask = _index(then, stack).uploaded if options.online and archives else None
        code = examine(found, archives, now=options.now, jobs=jobs, first_upload=ask, progress=options.progress)
    now.gathered.coverage.extend((*code.coverage, *_policy_note(then, now, options)))
    before = scan_documents(then.gathered, then.start, options._replace(baseline="", online=False), code.old)
    past = Before(graph, then.gathered.documents, code.diffs)
    after = scan_documents(now.gathered, then.start, options, code.new, before=past)
    known = known_findings(before.decisions, then.side)
    decisions = tuple(d for d in after.decisions if not is_known(d.finding, now.side, known))
    standing = new_gaps(after.coverage, now.side, before.coverage, then.side, found)
    still = {key_of(f, now.side) for f in after.findings}
    fixed = [f for f in before.findings if f.rule.startswith("advisory/") and key_of(f, then.side) not in still]
    coverage = (*standing, *_unread(then, before))
    scanned = sum(f.packages for r in (before, after) for f in r.files)
    result = after._replace(
        findings=tuple(d.finding for d in decisions),
        decisions=decisions,
        coverage=coverage,
        exit_code=exit_code(decisions, coverage, scanned),
    )
    known_gaps = len(after.coverage) - len(standing)
    return Difference(
        then.label,
        now.label,
        before,
        result,
        tuple(found),
        tuple(fixed),
        len(after.decisions) - len(decisions),
        known_gaps,
        code.diffs,
    )


def _index(then: _State, stack: ExitStack) -> Indexed:
    """Return the index that the project's configuration at BASE names."""
    from depscan.release.indexed import Indexed

    return Indexed(stack.enter_context(open_registry(then.start)))


def _policy_note(then: _State, now: _State, options: Options) -> list[Coverage]:
    """Say so when HEAD has another policy than the one that judges it."""
    if options.config:
        return []
    ours = load_policy("", then.start)
    try:
        theirs: Policy | None = load_policy("", now.start)
    except PolicyError:
        theirs = None
    if theirs is not None and _meaning(ours) == _meaning(theirs):
        return []
    which = "that of BASE" if ours.path else "the default one, as BASE has none"
    why = f"HEAD has another policy; the change was judged by {which} (--config FILE names one)"
    return [Coverage("policy", "skipped", why, kind="policy")]


def _meaning(policy: Policy) -> Policy:
    waivers = tuple(w._replace(path="", line=0) for w in policy.exceptions)
    return policy._replace(path="", lines={}, texts={}, exceptions=waivers)


def _unread(then: _State, before: ScanResult) -> list[Coverage]:
    """Return what of BASE could not be read: its packages count as new; a BASE that is one bad file is bad input."""
    found = []
    for item in before.coverage:
        if item.needed and item.kind in {"input", "revision", "budget"}:
            named = item.what == then.label and item.status == "failed" and not os.path.isdir(then.start)
            why = f"of BASE ({then.label}): {item.why}; what it holds counts as new"
            found.append(item._replace(why=why, needed=named, kind=item.kind if named else "base"))
    return found


def _without_folder(made: Difference, folder: str) -> Difference:
    """Return a difference in which no path names the private folder that BASE was written to."""
    result = made.result._replace(
        decisions=_renamed(made.result.decisions, folder),
        findings=_renamed(made.result.findings, folder),
        coverage=_renamed(made.result.coverage, folder),
    )
    before = made.before._replace(
        decisions=_renamed(made.before.decisions, folder),
        findings=_renamed(made.before.findings, folder),
        coverage=_renamed(made.before.coverage, folder),
    )
    return made._replace(result=result, before=before)


def _renamed(value: T, folder: str) -> T:
    """Return records, tuples and texts with the folder's path taken out of every text."""
    made: Any = value
    if isinstance(value, str):
        made = value.replace(folder + os.sep, "").replace(folder, ".")
    elif isinstance(value, tuple):
        items = [_renamed(item, folder) for item in value]
        made = type(value)(*items) if hasattr(value, "_fields") else tuple(items)
    return made  # type: ignore[no-any-return]

"""What the index says of the pinned releases: only where it was asked (--online)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from depscan.checks.check import Check, Context, finding_at
from depscan.model.decision import Coverage
from depscan.model.finding import Finding, Severity
from depscan.model.rule import Rule

if TYPE_CHECKING:
    from depscan.model.package import Package
    from depscan.registry.records import IndexFile, Project

HASH = Rule(
    "integrity/index-hash-differs",
    "The index has another file than the lock",
    "integrity",
    Severity.HIGH,
    "The index lists, or serves, a file of the locked name with another hash than the lock has.",
    "Files of a release never change on an honest index. Either the lock was edited, or the file was replaced on the "
    "index, a mirror or the way; an installer that compares hashes refuses it, one that does not installs it.",
    "Install nothing of this release; compare with another mirror, and with the lock's history.",
    "An index that builds its own wheels under the names of the public ones.",
)
AGAIN = Rule(
    "integrity/uploaded-again",
    "File uploaded after the lock was written",
    "integrity",
    Severity.MEDIUM,
    "The index gives a file a later upload time than the lock does.",
    "A file that was uploaded again under the same name is not the one that was locked and reviewed.",
    "Compare the hashes; ask the index why the file was uploaded again.",
    "A mirror that gives the time of its own copy.",
)
PROVENANCE = Rule(
    "integrity/provenance-lost",
    "Release without the attestation that earlier releases have",
    "integrity",
    Severity.MEDIUM,
    "The releases before this one were attested by the project's build (PEP 740), this one is not.",
    "A stolen upload token works from anywhere, but cannot make the project's build attest the file. Releases "
    "uploaded by hand after a series of attested ones are how token thefts show.",
    "Ask the project whether the release was uploaded by hand, and why.",
    "A release that was made by hand because the build was broken.",
)
PUBLISHER = Rule(
    "integrity/publisher-changed",
    "Release attested by another publisher than the releases before",
    "integrity",
    Severity.MEDIUM,
    "The index states a publisher of the release (PEP 740) whose kind or repository is none of those that published "
    "the newest three earlier releases that have one.",
    "Who takes over a project on the index adds a publisher of their own: the attestation is valid then, and leads to "
    "another repository. The signatures are not verified here; the index did that when the file was uploaded.",
    "Ask the project whether it moved; read what the new repository has that the old one had not.",
    "A project that moved to another organisation or was renamed.",
)
QUARANTINED = Rule(
    "trust/quarantined",
    "Project in quarantine",
    "trust",
    Severity.HIGH,
    "The index has put the project into quarantine (PEP 792): it may be harmful and cannot be installed now.",
    "Indexes quarantine what is under investigation for malware.",
    "Remove it, and treat machines that installed it lately as compromised until the investigation is over.",
    "A project that was reported wrongly.",
)
ARCHIVED = Rule(
    "trust/archived",
    "Project that gets no more releases",
    "trust",
    Severity.LOW,
    "The index marks the project as archived or deprecated (PEP 792).",
    "Nobody will fix the next vulnerability in it.",
    "Plan for a replacement.",
    "A finished library may be archived and well.",
)
DELETED = Rule(
    "trust/deleted-release",
    "Release or file that the index no longer has",
    "trust",
    Severity.HIGH,
    "The lock pins a release, or a file of one, that the index does not list.",
    "Indexes delete malware, and authors delete what they regret; a lock, a cache or a mirror still serves it.",
    "Find out why it was deleted before it is installed once more, from wherever it still is.",
    "A pin for another index than the one that was asked; name the index in the file.",
)
SDIST_ONLY = Rule(
    "trust/sdist-only",
    "Release that has to be built on your machine",
    "trust",
    Severity.LOW,
    "The release has no wheel: installing it runs its build code.",
    "A wheel is unpacked; an sdist runs code of its author at install, before anything is imported.",
    "Build the wheel once in a place without secrets, and install that one.",
    "Common and harmless for old pure Python packages.",
)
_DIGEST = 12
_ARCHIVES = (".whl", ".tar.gz", ".zip", ".tgz")


class _Release(NamedTuple):
    """A node with what the index says of it."""

    key: str
    package: Package
    project: Project
    files: list[IndexFile]


def run(context: Context) -> Iterator[Finding | Coverage]:
    """Yield a finding per fact of the index that speaks against a pinned release."""
    if context.looked is None:
        return
    for rule, key, message in _said(context):
        yield finding_at(context, rule, key, message, context.graph.first_place(key))


def _said(context: Context) -> Iterator[tuple[Rule, str, str]]:
    from depscan.facts.served import release_files

    assert context.looked is not None  # noqa: S101 - run() looked
    listed: set[tuple[str, str]] = set()
    for key, project in context.looked.projects.items():
        package = context.graph.nodes[key]
        if project is None:
            yield from _gone(key, package)
            continue
        yield from _status(key, project)
        if package.version:
            release = _Release(key, package, project, release_files(project, package))
            for rule, message in _of_release(release):
                listed |= {(key, f.name) for f in release.files} if rule is HASH else set()
                yield rule, key, message
    for key, known in context.looked.publishers.items():
        for name, publisher in known.strangers()[:1]:
            usual = ", ".join(dict.fromkeys(one for _, found in known.before for one in found))
            yield PUBLISHER, key, f"{name} was published by {publisher}, releases before it by {usual}"
    for key, file in context.looked.differing:
        if file.served and (key, file.path) not in listed:
            yield HASH, key, f"the index serves {file.path} with {_short(file.actual)}, not {_short(file.expected)}"


def _gone(key: str, package: Package) -> Iterator[tuple[Rule, str, str]]:
    """Say that a whole project is gone, where the lock shows that it once was on this index."""
    if package.version and (package.hashes or package.registry):
        yield DELETED, key, f"the index no longer has {package.name} at all"


def _status(key: str, project: Project) -> Iterator[tuple[Rule, str, str]]:
    reason = f": {project.status_reason}" if project.status_reason else ""
    if project.status == "quarantined":
        yield QUARANTINED, key, f"the index has {project.name} in quarantine{reason}"
    elif project.status in {"archived", "deprecated"}:
        yield ARCHIVED, key, f"the index calls {project.name} {project.status}{reason}"


def _of_release(release: _Release) -> Iterator[tuple[Rule, str]]:
    package = release.package
    if not release.files:
        if release.project.files or release.project.versions:
            yield DELETED, f"the index no longer has {package.name} {package.version}"
        return
    yield from _hashes(release)
    yield from _locked_files(release)
    yield from _provenance(release)
    if package.ecosystem == "PyPI" and not any(f.name.endswith(".whl") for f in release.files):
        yield SDIST_ONLY, f"{package.name} {package.version} has no wheel: installing it runs its build"


def _hashes(release: _Release) -> Iterator[tuple[Rule, str]]:
    """Compare a lock that lists hashes without file names: one of them has to be of a file of the release."""
    from depscan.artifacts.wheelhouse import locked_hashes

    package = release.package
    if any(f.hash for f in package.files):
        return
    locked = locked_hashes(package.hashes)
    served = {pair for f in release.files for pair in f.hashes}
    shared = {a for a, _ in locked} & {a for a, _ in served}
    if shared and all(a in shared for a, _ in locked) and served.isdisjoint(locked):
        yield HASH, f"no file of {package.name} {package.version} on the index has a hash of the lock"


def _locked_files(release: _Release) -> Iterator[tuple[Rule, str]]:
    """Compare a lock that lists files with the index, file by file."""
    from depscan.artifacts.wheelhouse import file_name, locked_hashes

    served = {f.name: f for f in release.files}
    names = [file_name(file.url) for file in release.package.files]
    gone = [name for name in names if name not in served and name.endswith(_ARCHIVES)]
    if gone:
        more = f" and {len(gone) - 1} more locked files of the release" if len(gone) > 1 else ""
        yield DELETED, f"the index no longer has {gone[0]}{more}"
    for name, file in zip(names, release.package.files, strict=True):
        held = served.get(name)
        if held is None:
            continue
        theirs = dict(held.hashes)
        for algorithm, digest in locked_hashes([file.hash]):
            if theirs.get(algorithm, digest) != digest:
                here, there = f"{algorithm}:{digest}", f"{algorithm}:{theirs[algorithm]}"
                yield HASH, f"{name} is {_short(there)} on the index, {_short(here)} in the lock"
        if _later(held.upload_time, file.upload_time):
            times = f"{held.upload_time[:19]}, the lock says {file.upload_time[:19]}"
            yield AGAIN, f"{name} was uploaded to the index at {times}"


def _later(served: str, locked: str) -> bool:
    """Whether one RFC 3339 time in UTC is later than another; fractions of seconds do not count."""
    return bool(served and locked) and served[:19] > locked[:19]


def _provenance(release: _Release) -> Iterator[tuple[Rule, str]]:
    """Say that no file is attested while the release before was, in whole."""
    if any(f.provenance for f in release.files):
        return
    earlier = _before(release)
    if earlier and all(f.provenance for f in earlier):
        package = release.package
        said = f"{package.name} {package.version} is not attested, {earlier[0].version} before it was"
        yield PROVENANCE, said


def _before(release: _Release) -> list[IndexFile]:
    """Return the files of the newest release uploaded before this one."""
    since = min((f.upload_time for f in release.files if f.upload_time), default="")
    own = {f.name for f in release.files}
    older = [f for f in release.project.files if f.name not in own and "" < f.upload_time < since]
    newest = max(older, key=lambda f: (f.upload_time, f.name), default=None)
    return [f for f in older if newest is not None and f.version == newest.version]


def _short(text: str) -> str:
    algorithm, _, digest = text.partition(":")
    return f"{algorithm}:{digest[:_DIGEST]}..." if len(digest) > _DIGEST else text


_RULES = (HASH, AGAIN, PROVENANCE, PUBLISHER, QUARANTINED, ARCHIVED, DELETED, SDIST_ONLY)
CHECK = Check("index_facts", "What the index says of the pinned releases (--online)", _RULES, run)

"""Compare two releases: what does the newer one run, need and weigh that the older one did not?

import depscan.comparison
answer = depscan.comparison.compare_paths("pkg-1.0-py3-none-any.whl", "pkg-1.1-py3-none-any.whl")
print(answer.verdict, answer.reasons)
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from depscan.errors import UsageError
from depscan.release.diff import INCOMPLETE, WORSE, NewRequirement, ReleaseDiff, compare

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from depscan.artifacts.artifact import Artifact
    from depscan.artifacts.wheelhouse import LocalFile, Wheelhouse
    from depscan.release.release import Release
    from depscan.release.siblings import SiblingDiff

__all__ = ["CompareOptions", "Comparison", "compare_paths", "compare_release", "read_path"]

_NAMED = re.compile(r"\s*((?:@[\w.-]+/)?[A-Za-z0-9][\w.-]*)\s*(==|@)\s*([\w.+!-]+)\s*").fullmatch
_RANK = (WORSE, INCOMPLETE, "better", "same")
_EXIT = {WORSE: 1, INCOMPLETE: 4}


class CompareOptions(NamedTuple):
    """How to compare.

    Attributes:
        find_links: folders of archives: where ``name==version`` and new dependencies are looked for.
        uploaded: package name to RFC 3339 time of its oldest known file, for the age of new dependencies.
        now: time of the comparison, RFC 3339; "" leaves ages out.
        fetch: gives the archives of a release that no folder has: ``fetch(ecosystem, name, version)`` returns paths,
            and raises ``DepscanError``; None asks nobody. ``name==version`` is PyPI's, ``name@version`` npm's.
        first_upload: gives the time for packages that ``uploaded`` lacks: ``first_upload(ecosystem, name)`` returns
            it or "", and raises ``RegistryError``; None asks nobody. See ``depscan.release.indexed.Indexed``.
        progress: called with a short text before each archive.
    """

    find_links: tuple[str, ...] = ()
    uploaded: Mapping[str, str] = {}
    now: str = ""
    fetch: Callable[[str, str, str], Sequence[str]] | None = None
    first_upload: Callable[[str, str], str] | None = None
    progress: Callable[[str], None] = lambda _: None


class Comparison(NamedTuple):
    """The answer: one difference per pair of archives (a wheel against a wheel, an sdist against an sdist).

    Attributes:
        diffs: see ``ReleaseDiff``.
        missing: sentences about what was asked for and is not at hand.
    """

    diffs: tuple[ReleaseDiff, ...]
    missing: tuple[str, ...] = ()

    @property
    def verdict(self) -> str:
        """Return worse, incomplete, better or same; the first that holds for any pair."""
        found = {diff.verdict for diff in self.diffs} | ({INCOMPLETE} if self.missing else set())
        return next((word for word in _RANK if word in found), INCOMPLETE)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Return why the newer release is worse; () when it is not."""
        return tuple(dict.fromkeys(reason for diff in self.diffs for reason in diff.reasons))

    @property
    def exit_code(self) -> int:
        """Return 0 not worse, 1 worse, 4 incomplete."""
        return _EXIT.get(self.verdict, 0)


def compare_paths(old: str, new: str, options: CompareOptions | None = None) -> Comparison:
    """Return how one release differs from an older one. Nothing of either is executed.

    Args:
        old: archive, folder, ``.dist-info`` folder of an installed package, or ``name==version``.
        new: likewise.
        options: see ``CompareOptions``.

    Raises:
        ArtifactError: a path cannot be opened at all.
        UsageError: ``name==version`` without a place to look, or a path that is none.
    """
    options = options or CompareOptions()
    from depscan.artifacts.wheelhouse import Wheelhouse

    held = Wheelhouse(options.find_links)
    before, missing = _find(old, held, options)
    after, also = _find(new, held, options)
    missing += also
    if missing:
        return Comparison((), tuple(missing))
    from depscan.release.wheelhouse import pairs

    chosen = pairs(before, after) if _is_name(old) and _is_name(new) else [(before[0], after[0])]
    diffs = tuple(_judge(one.path, two.path, held, options, missing) for one, two in chosen)
    return Comparison(diffs, tuple(dict.fromkeys(missing)))


def compare_release(paths: Sequence[str], options: CompareOptions | None = None) -> SiblingDiff:
    """Return how the archives of one and the same release differ: a payload in only one of them shows.

    Args:
        paths: at least two archives, such as a wheel and the sdist.
        options: only ``progress`` matters.

    Raises:
        ArtifactError: an archive cannot be opened at all.
        UsageError: fewer than two archives.
    """
    from depscan.release.siblings import compare_siblings

    if len(paths) < 2:  # noqa: PLR2004 - one has no sibling
        raise UsageError("a release is compared with itself by two archives at least")
    options = options or CompareOptions()
    return compare_siblings(_read_siblings(paths, options))


def _read_siblings(paths: Sequence[str], options: CompareOptions) -> list[Release]:
    """Return the archives of one release, each read as far as it differs from the first."""
    from depscan.facts.pause import collector_paused
    from depscan.release.pair import read_pair

    found: list[Release] = []
    with collector_paused():
        for path in paths[1:]:
            options.progress(f"comparing {path}")
            first, other = read_pair(_open(paths[0]), _open(path))
            found += [other] if found else [first, other]
    return found


def read_path(path: str) -> Release:
    """Return what is known of the release at a path.

    Raises:
        ArtifactError: it cannot be opened at all.
    """
    from depscan.facts.pause import collector_paused
    from depscan.release.release import read_release

    with collector_paused():
        return read_release(_open(path))


def _open(path: str) -> Artifact:
    clean = path.rstrip("/" + os.sep)
    if clean.endswith(".dist-info") and os.path.isfile(os.path.join(clean, "RECORD")):
        from depscan.artifacts.installed import open_part, part_of

        folder, name = os.path.split(os.path.abspath(clean))
        return open_part(part_of(folder, name))
    from depscan.artifacts.open import open_artifact

    return open_artifact(path)


def _read(path: str, options: CompareOptions) -> Release:
    options.progress(f"reading {path}")
    return read_path(path)


def _is_name(target: str) -> bool:
    return not os.path.exists(target) and _NAMED(target) is not None


def _find(target: str, held: Wheelhouse, options: CompareOptions) -> tuple[list[LocalFile], list[str]]:
    """Return the archives a target means, and what is missing."""
    from depscan.artifacts.wheelhouse import LocalFile, tell
    from depscan.release.wheelhouse import in_order, of_release

    named = _NAMED(target) if _is_name(target) else None
    if named is None:
        return [LocalFile(target, "", "", "")], []
    name, mark, version = named.groups()
    found = of_release(held, name, version)
    if not found and options.fetch is not None:
        options.progress(f"asking the index for {name} {version}")
        ecosystem = "npm" if mark == "@" or name.startswith("@") else "PyPI"
        fetched = (tell(path) for path in options.fetch(ecosystem, name, version))
        found = in_order(archive for archive in fetched if archive is not None)
    if not found and not options.find_links and options.fetch is None:
        raise UsageError(f"{target} is no file or folder", hint="--find-links DIR or --online finds names")
    return found, [] if found else [f"no archive of {target} is at hand"]


def _judge(old: str, new: str, held: Wheelhouse, options: CompareOptions, missing: list[str]) -> ReleaseDiff:
    from depscan.facts.pause import collector_paused
    from depscan.release.pair import read_pair

    options.progress(f"comparing {new}")
    with collector_paused():
        diff = compare(*read_pair(_open(old), _open(new)))
    needed = tuple(_known(item, held, options, missing) for item in diff.new_requirements)
    return diff._replace(new_requirements=needed)


def _known(item: NewRequirement, held: Wheelhouse, options: CompareOptions, missing: list[str]) -> NewRequirement:
    """Return a new requirement with its age, and with what its own archive does where that is at hand.

    An index that does not answer about the age is told in ``missing``.
    """
    from depscan.release.needed import aged, first_seen, running
    from depscan.release.wheelhouse import newest

    known = options.uploaded.get(item.requirement.name, "")
    uploaded, why = first_seen(item, known, options.first_upload)
    missing += [why] if why else []
    item = aged(item, uploaded, options.now)
    archive = newest(held, item.requirement.name, item.requirement.text)
    return item if archive is None else running(item, _read(archive.path, options))

"""Many artifacts: from the cache where they were read before, in worker processes otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from depscan.errors import ArtifactError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from depscan.facts.cache import FactCache
    from depscan.facts.inspected import Inspected

T = TypeVar("T")
R = TypeVar("R")


def read_paths(
    paths: Sequence[str], jobs: int, cache: FactCache | None, keys: Sequence[str] | None = None
) -> Iterator[tuple[str, Inspected | ArtifactError]]:
    """Yield each path with what is known of the artifact there, in the order given.

    Args:
        paths: of artifacts.
        jobs: worker processes, each under limits of memory and time; 0 reads in this process without them.
        cache: where facts are kept between runs; None for nowhere.
        keys: of the artifacts in the cache, where the caller knows their hashes already.
    """
    if cache is None:
        yield from read_targets(paths, read_path, jobs)
        return
    keys = [cache.key(path) for path in paths] if keys is None else keys
    known = [cache.load(key) if key else None for key in keys]
    rest = read_targets([path for path, item in zip(paths, known, strict=True) if item is None], read_path, jobs)
    for path, key, item in zip(paths, keys, known, strict=True):
        if item is not None:
            yield path, item
            continue
        _, made = next(rest)
        if key and not isinstance(made, ArtifactError):
            cache.keep(key, made)
        yield path, made


def read_targets(
    targets: Sequence[T], read: Callable[[T], R | ArtifactError], jobs: int
) -> Iterator[tuple[T, R | ArtifactError]]:
    """Yield each target with what ``read`` makes of it; see ``read_paths``."""
    if jobs <= 0:
        yield from ((target, read(target)) for target in targets)
        return
    from depscan.text.pool import read_each

    yield from read_each(targets, read, jobs)


def read_path(path: str) -> Inspected | ArtifactError:
    """Return what the artifact at a path does, or why it cannot be opened."""
    from depscan.facts.engine import inspect_path

    try:
        return inspect_path(path)
    except ArtifactError as error:
        return error

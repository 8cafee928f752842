"""A wheel on the index, read by the few ranges that its reading needs.

Bytes read by range cannot be held against a hash: this is for files for which the lock has none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from depscan.errors import ArtifactError, RegistryError
from depscan.facts.fact import CALL
from depscan.facts.inspected import CodeGap

if TYPE_CHECKING:
    from depscan.facts.inspected import Inspected
    from depscan.registry.records import Budget, IndexFile
    from depscan.registry.registry import Registry
    from depscan.registry.settings import Settings

WORTH = 256 << 10
"""Bytes from which on a wheel is read by range; smaller ones come whole and are checked against the index's hash."""
_MOST = 512 << 20


class Far(NamedTuple):
    """A file on the index, and how to get at it: sent to a worker, which makes connections of its own.

    Attributes:
        file: as the index lists it.
        settings: of the client.
        budget: of the client; the bytes are those of one file.
    """

    file: IndexFile
    settings: Settings
    budget: Budget


def read_far(far: Far) -> Inspected | ArtifactError:
    """Return what a file on the index does, or why that cannot be told.

    At most 512 MiB of it are received. A wheel of which more than half is code comes whole and is checked. Of others
    only what can run comes; that their hash was not compared, and what was not looked at, are gaps.
    """
    from depscan.registry.registry import Registry

    with Registry(far.settings, budget=far.budget._replace(total=min(far.budget.total, _MOST))) as registry:
        try:
            return _read(registry, far.file)
        except RegistryError as error:
            return ArtifactError(f"the index: {error.message}")
        except ArtifactError as error:
            return error


def _read(registry: Registry, file: IndexFile) -> Inspected:
    from depscan.artifacts.far import assumed, open_far
    from depscan.facts.engine import inspect_opened, inspect_path
    from depscan.registry.ranged import RangedSource

    source = registry.source(file)
    artifact = open_far(source, file.name) if isinstance(source, RangedSource) else None
    if artifact is None:
        return inspect_path(registry.fetch(file))
    item = inspect_opened(artifact)
    if source.checked:
        return item
    gaps = [CodeGap("", "read by range: its hash could not be compared", 0, CALL)]
    if count := len(assumed(artifact)):
        why = f"read by range: {count} native and data files, told by their names, were not transferred"
        gaps.append(CodeGap("", why, 0, CALL))
    return item._replace(gaps=(*item.gaps, *gaps))


def cache_name(file: IndexFile) -> str:
    """Return the name under which facts of a file read by range are kept, apart from those of whole files."""
    return f"{file.name}, read by range from {file.url}"

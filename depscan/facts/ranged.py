"""A large archive on the index, read by the few ranges that its reading needs.

Bytes read by range cannot be held against a hash: this is for files for which the lock has none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from depscan.errors import ArtifactError, RegistryError
from depscan.facts.fact import CALL
from depscan.facts.inspected import CodeGap

if TYPE_CHECKING:
    from depscan.facts.inspected import Inspected
    from depscan.registry.records import IndexFile
    from depscan.registry.settings import Settings

WORTH = 16 << 20
"""Bytes from which on a file is read by range; smaller ones come whole and are checked against the index's hash."""
_MOST = 512 << 20


class Far(NamedTuple):
    """A file on the index, and how to get at it: sent to a worker, which makes connections of its own.

    Attributes:
        file: as the index lists it.
        settings: of the client.
    """

    file: IndexFile
    settings: Settings


def read_far(far: Far) -> Inspected | ArtifactError:
    """Return what a file on the index does, or why that cannot be told.

    At most 512 MiB of it are received. That its hash was not compared is a gap of it.
    """
    from depscan.artifacts.open import open_source
    from depscan.facts.engine import inspect_opened
    from depscan.registry.records import Budget
    from depscan.registry.registry import Registry

    with Registry(far.settings, budget=Budget(total=_MOST)) as registry:
        try:
            source = registry.source(far.file)
            item = inspect_opened(open_source(source, far.file.name))
        except RegistryError as error:
            return ArtifactError(f"the index: {error.message}")
    if source.checked:
        return item
    return item._replace(gaps=(*item.gaps, CodeGap("", "read by range: its hash could not be compared", 0, CALL)))


def cache_name(file: IndexFile) -> str:
    """Return the name under which facts of a file read by range are kept, apart from those of whole files."""
    return f"{file.name}, read by range from {file.url}"

"""Documents of settings: with a root where something was found, empty where not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.model.document import Document

if TYPE_CHECKING:
    from collections.abc import Callable

    from depscan.text.source import SourceFile


def filled(source: SourceFile, format_id: str, fill: Callable[[Document], None]) -> Document:
    """Return a document with a root that ``fill`` has filled; an empty one where it found nothing."""
    document = Document(source.path, format_id)
    root = document.add_root(source.path, 1)
    fill(document)
    if len(document.nodes) == 1 and not document.problems:
        del document.nodes[root], document.at[root]
        document.root = ""
    return document

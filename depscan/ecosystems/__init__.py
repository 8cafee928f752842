"""The few facts that differ per ecosystem: name rules and version order. One file each.

A module is named after OSV's name of the ecosystem: lower case, everything but letters and digits an
underscore ("crates.io" is ``crates_io.py``), and holds one ``ECOSYSTEM``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from depscan.ecosystems.record import Ecosystem

_loaded: dict[str, Ecosystem | None] = {}


def ecosystem(name: str) -> Ecosystem | None:
    """Return the facts of an ecosystem by OSV name, or None where depscan has none."""
    if name not in _loaded:
        slug = "".join(c if c.isalnum() else "_" for c in name.lower())
        try:
            _loaded[name] = import_module(f"{__name__}.{slug}").ECOSYSTEM if slug.isidentifier() else None
        except ModuleNotFoundError:
            _loaded[name] = None
    return _loaded[name]

"""PyPI: names by PEP 503, versions by PEP 440."""

from __future__ import annotations

from typing import Any

from depscan.ecosystems.ecosystem import Ecosystem


def normalise(name: str) -> str:
    """Return a name in lower case with every run of ``-``, ``_`` and ``.`` made one hyphen (PEP 503)."""
    name = name.lower().replace("_", "-").replace(".", "-")
    while "--" in name:
        name = name.replace("--", "-")
    return name


def order(version: str) -> Any | None:  # noqa: ANN401 - packaging's Version, imported only here
    """Return a sortable PEP 440 version, or None for what is no version."""
    from packaging.version import InvalidVersion, Version

    try:
        return Version(version)
    except InvalidVersion:
        return None


ECOSYSTEM = Ecosystem("PyPI", normalise, order)

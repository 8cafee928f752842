"""What METADATA, PKG-INFO and pyproject.toml say about who is required: hostile text, read within limits.

Sources: https://packaging.python.org/en/latest/specifications/core-metadata/, PEP 643 (Dynamic), PEP 518 and PEP 621.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_MOST_HEADERS = 1 << 20
_MOST_REQUIRES = 5000
_LONGEST = 4096
_BLANK = re.compile(rb"\r?\n\r?\n|\r\r").search
_LOST = re.compile(r"^(?:requires-dist|dynamic|provides-extra)\s*:", re.IGNORECASE | re.MULTILINE).search
_STATIC_SINCE = (2, 2)
_MOST_PYPROJECT = 1 << 20
LEGACY_BUILD = ("setuptools>=40.8.0",)
"""What builds an sdist that names nothing (PEP 517, "Source trees")."""

DYNAMIC = "edges: dynamic"


class Metadata(NamedTuple):
    """The part of core metadata that edges are made of.

    Attributes:
        name, version: as written.
        metadata_version: as written.
        requires: values of Requires-Dist.
        extras: values of Provides-Extra.
        dynamic: values of Dynamic, in lower case.
    """

    name: str
    version: str
    metadata_version: str
    requires: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    dynamic: tuple[str, ...] = ()


def read_metadata(data: bytes) -> Metadata | str:
    """Return what METADATA or PKG-INFO bytes state, or why that cannot be told.

    Only the headers are read (at most 1 MiB, 5,000 requirements of 4,096 characters), as pip reads them; headers
    behind a line that is none, which pip would not see, are a reason.
    """
    from packaging.metadata import parse_email

    end = _BLANK(data[: _MOST_HEADERS + 2])
    if end is None and len(data) > _MOST_HEADERS:
        return f"its metadata has more than {_MOST_HEADERS >> 20} MiB of headers"
    try:
        raw, unparsed = parse_email(data[: end.start()] + b"\n" if end else data)
    except (ValueError, TypeError, LookupError, RecursionError, AttributeError) as error:
        return f"its metadata cannot be read: {type(error).__name__}"
    wrong = [key for key in ("metadata-version", "name", "version", "requires-dist", "dynamic") if key in unparsed]
    if wrong:
        return f"its metadata has a field {wrong[0]} that is repeated or no text"
    if _LOST(raw.get("description", "")):
        return "its metadata has requirements behind a line that is no header"
    name, version, stated = raw.get("name", ""), raw.get("version", ""), raw.get("metadata_version", "")
    if not name or not version or not stated:
        return "its metadata has no name, version or metadata version"
    requires = tuple(raw.get("requires_dist", ()))
    if len(requires) > _MOST_REQUIRES or any(len(text) > _LONGEST for text in requires):
        return f"its metadata has more than {_MOST_REQUIRES} requirements, or one longer than {_LONGEST} characters"
    extras = tuple(raw.get("provides_extra", ()))
    return Metadata(name, version, stated, requires, extras, tuple(d.strip().lower() for d in raw.get("dynamic", ())))


def is_static(metadata: Metadata) -> bool:
    """Return whether the requirements of an sdist's PKG-INFO are those of every wheel built from it (PEP 643)."""
    numbers = metadata.metadata_version.split(".")
    if len(numbers) != 2 or not all(n.isascii() and n.isdigit() and len(n) < 5 for n in numbers):  # noqa: PLR2004
        return False
    return (int(numbers[0]), int(numbers[1])) >= _STATIC_SINCE and "requires-dist" not in metadata.dynamic


def build_requires(data: bytes | None) -> tuple[str, ...] | str:
    """Return ``build-system.requires`` of a pyproject.toml, or why it cannot be told.

    Args:
        data: the file; None where the sdist has none, which setuptools then builds.
    """
    if data is None:
        return LEGACY_BUILD
    if len(data) > _MOST_PYPROJECT:
        return "its pyproject.toml is larger than 1 MiB"
    import tomli

    try:
        table = tomli.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        return "its pyproject.toml is not TOML"
    system = table.get("build-system")
    if system is None:
        return LEGACY_BUILD
    wanted = system.get("requires") if isinstance(system, dict) else None
    if not isinstance(wanted, list) or not all(isinstance(text, str) for text in wanted):
        return "its pyproject.toml has a build-system without a list of requirements"
    if len(wanted) > _MOST_REQUIRES or any(len(text) > _LONGEST for text in wanted):
        return "its pyproject.toml has too many or too long build requirements"
    return tuple(wanted)

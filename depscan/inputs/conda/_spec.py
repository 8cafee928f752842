"""Conda's match specifications: ``channel::name=1.0=build`` and its relatives.

Source: the "Package match specifications" section of the conda-build documentation.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from depscan.inputs.conda._archive import read_archive

_SPEC = re.compile(r"(?:(?P<channel>[^\s\[\]=<>!~:]+(?::[^\s:]*)?)::)?(?P<name>[\w.*-]+)\s*(?P<rest>.*)").fullmatch
_VERSION = re.compile(r"[A-Za-z0-9_.!+-]+").fullmatch
_BRACKET = re.compile(r"\b(version|build|channel|subdir|url)\s*=\s*(\"[^\"]*\"|'[^']*'|[^,\]]*)")


class Spec(NamedTuple):
    """One match specification.

    Attributes:
        name: package name in lower case, as conda compares it.
        version: exact version when the specification allows no other; None otherwise.
        requested: the constraint as written; "" when there is none.
        channel: channel the package must come from; "" when any may serve.
        url: address when the specification is one.
    """

    name: str
    version: str | None
    requested: str
    channel: str = ""
    url: str = ""


def read_spec(text: str) -> Spec | None:
    """Return the parts of a match specification, or None for what is none."""
    text = text.strip()
    archive = read_archive(text)
    if archive is not None:
        return Spec(archive.name, archive.version, text, archive.channel, text)
    body, opened, bracket = text.partition("[")
    found = _SPEC(body.strip())
    if found is None or (opened and not bracket.rstrip().endswith("]")):
        return None
    rest = found["rest"].strip()
    keys = {k: v.strip().strip("'\"") for k, v in _BRACKET.findall(bracket)}
    channel = keys.get("channel") or found["channel"] or ""
    version = exact(rest) if rest else exact(keys.get("version", ""), built="build" in keys)
    requested = rest + (opened + bracket if opened else "")
    return Spec(found["name"].lower(), version, requested, channel)


def exact(text: str, *, built: bool = False) -> str | None:
    """Return the version a constraint allows as the only one, or None.

    ``==1.0``, ``1.0`` and ``=1.0=build`` are exact; ``=1.0`` stands for ``1.0.*``.

    Args:
        text: constraint with, after "=" or white space, a build.
        built: True when a build is given elsewhere.
    """
    text = text.strip()
    doubled = text.startswith("==")
    single = text.startswith("=") and not doubled
    parts = text.lstrip("=").replace("=", " ").split()
    built = built or len(parts) > 1
    if not parts or not _VERSION(parts[0]) or (single and not built):
        return None
    return parts[0]

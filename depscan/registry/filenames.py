"""File names of releases: safe to keep on disk, and the version that they state."""

from __future__ import annotations

import re

_ENDINGS = (".whl", ".tar.gz", ".zip", ".egg", ".tar.bz2", ".tgz", ".tar.xz", ".tar.z", ".tar", ".exe", ".rpm", ".deb",
            ".msi", ".dmg")  # fmt: skip
_LONGEST = 255


def is_safe(name: str) -> bool:
    """Whether a text is a file name and nothing else: no path, no control character, not hidden."""
    if not name or len(name) > _LONGEST or name.startswith(".") or name != name.strip():
        return False
    return name.isprintable() and not set(name) & set("/\\:")


def ending(name: str) -> str:
    """Return the ending of an archive's name; "" for what is none."""
    lower = name.lower()
    return next((one for one in _ENDINGS if lower.endswith(one)), "")


def version_of(name: str, project: str) -> str:
    """Return the version in a file's name; "" when the name has no known form.

    Args:
        name: the file's name.
        project: the normalised name of the project, which tells where an sdist's version begins.
    """
    end = ending(name)
    stem = name[: len(name) - len(end)] if end else ""
    if end in {".whl", ".egg"}:
        parts = stem.split("-")
        return parts[1] if len(parts) > 1 else ""
    for found in re.finditer("-", stem):
        if re.sub(r"[-_.]+", "-", stem[: found.start()]).lower() == project:
            return stem[found.end() :]
    return ""

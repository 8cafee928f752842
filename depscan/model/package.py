"""Packages: the nodes of the graph, and the purl that identifies each of them."""

import re
from typing import NamedTuple

_SAFE = re.compile(r"[A-Za-z0-9._~:-]*").fullmatch
_SAFE_BYTES = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~:-")


class File(NamedTuple):
    """One downloadable artifact of a package as the lock lists it.

    ``upload_time`` is an RFC 3339 text, ``size`` is in bytes; both may be unknown ("" and -1).
    """

    url: str
    hash: str = ""
    size: int = -1
    upload_time: str = ""


class Package(NamedTuple):
    """What a node of the graph stands for.

    Attributes:
        ecosystem: OSV's name of it ("PyPI", "npm", "crates.io"), or "conda", "JSR", "project".
        name: normalised by the ecosystem's rules.
        version: exact version, or None where the file pins none.
        source: registry, git, url, local, conda, npm or jsr.
        raw_name: the name as written, when it differs from ``name``.
        registry: URL of the index the file names for this package; "" when it names none.
        url: URL or path of the artifact or repository, for git, url and local sources.
        commit: full commit hash of a git source; "" when the file gives only a branch or tag.
        hashes: ``algorithm:hex`` or ``algorithm-base64`` texts the file gives.
        files: artifacts with their own hash, size and upload time, where the format lists them.
        yanked: the reason when the file says the release was yanked; None when it does not.
    """

    ecosystem: str
    name: str
    version: str | None
    source: str = "registry"
    raw_name: str = ""
    registry: str = ""
    url: str = ""
    commit: str = ""
    hashes: tuple[str, ...] = ()
    files: tuple[File, ...] = ()
    yanked: str | None = None


def mask(text: str) -> str:
    """Return ``text`` with user names, passwords and tokens inside URLs made ``***`` (a bare ``git@`` stays)."""
    if "@" not in text or "://" not in text:
        return text
    return re.sub(r"://(?!git@)[^/@\s]{1,500}@", "://***@", text)


def quote(text: str) -> str:
    """Percent-encode ``text`` as purl components are (purl spec, "Character encoding")."""
    if _SAFE(text):
        return text
    raw = text.encode("utf-8", "surrogatepass")
    return "".join(chr(b) if b in _SAFE_BYTES else f"%{b:02X}" for b in raw)


def purl(kind: str, name: str, version: str | None = None, **qualifiers: str) -> str:
    """Return the package URL of a package (https://github.com/package-url/purl-spec).

    Args:
        kind: purl type, such as "pypi" or "npm".
        name: normalised name; parts before a "/" become the namespace.
        version: exact version or None.
        qualifiers: only the non-empty ones are written, sorted by key.
    """
    path = "/".join(quote(part) for part in name.split("/")) if "/" in name else quote(name)
    text = f"pkg:{kind}/{path}@{quote(version)}" if version else f"pkg:{kind}/{path}"
    extra = "&".join(f"{k}={quote(v)}" for k, v in sorted(qualifiers.items()) if v)
    return f"{text}?{extra}" if extra else text

"""The package rows of a pixi.lock in the shapes of its versions 3, 4, 5 and 6."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from depscan.ecosystems.pypi import normalise
from depscan.inputs.conda._archive import read_archive
from depscan.model.package import File, Package
from depscan.text.shape import string, strings, table

_COMMIT = re.compile(r"[#@]([0-9a-f]{40})\b")
_HASHES = ("sha256", "md5")


class PixiRow(NamedTuple):
    """One row of the list of packages.

    Attributes:
        key: address by which environments name the row.
        package: what it stands for; None when the row is of an unknown kind.
        shown: text of the file's row that names it, for the line.
        platform: only in version 3.
        provides: names of the PyPI packages that a conda package brings.
        wants: requests as written: match specifications (conda) or PEP 508 (PyPI).
    """

    key: str
    package: Package | None
    shown: str
    platform: str = ""
    provides: tuple[str, ...] = ()
    wants: tuple[str, ...] = ()


def read_row(row: dict[str, Any], index: str) -> PixiRow:
    """Return a row of any version.

    Args:
        row: the table in the file.
        index: URL of the PyPI index when the lock uses only one.

    Raises:
        InputError: a value of the wrong type.
    """
    kind, key = _kind(row)
    platform = string(row.get("platform"), "platform")
    if kind == "conda":
        package = _conda(row, key)
        wants = _wants(row, "depends")
        return PixiRow(key, package, _shown(row, key), platform, _provides(row), wants)
    if kind == "pypi":
        package = _pypi(row, key, index)
        return PixiRow(key, package, _shown(row, key), platform, (), _wants(row, "requires_dist"))
    return PixiRow(key or kind or "a row", None, "")


def _kind(row: dict[str, Any]) -> tuple[str, str]:
    """Return conda, pypi or what else the row says, and its address."""
    for kind in ("conda", "pypi"):
        if kind in row:
            return kind, string(row[kind], kind)
    address = string(row.get("url"), "url") or string(row.get("path"), "path")
    kind = string(row.get("kind"), "kind") or string(row.get("manager"), "manager")
    return ("pypi" if kind == "pip" else kind), address


def _shown(row: dict[str, Any], key: str) -> str:
    return key if "kind" not in row and "manager" not in row else "name:"


def _wants(row: dict[str, Any], field: str) -> tuple[str, ...]:
    return tuple(strings(row.get(field) or row.get("dependencies"), field))


def _provides(row: dict[str, Any]) -> tuple[str, ...]:
    """Return the PyPI names among the purls of a conda row."""
    names = (p.removeprefix("pkg:pypi/") for p in strings(row.get("purls"), "purls") if p.startswith("pkg:pypi/"))
    return tuple(normalise(re.split("[@?#]", name, maxsplit=1)[0]) for name in names)


def _file(row: dict[str, Any], url: str) -> tuple[tuple[str, ...], tuple[File, ...]]:
    given = {**table(row.get("hash"), "hash"), **{k: row[k] for k in _HASHES if k in row}}
    hashes = tuple(f"{k}:{string(given[k], k)}" for k in _HASHES if given.get(k))
    size = string(row.get("size"), "size")
    amount = int(size) if size.isascii() and size.isdigit() and len(size) < 16 else -1  # noqa: PLR2004
    return hashes, (File(url, hashes[0] if hashes else "", amount),) if url else ()


def _conda(row: dict[str, Any], url: str) -> Package | None:
    archive = read_archive(url)
    name = string(row.get("name"), "name").lower() or (archive.name if archive else "")
    version = string(row.get("version"), "version") or (archive.version if archive else "") or None
    if not name:
        return None
    hashes, files = _file(row, url)
    if archive is None:  # a package that pixi builds from its source
        git = url.startswith("git+")
        commit = _COMMIT.search(url) if git else None
        return Package("conda", name, version, "git" if git else "local", "", "", url, commit[1] if commit else "")
    return Package("conda", name, version, "conda", registry=archive.channel, hashes=hashes, files=files)


def _pypi(row: dict[str, Any], address: str, index: str) -> Package | None:
    raw = string(row.get("name"), "name")
    if not raw:
        return None
    name, version = normalise(raw), string(row.get("version"), "version") or None
    raw = raw if raw != name else ""
    url = address.removeprefix("direct+")
    hashes, files = _file(row, url)
    if address.startswith("git+"):
        commit = _COMMIT.search(url)
        return Package("PyPI", name, version, "git", raw, "", url, commit[1] if commit else "")
    if url != address:
        return Package("PyPI", name, version, "url", raw, "", url, "", hashes, files)
    if row.get("editable") == "true" or "path" in row or not address.startswith(("http://", "https://")):
        return Package("PyPI", name, version, "local", raw, "", url, "", hashes)
    return Package("PyPI", name, version, "registry", raw, index, "", "", hashes, files)

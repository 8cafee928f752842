"""npm's packument to a ``Project``: the abbreviated form where upload times are not needed.

Source: the registry's package-metadata document ("abbreviated" is ``application/vnd.npm.install-v1+json``).
"""

from __future__ import annotations

import re

from depscan.errors import RegistryError
from depscan.registry.filenames import is_safe
from depscan.registry.hashes import Hashes, known, parse
from depscan.registry.records import IndexFile, Project
from depscan.registry.simple import ShapeError, parse_json
from depscan.registry.urls import resolve, shown

ABBREVIATED = "application/vnd.npm.install-v1+json, application/json;q=0.8"
FULL = "application/json"
_TYPES = frozenset({"application/json", "application/vnd.npm.install-v1+json"})
_NAME = re.compile(r"(?:@[A-Za-z0-9~_-][A-Za-z0-9._~-]*/)?[A-Za-z0-9~_-][A-Za-z0-9._~!'()*-]*", re.ASCII)
_LONGEST_NAME = 214
_MOST_VERSIONS = 250_000
_LONGEST = 4096


def page_url(index: str, name: str) -> str:
    """Return the URL of a packument.

    Raises:
        RegistryError: no registry can hold such a name.
    """
    if len(name) > _LONGEST_NAME or not _NAME.fullmatch(name):
        raise RegistryError(f"no name that an npm registry can hold: {name[:100]!r}")
    return f"{index.rstrip('/')}/{name.replace('/', '%2F')}"


def read_page(body: bytes, content_type: str, url: str, index: str, name: str) -> Project:
    """Return what a packument says; each version is one tarball, ``yanked`` is the text of ``deprecated``.

    Raises:
        RegistryError: it is of another type or shape, or about another package.
    """
    try:
        return _project(body, content_type, url, index, name)
    except ShapeError as error:
        raise RegistryError(f"{shown(url)} is no packument: {error}") from None


def _project(body: bytes, content_type: str, url: str, index: str, name: str) -> Project:
    if content_type not in _TYPES:
        raise ShapeError(f"its type is {content_type[:100]!r}")
    page = parse_json(body)
    if page.get("name") != name:
        raise ShapeError("it is about another package")
    rows, times = page.get("versions"), page.get("time", {})
    if not isinstance(rows, dict) or not isinstance(times, dict) or len(rows) > _MOST_VERSIONS:
        raise ShapeError("no table of versions")
    files = tuple(_file(version, row, times.get(version), url) for version, row in rows.items())
    return Project(name, index, files, versions=tuple(rows))


def _file(version: str, row: object, time: object, url: str) -> IndexFile:
    dist = row.get("dist") if isinstance(row, dict) else None
    if not isinstance(row, dict) or not isinstance(dist, dict) or len(version) > _LONGEST:
        raise ShapeError("a version without dist")
    tarball = dist.get("tarball")
    if not isinstance(tarball, str):
        raise ShapeError("a version without tarball")
    name = tarball.partition("?")[0].rpartition("/")[2]
    if not is_safe(name):
        raise ShapeError(f"an unsafe file name: {name[:100]!r}")
    deprecated = row.get("deprecated")
    attestations = dist.get("attestations")
    provenance = attestations.get("url") if isinstance(attestations, dict) else None
    return IndexFile(
        name,
        resolve(url, tarball),
        _hashes(dist),
        version,
        upload_time=time[:64] if isinstance(time, str) else "",
        yanked=deprecated[:_LONGEST] if isinstance(deprecated, str) and deprecated else None,
        provenance=resolve(url, provenance) if isinstance(provenance, str) and provenance else "",
    )


def _hashes(dist: dict[str, object]) -> Hashes:
    """Return the digests of ``integrity`` (subresource integrity: several, of which one must fit) and ``shasum``."""
    found = []
    integrity, shasum = dist.get("integrity"), dist.get("shasum")
    if isinstance(integrity, str):
        found = [pair for pair in map(parse, integrity[:_LONGEST].split()) if pair]
        if not found:
            raise ShapeError("an integrity that is none")
    if isinstance(shasum, str) and shasum:
        found.append(("sha1", shasum))
    try:
        return known(found)
    except RegistryError as error:
        raise ShapeError(error.message) from None

"""The Simple API: a project's page as JSON (PEP 691, 700) or HTML (PEP 503) to a ``Project``.

With yanked (PEP 592), core metadata (PEP 658, 714), provenance (PEP 740) and project status (PEP 792). A page of
another shape is an error that names it, never an empty answer.
"""

from __future__ import annotations

import re
from typing import Any

from depscan.ecosystems.pypi import normalise
from depscan.errors import RegistryError
from depscan.registry.filenames import is_safe, version_of
from depscan.registry.hashes import known
from depscan.registry.records import IndexFile, Project
from depscan.registry.urls import resolve, shown

ACCEPT = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01"  # PEP 691
JSON_TYPES = frozenset({"application/vnd.pypi.simple.v1+json", "application/vnd.pypi.simple.latest+json"})
HTML_TYPES = frozenset({"text/html", "application/vnd.pypi.simple.v1+html", "application/vnd.pypi.simple.latest+html"})
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,212}[A-Za-z0-9])?")
_MOST_FILES = 250_000
_LONGEST = 4096
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,12})?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII)
_LARGEST = 1 << 50
STATES = frozenset({"active", "archived", "quarantined", "deprecated"})


class ShapeError(Exception):
    """A page is not what it claims to be; the text says where."""


def page_url(index: str, name: str) -> str:
    """Return the URL of a project's page.

    Raises:
        RegistryError: no index can hold such a name (PEP 508, "Names").
    """
    if not _NAME.fullmatch(name):
        raise RegistryError(f"no name that an index can hold: {name[:100]!r}")
    return f"{index.rstrip('/')}/{normalise(name)}/"


def read_page(body: bytes, content_type: str, url: str, index: str, name: str) -> Project:
    """Return what a page says.

    Args:
        body: the page.
        content_type: media type as the server states it.
        url: where the page was read: links are relative to it.
        index: URL of the index.
        name: the name that was asked for.

    Raises:
        RegistryError: it is of another type or shape, or about another project.
    """
    from depscan.registry.simple_html import read_html

    wanted = normalise(name)
    try:
        if content_type in JSON_TYPES:
            return _json(body, url, index, wanted)
        if content_type in HTML_TYPES:
            return read_html(body, url, index, wanted)
    except ShapeError as error:
        raise RegistryError(f"{shown(url)} is no index page: {error}") from None
    raise RegistryError(f"{shown(url)} is no index page: its type is {content_type[:100]!r}")


def parse_json(body: bytes) -> dict[str, Any]:
    """Return a JSON object.

    Raises:
        ShapeError: it is none.
    """
    import json

    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        raise ShapeError("not valid JSON") from None
    if not isinstance(value, dict):
        raise ShapeError("not a JSON object")
    return value


def check_version(text: object) -> None:
    """Check an API version (PEP 629).

    Raises:
        ShapeError: its first number is not 1.
    """
    if not isinstance(text, str) or not re.fullmatch(r"1\.[0-9]{1,9}", text):
        raise ShapeError("an API version other than 1")


def check_status(text: object) -> str:
    """Return a project status (PEP 792)."""
    if not isinstance(text, str) or text not in STATES:
        raise ShapeError("an unknown project status")
    return text


def check_count(count: int) -> None:
    """Check the number of files."""
    if count > _MOST_FILES:
        raise ShapeError(f"more than {_MOST_FILES} files")


def _json(body: bytes, url: str, index: str, name: str) -> Project:
    page = parse_json(body)
    meta = page.get("meta")
    check_version(meta.get("api-version") if isinstance(meta, dict) else None)
    if not isinstance(page.get("name"), str) or normalise(page["name"]) != name:
        raise ShapeError("it is about another project")
    rows, versions = page.get("files"), page.get("versions", [])
    if not isinstance(rows, list) or not isinstance(versions, list):
        raise ShapeError("no list of files")
    check_count(len(rows))
    files = tuple(_file(row, url, name) for row in rows)
    status, reason = _status(page.get("project-status"))
    listed = tuple(_text(v, "a version") for v in versions) or versions_of(files)
    return Project(name, index, files, status, reason, listed)


def versions_of(files: tuple[IndexFile, ...]) -> tuple[str, ...]:
    """Return the versions of files, each once."""
    return tuple(dict.fromkeys(file.version for file in files if file.version))


def _status(value: object) -> tuple[str, str]:
    if value is None:
        return "active", ""
    if not isinstance(value, dict):
        raise ShapeError("an unknown project status")
    reason = value.get("reason")
    return check_status(value.get("status", "active")), "" if reason is None else _text(reason, "a reason")


def _file(row: object, url: str, project: str) -> IndexFile:
    if not isinstance(row, dict):
        raise ShapeError("a file that is no object")
    name = file_name(row.get("filename"))
    hashes = pairs(row.get("hashes"))
    if hashes is None:
        raise ShapeError("a file without hashes")
    provenance = row.get("provenance")
    return IndexFile(
        name,
        resolve(url, _text(row.get("url"), "a URL")),
        hashes,
        version_of(name, project),
        _size(row.get("size")),
        _time(row.get("upload-time")),
        _yanked(row.get("yanked", False)),
        _metadata(row.get("core-metadata", row.get("dist-info-metadata"))),
        resolve(url, _text(provenance, "a URL")) if provenance else "",
        _text(row.get("requires-python") or "", "a specifier"),
    )


def file_name(value: object) -> str:
    """Return a file name."""
    if not isinstance(value, str) or not is_safe(value):
        raise ShapeError(f"an unsafe file name: {str(value)[:100]!r}")
    return value


def pairs(value: object) -> tuple[tuple[str, str], ...] | None:
    """Return hashes of an object {algorithm: hex}; None when it is none."""
    if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
        return None
    try:
        return known((str(k), v) for k, v in value.items())
    except RegistryError as error:
        raise ShapeError(error.message) from None


def _text(value: object, what: str) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise ShapeError(f"{what} that is no text of at most {_LONGEST} characters")
    return value


def _size(value: object) -> int:
    if value is None:
        return -1
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _LARGEST:
        raise ShapeError("a size that is none")
    return value


def _time(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        raise ShapeError("an upload time that is none")
    return value


def _yanked(value: object) -> str | None:
    if isinstance(value, bool):
        return "" if value else None
    return _text(value, "a reason")


def _metadata(value: object) -> tuple[tuple[str, str], ...] | None:
    if value is None or isinstance(value, bool):
        return () if value else None
    found = pairs(value)
    if found is None:
        raise ShapeError("core metadata that is neither hashes nor true or false")
    return found

"""The Simple API as HTML (PEP 503), read with the standard library's parser."""

from __future__ import annotations

import time
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

from depscan.registry.filenames import ending, version_of
from depscan.registry.hashes import parse
from depscan.registry.records import IndexFile, Project
from depscan.registry.simple import ShapeError, check_count, check_status, check_version, file_name, versions_of
from depscan.registry.urls import resolve

_PIECE = 1 << 16
_SECONDS = 20.0


class _Links(HTMLParser):
    """Collects anchors, the base URL and the index's meta elements."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.anchors: list[dict[str, str]] = []
        self.base = ""
        self.meta: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = {name: value or "" for name, value in reversed(attrs)}
        if tag == "a" and "href" in held:
            self.anchors.append(held)
            check_count(len(self.anchors))
        elif tag == "base" and not self.base:
            self.base = held.get("href", "")
        elif tag == "meta" and held.get("name", "").startswith("pypi:"):
            self.meta.setdefault(held["name"], held.get("content", ""))


def read_html(body: bytes, url: str, index: str, name: str) -> Project:
    """Return what a page says; ``name`` is normalised.

    Raises:
        ShapeError: it is no index page: it says no API version and links no file.
        RegistryError: it links files where none may be.
    """
    links = _Links()
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ShapeError("not UTF-8") from None
    _feed(links, text)
    version = links.meta.get("pypi:repository-version")
    if version is not None:
        check_version(version)
    base = resolve(url, links.base) if links.base else url
    files = tuple(_file(anchor, base, name) for anchor in links.anchors if ending(_last(anchor["href"])))
    if not files and version is None:
        raise ShapeError("it says no API version and links no file")
    status = check_status(links.meta.get("pypi:project-status", "active"))
    reason = links.meta.get("pypi:project-status-reason", "")[:4096]
    return Project(name, index, files, status, reason, versions_of(files))


def _feed(links: _Links, text: str) -> None:
    """Parse a page in pieces: html.parser may take the square of what it cannot finish, so that stays short."""
    end = time.monotonic() + _SECONDS
    for at in range(0, len(text), _PIECE):
        links.feed(text[at : at + _PIECE])
        if len(links.rawdata) > _PIECE:
            raise ShapeError("a tag or text of more than 64 KiB")
        if time.monotonic() > end:
            raise ShapeError(f"not read after {_SECONDS:g} seconds")
    links.close()


def _last(href: str) -> str:
    try:
        return unquote(urlsplit(href.strip()).path.rpartition("/")[2])
    except ValueError:
        raise ShapeError("a link that is no URL") from None


def _file(anchor: dict[str, str], base: str, project: str) -> IndexFile:
    href = anchor["href"]
    name = file_name(_last(href))
    fragment = href.partition("#")[2].partition("&")[0]
    found = parse(fragment)
    if fragment and found is None and fragment.partition("=")[0] in {"sha256", "md5", "sha1", "sha512", "sha384"}:
        raise ShapeError("a digest that is none")
    metadata = anchor.get("data-core-metadata", anchor.get("data-dist-info-metadata"))
    provenance = anchor.get("data-provenance", "")
    return IndexFile(
        name,
        resolve(base, href),
        (found,) if found else (),
        version_of(name, project),
        yanked=anchor["data-yanked"][:4096] if "data-yanked" in anchor else None,
        metadata=_metadata(metadata),
        provenance=resolve(base, provenance) if provenance else "",
        requires_python=anchor.get("data-requires-python", "")[:4096],
    )


def _metadata(value: str | None) -> tuple[tuple[str, str], ...] | None:
    if value is None or value.lower() == "false":
        return None
    found = parse(value)
    return (found,) if found else ()

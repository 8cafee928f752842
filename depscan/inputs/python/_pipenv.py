"""One entry of a Pipfile or Pipfile.lock: both write a package as a version text or the same table."""

from __future__ import annotations

import re
from typing import Any

from depscan.ecosystems.pypi import normalise
from depscan.model.document import Document, IndexUse
from depscan.model.package import Package
from depscan.text.shape import required, string, strings, table, tables

_VCS = ("git", "hg", "svn", "bzr")
_PIN = re.compile(r"\s*={2,3}\s*([A-Za-z0-9][A-Za-z0-9._+!-]*)\s*").fullmatch
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?\s*(?:\[.*)?").fullmatch
_REMOTE = re.compile(r"(?i)(?!file:)[a-z][a-z0-9+.-]*://").match
_COMMIT = re.compile(r"[0-9a-fA-F]{40}").fullmatch
_MARKERS = frozenset(
    {
        "os_name",
        "sys_platform",
        "platform_machine",
        "platform_python_implementation",
        "platform_release",
        "platform_system",
        "platform_version",
        "python_version",
        "python_full_version",
        "implementation_name",
        "implementation_version",
    }
)
"""Environment markers (PEP 508) that an entry may hold as keys of their own."""


def terms_of(value: Any) -> dict[str, Any]:  # noqa: ANN401 - a value of the file
    """Return an entry as a table; a bare text is its version.

    Raises:
        InputError: neither a text nor a table.
    """
    return {"version": value} if isinstance(value, str) else table(value, "a package")


def package_of(raw: str, terms: dict[str, Any], registry: str) -> Package:
    """Return the package an entry asks for; its version only where a single ``==`` or ``===`` pins it.

    Raises:
        InputError: a value of the wrong type.
    """
    kind, url, commit = _origin(terms)
    pin = _PIN(string(terms.get("version"), "version"))
    name = normalise(required(raw, "name of a package"))
    hashes = tuple(h for h in strings(terms.get("hashes"), "hashes") if h)
    index = registry if kind == "registry" else ""
    return Package("PyPI", name, pin[1] if pin else None, kind, raw if raw != name else "", index, url, commit, hashes)


def complaint(raw: str, terms: dict[str, Any]) -> str:
    """Return what is wrong with the name or the exact version of an entry; "" for nothing.

    Raises:
        InputError: a value of the wrong type.
    """
    version = string(terms.get("version"), "version")
    if not _NAME(raw):
        return f"{raw[:80]!r} is no name of a package"
    if version.lstrip().startswith("==") and not set("*,") & set(version) and not _PIN(version):
        return f"invalid version {version[:80]!r} of {raw[:80]}"
    return ""


def _origin(terms: dict[str, Any]) -> tuple[str, str, str]:
    """Return source, URL or path, and commit of an entry."""
    vcs = next((key for key in _VCS if key in terms), "")
    if vcs:
        reference = string(terms.get("ref"), "ref")
        return "git", string(terms[vcs], vcs), reference if _COMMIT(reference) else ""
    for key in ("file", "path", "uri", "url"):
        if key in terms:
            place = string(terms[key], key)
            return ("url" if _REMOTE(place) else "local"), place, ""
    return "registry", "", ""


def requested_of(terms: dict[str, Any]) -> str:
    """Return the extras and the constraint or place an entry asks for, as written.

    Raises:
        InputError: a value of the wrong type.
    """
    _, url, _ = _origin(terms)
    reference = string(terms.get("ref"), "ref")
    version = string(terms.get("version"), "version")
    extras = ",".join(strings(terms.get("extras"), "extras"))
    place = f"@ {url}@{reference}" if reference else f"@ {url}"
    return (f"[{extras}]" if extras else "") + (place if url else version)


def marker_of(terms: dict[str, Any]) -> str:
    """Return the marker of an entry: ``markers``, and markers that are keys of their own.

    Raises:
        InputError: a value of the wrong type.
    """
    parts = [string(terms.get("markers"), "markers")]
    parts += [f"{key} {string(terms[key], key)}" for key in terms if key in _MARKERS]
    return " and ".join(filter(None, parts))


def label_of(category: str) -> str:
    """Return the edge label of a category of packages, by its name in either file."""
    known = {"packages": "prod", "default": "prod", "dev-packages": "dev", "develop": "dev"}
    return known.get(category, f"group:{category}")


def add_sources(document: Document, sources: Any, at: tuple[str, ...]) -> dict[str, str]:  # noqa: ANN401
    """Record the indexes of a file and return URL by name; "" names the first, the default.

    Raises:
        InputError: a value of the wrong type.
    """
    urls: dict[str, str] = {}
    for i, row in enumerate(tables(sources, "sources")):
        url = required(row.get("url"), "url of a source")
        urls.setdefault("", url)
        urls[string(row.get("name"), "name of a source")] = urls[""] if not row.get("name") else url
        document.indexes.append(IndexUse(url, "extra" if i else "index", (*at, i, "url")))
        if row.get("verify_ssl") is False:
            document.indexes.append(IndexUse(url, "trusted-host", (*at, i, "verify_ssl")))
    return urls


def reserve(document: Document, names: dict[str, list[str]]) -> None:
    """Write onto each index the names of the packages that are bound to it, given by URL."""
    document.indexes[:] = [
        use._replace(names=tuple(names.get(use.url, ()))) if use.role in {"index", "extra"} else use
        for use in document.indexes
    ]

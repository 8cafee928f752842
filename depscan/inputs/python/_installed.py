"""Installed environments: what the metadata beside the packages says (nothing is imported).

Sources: https://packaging.python.org/en/latest/specifications/recording-installed-packages/ (dist-info),
PEP 610 (direct_url.json), PEP 376 (REQUESTED) and setuptools' egg-info.
"""

from __future__ import annotations

import os
import re
from typing import NamedTuple

from depscan.ecosystems.pypi import normalise
from depscan.errors import InputError
from depscan.inputs.python._pep508 import NotARequirement, read_requirement
from depscan.inputs.python._site_packages import find_site_packages as find_site_packages  # noqa: PLC0414 - for api
from depscan.model.document import Document
from depscan.model.package import Package
from depscan.text.load import load_json
from depscan.text.shape import string, table
from depscan.text.source import read_source

_EXTRA = re.compile(r"\bextra\s*==\s*['\"]([^'\"]+)['\"]").search
_STEM = re.compile(r"([^-].*?)-(v?\d[^-]*)(?:-.*)?").fullmatch
_SYSTEM = frozenset({"debian", "rpm", "conda", "apk", "pacman", "portage"})
"""Installers whose own database replaces RECORD."""


class _Installed(NamedTuple):
    """One package: node id, requirement texts, folder of its metadata and whether a user asked for it."""

    key: str
    wants: list[str]
    place: str
    requested: bool


def read_environment(site_packages: list[str], name: str) -> Document:
    """Return the packages installed in some folders and who requires whom.

    The root asks for what a user installed (REQUESTED) and for what nobody else requires.

    Args:
        site_packages: folders in import order: the first one that has a package serves it.
        name: how to call the environment.
    """
    document = Document(name, "installed", lock=True)
    document.add_root(name)
    found: list[_Installed] = []
    held: dict[str, str] = {}
    for folder in site_packages:
        seen: dict[str, str] = {}
        for one in _list(document, folder):
            package = document.nodes[one.key]
            found.append(one)
            held.setdefault(package.name, one.key)
            other = seen.setdefault(package.name, one.key)
            if other != one.key:
                versions = f"{document.nodes[other].version} and {package.version}"
                document.problem(f"two versions of {package.name} in {folder}: {versions}")
    for one in found:
        _link(document, held, one)
    asked = {edge.child for edge in document.edges if edge.child != edge.parent}
    for one in found:
        if one.requested or one.key not in asked:
            document.link(document.root, one.key)
    return document


def _list(document: Document, folder: str) -> list[_Installed]:
    """Read every piece of metadata in a folder."""
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        document.problem(f"cannot list {folder}: {error.strerror}")
        return []
    found = []
    for name in names:
        path = os.path.join(folder, name)
        if name.startswith("~") and name.endswith((".dist-info", ".egg-info")):
            document.problem(f"{path} is left over from an interrupted uninstall")
        elif name.endswith(".dist-info") and os.path.isdir(path):
            found.append(_dist_info(document, path))
        elif name.endswith(".egg-info"):
            found.append(_egg_info(document, path))
        elif name.endswith(".egg") and os.path.isdir(os.path.join(path, "EGG-INFO")):
            found.append(_egg_info(document, os.path.join(path, "EGG-INFO"), name.removesuffix(".egg")))
        elif name.endswith(".egg-link"):
            found.extend(_egg_link(document, path))
    return [one for one in found if one is not None]


def _read(document: Document, path: str) -> str:
    """Return the text of a metadata file; "" and a problem when it cannot be read."""
    try:
        return read_source(path).text
    except InputError as error:
        document.problem(str(error))
        return ""


def _headers(text: str) -> dict[str, list[str]]:
    """Return the header fields of a METADATA text, keys in lower case, folded lines joined."""
    found: dict[str, list[str]] = {}
    values: list[str] = []
    for line in text.lstrip("\n").partition("\n\n")[0].split("\n"):
        if line[:1] in {" ", "\t"}:
            if values:
                values[-1] += " " + line.strip()
            continue
        key, colon, value = line.partition(":")
        if colon:
            values = found.setdefault(key.strip().lower(), [])
            values.append(value.strip())
    return found


def _identity(document: Document, path: str, headers: dict[str, list[str]], stem: str) -> tuple[str, str | None]:
    """Return raw name and version; where the metadata has none, what the folder's name says."""
    parts = _STEM(stem)
    said, version = (parts[1], parts[2]) if parts else (stem, "")
    names, versions = headers.get("name", [""]), headers.get("version", [""])
    if not names[0] or not versions[0]:
        document.problem(f"{path} states no {'version' if names[0] else 'name'}")
    elif version and not normalise(stem).startswith(f"{normalise(names[0])}-"):
        document.problem(f"{path} says it is {names[0][:80]}, its folder says {said[:80]}")
    return names[0] or said, versions[0] or version or None


def _dist_info(document: Document, path: str) -> _Installed | None:
    metadata = os.path.join(path, "METADATA")
    headers = _headers(_read(document, metadata))
    stem = os.path.basename(path).removesuffix(".dist-info")
    raw, version = _identity(document, metadata, headers, stem)
    if not raw:
        return None
    installer = os.path.join(path, "INSTALLER")
    by = _read(document, installer).strip().lower() if os.path.isfile(installer) else ""
    if not os.path.isfile(os.path.join(path, "RECORD")) and by not in _SYSTEM:
        document.problem(f"{path} has no RECORD: what belongs to {raw[:80]} cannot be told")
    package = _origin(document, path, raw, version)
    wants = headers.get("requires-dist", [])
    return _Installed(document.add(package), wants, metadata, os.path.isfile(os.path.join(path, "REQUESTED")))


def _origin(document: Document, path: str, raw: str, version: str | None) -> Package:
    """Return the package with the source that direct_url.json states (PEP 610)."""
    name = normalise(raw)
    package = Package("PyPI", name, version, "registry", raw if raw != name else "")
    stated = os.path.join(path, "direct_url.json")
    if not os.path.isfile(stated):
        return package
    try:
        direct = table(load_json(read_source(stated)), stated)
        url = string(direct.get("url"), "url")
        if "vcs_info" in direct:
            commit = string(table(direct["vcs_info"], "vcs_info").get("commit_id"), "commit_id")
            return package._replace(source="git", url=url, commit=commit)
        if "dir_info" in direct:
            return package._replace(source="local", url=url)
        archive = table(direct.get("archive_info"), "archive_info")
        hashes = [f"{k}:{string(v, 'hash')}" for k, v in table(archive.get("hashes"), "hashes").items()]
        if not hashes and (old := string(archive.get("hash"), "hash")):
            hashes = [old.replace("=", ":", 1)]
        return package._replace(source="url", url=url, hashes=tuple(hashes))
    except InputError as error:
        document.problem(str(error) if error.path else f"{stated}: {error}")
        return package


def _egg_info(document: Document, path: str, stem: str = "") -> _Installed | None:
    """Read an egg-info folder or, as distutils wrote it, a file that is the metadata itself."""
    folder = os.path.isdir(path)
    metadata = os.path.join(path, "PKG-INFO") if folder else path
    headers = _headers(_read(document, metadata))
    stem = stem or os.path.basename(path).removesuffix(".egg-info")
    raw, version = _identity(document, metadata, headers, stem)
    if not raw:
        return None
    name = normalise(raw)
    wants = list(headers.get("requires-dist", []))
    requires = os.path.join(path, "requires.txt")
    if folder and not wants and os.path.isfile(requires):
        wants = _requires(_read(document, requires))
    key = document.add(Package("PyPI", name, version, "registry", raw if raw != name else ""))
    return _Installed(key, wants, metadata, requested=False)


def _requires(text: str) -> list[str]:
    """Return setuptools' requires.txt, with its ``[extra:marker]`` sections, as requirement texts."""
    found, marker = [], ""
    for line in (raw.strip() for raw in text.split("\n")):
        if line.startswith("[") and line.endswith("]"):
            extra, _, condition = line[1:-1].partition(":")
            parts = [f"({condition})" if condition and extra else condition, f'extra == "{extra}"' if extra else ""]
            marker = " and ".join(part for part in parts if part)
        elif line:
            found.append(f"{line}; {marker}" if marker else line)
    return found


def _egg_link(document: Document, path: str) -> list[_Installed]:
    """Follow ``setup.py develop``: the first line names the folder whose egg-info describes the package."""
    target = _read(document, path).partition("\n")[0].strip()
    folder = os.path.join(os.path.dirname(path), target)
    try:
        names = sorted(n for n in os.listdir(folder) if n.endswith(".egg-info")) if target else []
    except OSError:
        names = []
    stem = normalise(os.path.basename(path).removesuffix(".egg-link"))
    for name in names:
        if normalise(name.removesuffix(".egg-info").partition("-")[0]) == stem:
            probe = Document(document.path, document.format)
            one = _egg_info(probe, os.path.join(folder, name))
            document.problems.extend(probe.problems)
            if one is not None:
                local = probe.nodes[one.key]._replace(source="local", url=target)
                return [one._replace(key=document.add(local), requested=True)]
    document.problem(f"{path} leads to no package metadata")
    return []


def _link(document: Document, held: dict[str, str], one: _Installed) -> None:
    """Link a package to the installed ones it requires; what is not installed was not needed here."""
    for text in one.wants:
        try:
            want = read_requirement(text)
        except NotARequirement as error:
            document.problem(f"{one.place}: {error}")
            continue
        child = held.get(normalise(want.name))
        if child is not None:
            extra = _EXTRA(want.marker)
            label = f"extra:{extra[1]}" if extra else "prod"
            document.link(one.key, child, label, marker=want.marker, requested=want.requested)

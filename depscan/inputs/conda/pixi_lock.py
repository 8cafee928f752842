"""pixi.lock: pixi's lockfile, versions 3 to 6 (https://pixi.sh/latest/workspace/lockfile/).

Reads conda and PyPI packages with channel, hashes and sizes. The file keeps what each package
asks for, not what it got: edges are resolved inside each environment and platform.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from depscan.ecosystems.pypi import normalise
from depscan.inputs.conda._pixi_rows import PixiRow, read_row
from depscan.inputs.conda._rows import locate_row
from depscan.inputs.conda._wants import conda_wants, pypi_wants
from depscan.inputs.format import InputFormat
from depscan.model.document import Document, IndexUse
from depscan.model.package import Package
from depscan.text.shape import array, string, table, tables
from depscan.text.source import SourceFile
from depscan.text.yaml import load_yaml

PATTERNS = "pixi.lock"

_KNOWN = frozenset({"3", "4", "5", "6"})


class _Member(NamedTuple):
    """A row, its package, its node id and where it stands."""

    row: PixiRow
    package: Package
    key: str
    at: tuple[str, int]


def parse(source: SourceFile) -> Document:
    """Return the packages of a pixi.lock and the edges of every environment.

    Raises:
        InputError: not YAML, not a pixi.lock, or a value of the wrong type.
    """
    lock = table(load_yaml(source), "the file")
    section = "packages" if "packages" in lock else "package"
    if section not in lock and "environments" not in lock:
        raise source.error("not a pixi.lock: neither packages nor environments")
    document = Document(source.path, "pixi-lock", lock=True)
    document.hashed = True
    version = string(lock.get("version"), "version")
    if version not in _KNOWN:
        document.problem(
            f"lock format version {version or 'that is missing'} is none of the known 3 to 6", ("version",)
        )
    environments = table(lock.get("environments"), "environments")
    index = _uses(document, environments, table(lock.get("metadata"), "metadata"))
    members: list[_Member] = []
    by_url: dict[str, int] = {}
    for i, row in enumerate(_merge([read_row(row, index) for row in tables(lock.get(section), section)])):
        if row.package is None:
            document.problem(f"cannot tell what {row.key[:200]!r} is", (section, i))
            continue
        by_url.setdefault(row.key, len(members))
        members.append(_Member(row, row.package, document.add(row.package, (section, i, row.shown)), (section, i)))
    seen: set[tuple[str, str, str]] = set()
    for group in _groups(document, environments, members, by_url):
        _link(document, [members[i] for i in group], seen)
    return document


def _merge(rows: list[PixiRow]) -> list[PixiRow]:
    """Give every row of one release the files and hashes of all its builds, so that they are one node."""
    merged: dict[tuple[str, ...], Package] = {}
    for row in rows:
        package = row.package
        if package is not None:
            held = merged.get(_identity(package), package)
            files = tuple(dict.fromkeys(held.files + package.files))
            hashes = tuple(dict.fromkeys(held.hashes + package.hashes))
            merged[_identity(package)] = held._replace(files=files, hashes=hashes)
    return [r if r.package is None else r._replace(package=merged[_identity(r.package)]) for r in rows]


def _identity(package: Package) -> tuple[str, ...]:
    return (package.ecosystem, package.name, package.version or "", package.source, package.registry, package.url)


def _uses(document: Document, environments: dict[str, Any], metadata: dict[str, Any]) -> str:
    """Record channels and indexes; return the index when there is only one, "" otherwise."""
    found: dict[tuple[str, str], str] = {}
    for name, value in [*environments.items(), ("", metadata)]:
        environment = table(value, f"environment {name}")
        for channel in array(environment.get("channels"), "channels"):
            url = string(channel.get("url") if isinstance(channel, dict) else channel, "url of a channel")
            found.setdefault((url, "channel"), name)
        for i, url in enumerate(array(environment.get("indexes"), "indexes")):
            found.setdefault((string(url, "index"), "extra" if i else "index"), name)
    for url, role in found:
        if url:
            document.indexes.append(IndexUse(url, role, ("environments", url)))
    indexes = [url for url, role in found if role != "channel"]
    return indexes[0] if len(indexes) == 1 else ""


def _groups(
    document: Document, environments: dict[str, Any], members: list[_Member], by_url: dict[str, int]
) -> list[list[int]]:
    """Return, for every environment and platform, the rows that are installed together."""
    if not environments:  # version 3 has one environment and names the platform in each row
        platforms = dict.fromkeys(member.row.platform for member in members)
        return [[i for i, member in enumerate(members) if member.row.platform == name] for name in platforms]
    groups = []
    for name, environment in environments.items():
        for platform, listed in table(table(environment, name).get("packages"), "packages").items():
            group = []
            for reference in tables(listed, f"packages of {platform}"):
                url = next((v for v in reference.values() if isinstance(v, str)), "")
                if url in by_url:
                    group.append(by_url[url])
                else:
                    document.problem(f"{url[:200]!r} of environment {name} is not in the lock", ("environments", url))
            groups.append(group)
    return groups


def _link(document: Document, group: list[_Member], seen: set[tuple[str, str, str]]) -> None:
    """Link the packages of one environment; what is not in it is virtual or of another platform."""
    held: dict[str, str] = {}
    conda: dict[str, str] = {}
    for member in group:
        if member.package.ecosystem == "conda":
            conda[member.package.name] = member.key
    for member in group:
        names = (member.package.name,) if member.package.ecosystem == "PyPI" else member.row.provides
        held.update(dict.fromkeys(names, member.key))
    for member in group:
        is_conda = member.package.ecosystem == "conda"
        for want in conda_wants(member.row.wants) if is_conda else pypi_wants(member.row.wants):
            child = conda.get(want.name) if is_conda else _provider(held, conda, normalise(want.name))
            if child is not None and child != member.key and (member.key, child, want.label) not in seen:
                seen.add((member.key, child, want.label))
                at = (*member.at, want.text)
                document.link(member.key, child, want.label, marker=want.marker, requested=want.requested, at=at)


def _provider(held: dict[str, str], conda: dict[str, str], name: str) -> str | None:
    """Return what serves a PyPI name: a PyPI package, or a conda package that brings it or is called so."""
    return held.get(name) or conda.get(name)


FORMAT = InputFormat("pixi-lock", "pixi.lock", "conda", parse, locate_row)

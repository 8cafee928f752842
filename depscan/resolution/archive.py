"""Metadata out of a wheel or an sdist: only the members needed, in memory, nothing unpacked to disk."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from depscan.artifacts.artifact import Budget
from depscan.artifacts.ledger import Ledger
from depscan.artifacts.magic import ARCHIVES, HEAD, is_tar, sniff
from depscan.artifacts.streams import pieces, unpack
from depscan.ecosystems.pypi import normalise
from depscan.resolution.metadata import DYNAMIC, build_requires, is_static, read_metadata
from depscan.resolution.provider import Failed, Requirements, mistaken

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from depscan.artifacts.members import Found
    from depscan.artifacts.source import Source
    from depscan.model.package import Package

_BUDGET = Budget()
_IN_SDIST = ("PKG-INFO", "pyproject.toml")


def of_wheel(package: Package, source: Source, name: str, origin: str) -> Requirements | str:
    """Return what the METADATA of a wheel says, or why not.

    Args:
        package: the pin it is to be of.
        source: the wheel's bytes; only its directory and METADATA are read.
        name: the wheel, as it can be shown.
        origin: how it was read.
    """
    from depscan.artifacts.zip import ZipWalk

    ledger = Ledger(_BUDGET)
    held = _read(ZipWalk(source, name, ledger).only(_is_metadata), ledger)
    if isinstance(held, str):
        return held
    own = {path: data for path, data in held.items() if _folder_name(path) == package.name} or held
    if len(own) != 1:
        return Failed(f"{len(own)} members METADATA" if own else _reason(ledger, "no member METADATA"))
    [(path, data)] = own.items()
    return from_metadata(package, data, origin, f"{name} > {path}")


def from_metadata(package: Package, data: bytes, origin: str, path: str) -> Requirements | str:
    """Return what METADATA bytes say about a pin; damage, and metadata of another package, is a failure."""
    metadata = read_metadata(data)
    why = metadata if isinstance(metadata, str) else mistaken(package, metadata)
    if isinstance(metadata, str) or why:
        return Failed(why)
    return Requirements(metadata.requires, (), origin, path)


def of_sdist(package: Package, source: Source, name: str) -> Requirements | str:
    """Return what the PKG-INFO and the pyproject.toml of an sdist say, or why not.

    PKG-INFO counts where it is static (PEP 643); else the requirements are unknown and the build requirements stay.
    """
    ledger = Ledger(_BUDGET)
    held = _read(_members(source, name, ledger), ledger)
    if isinstance(held, str):
        return held
    files: dict[str, list[tuple[str, bytes]]] = {"PKG-INFO": [], "pyproject.toml": []}
    for path, data in held.items():
        files[path.rpartition("/")[2]].append((path, data))
    if any(len(found) > 1 for found in files.values()):
        return Failed("more than one top folder with a PKG-INFO or pyproject.toml")
    if not held:
        return Failed(_reason(ledger, "neither PKG-INFO nor pyproject.toml"))
    build = build_requires(files["pyproject.toml"][0][1] if files["pyproject.toml"] else None)
    if isinstance(build, str):
        return Failed(build)
    if not files["PKG-INFO"]:
        return Requirements((), build, "sdist", name, f"{DYNAMIC} (no PKG-INFO)")
    path, data = files["PKG-INFO"][0]
    metadata = read_metadata(data)
    why = metadata if isinstance(metadata, str) else mistaken(package, metadata)
    if isinstance(metadata, str) or why:
        return Failed(why)
    if is_static(metadata):
        return Requirements(metadata.requires, build, "sdist", f"{name} > {path}")
    reason = "" if metadata.dynamic else f", PKG-INFO of version {metadata.metadata_version[:20]}"
    return Requirements(
        (), build, "sdist", f"{name} > {path}", f"{DYNAMIC} (the sdist says so only when built{reason})"
    )


def _is_metadata(path: str) -> bool:
    return path.endswith(".dist-info/METADATA") and path.count("/") == 1


def _folder_name(path: str) -> str:
    return normalise(path.partition(".dist-info/")[0].rpartition("-")[0])


def _in_sdist(path: str) -> bool:
    return path.count("/") == 1 and path.rpartition("/")[2] in _IN_SDIST


def _members(source: Source, name: str, ledger: Ledger) -> Iterator[Found]:
    """Yield PKG-INFO and pyproject.toml of an sdist; all of it is passed over, for a later member replaces one."""
    kind = sniff(source.at(0, HEAD))
    if kind == "zip":
        from depscan.artifacts.zip import ZipWalk

        yield from ZipWalk(source, name, ledger).only(_in_sdist)
        return
    if kind not in ARCHIVES:
        ledger.odd("broken", name, "not an sdist: no tar or zip archive")
        return
    from depscan.artifacts.tar import TarWalk

    stream = unpack(pieces(source), "" if kind == "tar" else kind, name, ledger)
    first = next(stream, b"")
    if not is_tar(first[:HEAD]):
        ledger.odd("broken", name, "not an sdist: no tar or zip archive")
        return
    yield from (found for found in TarWalk(chain((first,), stream), name, ledger).members() if _in_sdist(found.path))


def _read(found: Iterable[Found], ledger: Ledger) -> dict[str, bytes] | str:
    """Return content by path; a path twice with other content, and what could not be read whole, is a failure."""
    held: dict[str, bytes] = {}
    for member in found:
        data = member.reader()
        if held.setdefault(member.path, data) != data:
            return Failed(f"two members {member.path[:200]} with different content")
    bad = next((o for o in ledger.found if o.path in held or o.kind in {"budget", "ratio"}), None)
    return Failed(f"{bad.path[:200]}: {bad.detail}") if bad else held


def _reason(ledger: Ledger, otherwise: str) -> str:
    return next((o.detail for o in ledger.found if o.kind in {"broken", "unreadable", "budget"}), otherwise)

"""yarn.lock: yarn 1 ("classic", its own syntax) and yarn 2 to 4 ("berry", YAML).

Sources: https://classic.yarnpkg.com/lang/en/docs/yarn-lock/ and yarn's lockfile parser; for berry
https://yarnpkg.com/configuration/yarnrc and the descriptors and locators of @yarnpkg/core.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from depscan.inputs.format import InputFormat
from depscan.inputs.javascript._origin import commit_of, is_git, locked_package, origin, split_name, unalias
from depscan.inputs.javascript._yarn_classic import Block, read_blocks
from depscan.model.document import Document
from depscan.model.location import Route
from depscan.model.package import Package
from depscan.text.lines import locate_yaml
from depscan.text.shape import string, table
from depscan.text.source import SourceFile
from depscan.text.yaml import load_yaml

PATTERNS = "yarn.lock"
EXPLICIT = "*yarn*.lock"

_SHA1 = 40
"""Hex digits of a SHA-1 hash."""

_PATCHES = 4
"""Most patches of patches that are looked through."""

_FIELDS = {"dependencies": "prod", "optionalDependencies": "optional"}


class _Want(NamedTuple):
    parent: str
    name: str
    wanted: str
    label: str
    at: Route


def parse(source: SourceFile) -> Document:
    """Return the packages and edges of a yarn.lock of either kind.

    Raises:
        InputError: neither syntax, unresolved merge conflicts, or a value of the wrong type.
    """
    document = Document(source.path, "yarn-lock", lock=True)
    conflict = source.conflict_line()
    if conflict:
        raise source.error("merge-conflict markers: the file was committed unresolved", conflict)
    read = _berry if "\n__metadata:" in "\n" + source.text else _classic
    _link(document, *read(source, document))
    if document.problems and not any(p.version for p in document.nodes.values()):
        at = document.problems[0].at
        line = at if isinstance(at, int) else locate_yaml(source, at)
        raise source.error(f"invalid yarn.lock: {document.problems[0].message}", line)
    return document


def _classic(source: SourceFile, document: Document) -> tuple[dict[str, str], list[_Want]]:
    held: dict[str, str] = {}
    wants: list[_Want] = []
    for block in read_blocks(source):
        package = _classic_package(block)
        key = document.add(package, block.line)
        if package.version is None:
            document.problem(f"{block.keys[0][:80]!r} has no version", block.line)
        for pattern in block.keys:
            if pattern in held and held[pattern] != key:
                raise source.error(f"invalid yarn.lock: {pattern[:80]!r} is resolved twice", block.line)
            held[pattern] = key
        for field, label in _FIELDS.items():
            wants.extend(_Want(key, n, w, label, line) for n, (w, line) in block.tables.get(field, {}).items())
    document.hashed = any(p.hashes for p in document.nodes.values())
    return held, wants


def _classic_package(block: Block) -> Package:
    name, wanted = split_name(block.keys[0])
    installed = name
    version = block.values.get("version") or None
    name, wanted = unalias(name, wanted)
    name = block.values.get("name", "") or name
    resolved, integrity = block.values.get("resolved", ""), block.values.get("integrity", "")
    if not resolved and (origin(wanted, name).source == "local" or is_git(wanted)):
        resolved = wanted
    web, _, digest = resolved.partition("#")
    if not integrity and len(digest) == _SHA1 and web.endswith(".tgz"):  # before yarn 1.10 the only hash was SHA-1
        integrity = f"sha1:{digest}"
    if not is_git(resolved):
        resolved = web
    made = locked_package(name, version, resolved, integrity, installed)
    # for git over ssh yarn writes the repository alone: the request then holds the commit
    return made._replace(commit=commit_of(wanted)) if made.source == "git" and not made.commit else made


def _berry(source: SourceFile, document: Document) -> tuple[dict[str, str], list[_Want]]:
    lock = table(load_yaml(source), "yarn.lock")
    held: dict[str, str] = {}
    wants: list[_Want] = []
    for descriptors, value in lock.items():
        if descriptors == "__metadata":
            continue
        row = table(value, "an entry")
        package = _berry_package(descriptors, row)
        if package is None:
            document.problem(f"{descriptors[:80]!r} has no version or resolution", (descriptors,))
            continue
        key = document.add(package, (descriptors,))
        if package.source == "local" and package.url == "workspace:.":
            document.root = key
        for descriptor in descriptors.split(", "):
            held.setdefault(descriptor.strip(), key)
            held.setdefault(descriptor.strip().partition("::")[0], key)
        wants.extend(_berry_wants(key, descriptors, row))
    return held, wants


def _berry_package(descriptors: str, row: dict[str, Any]) -> Package | None:
    from urllib.parse import unquote

    resolution = string(row.get("resolution"), "resolution")
    version = string(row.get("version"), "version")
    if not resolution or not version:
        return None
    name, reference = split_name(resolution)
    installed = split_name(descriptors)[0]
    for _ in range(_PATCHES):
        if reference.startswith("patch:"):  # the patched package is what advisories know
            reference = split_name(unquote(reference[6:].partition("#")[0]))[1]
    checksum = string(row.get("checksum"), "checksum")
    integrity = f"yarn:{checksum}" if checksum else ""
    if reference.startswith(("workspace:", "portal:", "link:")):
        return Package("npm", name, version, "local", url=reference)
    resolved = "" if reference.startswith("npm:") else reference.partition("::")[0]
    archive = reference.partition("__archiveUrl=")[2].partition("&")[0]
    return locked_package(name, version, unquote(archive) or resolved, integrity, installed)


def _berry_wants(key: str, descriptors: str, row: dict[str, Any]) -> list[_Want]:
    meta = table(row.get("dependenciesMeta"), "dependenciesMeta")
    optional = {name for name, m in meta.items() if table(m, "dependenciesMeta").get("optional") == "true"}
    found = []
    for field, label in _FIELDS.items():
        for name, wanted in table(row.get(field), field).items():
            at = (descriptors, field, name)
            found.append(_Want(key, name, string(wanted, field), "optional" if name in optional else label, at))
    return found


def _link(document: Document, held: dict[str, str], wants: list[_Want]) -> None:
    """Add an edge for every request that the lock answers under the text of the request.

    Where package.json's ``resolutions`` replaced a range, berry's lock has no such key; which entry answers is
    then not said, and no edge is made up.
    """
    names = {split_name(descriptor)[0] for descriptor in held}
    for want in wants:
        child = held.get(f"{want.name}@{want.wanted}") or held.get(f"{want.name}@npm:{want.wanted}")
        if child is not None:
            document.link(want.parent, child, want.label, requested=want.wanted, at=want.at)
        elif want.label == "prod" and want.name not in names:
            document.problem(f"dependency {want.name}@{want.wanted} is not in the lock", want.at)


FORMAT = InputFormat("yarn-lock", "yarn.lock", "npm", parse, locate_yaml)

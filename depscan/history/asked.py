"""Which packages of a store a person means by ``torch==2.4.0``, ``torch>=2,<2.6``, a purl or a publisher."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from depscan.ecosystems import ecosystem
from depscan.errors import UsageError
from depscan.history.read import named, packages_like
from depscan.model.kind import DATASETS

if TYPE_CHECKING:
    from depscan.history.database import Database
    from depscan.history.records import Node

_SPECIFIER = re.compile(r"\s*(===|==|!=|~=|<=|>=|<|>|=|\^|~)")
_EXTRAS = re.compile(r"\[[\w\s,.-]*\]$")
_UNFINISHED = tuple("<>=!~^")
_LONGEST = 2000
_ACTIONS = "GitHub Actions"
_KINDS = {"github": "githubactions"}
"""Types of package URLs that mean what the store calls otherwise."""


class Asked(NamedTuple):
    """What is meant, by id in the store.

    Attributes:
        text: as it was written.
        packages: what is asked for.
        undecided: the name fits, and whether the version does cannot be told.
        others: the name fits, the version does not.
        publisher: whether the text names who publishes them, and not them.
    """

    text: str
    packages: dict[int, Node]
    undecided: dict[int, Node]
    others: dict[int, Node]
    publisher: bool = False


def asked(database: Database, text: str) -> Asked:
    """Return what a text means.

    Raises:
        UsageError: it is empty, longer than a name can be, or a range that ends before its version.
        StoreError: the store cannot be read.
    """
    text = text.strip().encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")  # as the store keeps it
    if not text or len(text) > _LONGEST:
        raise UsageError("is no name of a package", path=text[:100] or "''")
    if text.startswith("pkg:"):
        return _by_purl(database, text)
    whole = {} if text.endswith("/") else _named(database, text)
    if whole:
        return Asked(text, whole, {}, {})
    for name, wanted in () if text.endswith("/") else _splits(text):
        found = _named(database, name)
        if found and wanted.endswith(_UNFINISHED):
            raise UsageError("is no range: a version has to follow", path=text[:100], hint="torch>=2,<2.6 is one")
        if found:
            return _sorted_by(text, found, wanted)
    start = text.rstrip("/") + "/"
    published = packages_like(database, start) | packages_like(database, DATASETS + start)
    by_purl = dict(sorted(published.items(), key=lambda one: one[1].purl))
    return Asked(text, by_purl, {}, {}, publisher=True)


def _splits(text: str) -> list[tuple[str, str]]:
    """Return the ways to read a text as a name and a version or range."""
    found = []
    sign = _SPECIFIER.search(text, 1)
    head, at, tail = text.rpartition("@")
    if at and head and (sign is None or sign.start() >= len(head)):
        found.append((head, tail))
    if sign:
        found.append((text[: sign.start()], text[sign.start() :].strip()))
        bare = text[: sign.start()].rpartition("@")  # npm's name@>=1 with a space or several parts
        if bare[0]:
            found.append((bare[0], (bare[2] + text[sign.start() :]).strip()))
    for between in ("==", ":"):  # a name may hold anything; image:tag
        head, there, tail = text.rpartition(between)
        if there and head:
            found.append((head, f"=={tail}"))
    return [(_EXTRAS.sub("", name.strip()), wanted) for name, wanted in found]


def _named(database: Database, text: str) -> dict[int, Node]:
    """Return the packages whose name is the text by the rules of their ecosystem."""
    lowered = text.lower()
    hyphened = re.sub(r"[-_.]+", "-", lowered)
    found = named(database, {text, lowered, hyphened, DATASETS + text})
    same = {own: node for own, node in found.items() if node.kind == "data set" or _same(node, text)}
    if "/" in text:  # the actions in the folders of a repository are that repository's
        inside = packages_like(database, lowered + "/").items()
        same |= {own: node for own, node in inside if node.ecosystem == _ACTIONS}
    return same


def _same(node: Node, text: str) -> bool:
    facts = ecosystem(node.ecosystem)
    if facts is not None:
        return facts.normalise(text) == node.name
    return node.name == text or (node.ecosystem in {"image", "service"} and node.name == text.lower())


def _by_purl(database: Database, text: str) -> Asked:
    from urllib.parse import unquote

    rest, _, _ = text.partition("#")
    rest, _, qualifiers = rest.partition("?")
    kind, slash, path = rest[4:].strip("/").partition("/")
    head, at, version = path.rpartition("@")
    name = unquote(head if at and head else path)
    if not slash or not name:
        raise UsageError("is no package URL", path=text, hint="pkg:pypi/torch@2.4.0 is one")
    start = f"pkg:{_KINDS.get(kind.lower(), kind.lower())}/"
    wanted = set(filter(None, qualifiers.split("&")))
    lowered = name.lower()
    every = named(database, {name, lowered, re.sub(r"[-_.]+", "-", lowered), name.rpartition("/")[2]})
    found = {
        own: node
        for own, node in every.items()
        if node.purl.startswith(start)
        and (_same(node, name) or unquote(node.purl[len(start) :]).startswith(name))
        and wanted <= set(node.purl.partition("?")[2].split("&"))
    }
    return _sorted_by(text, found, f"=={unquote(version)}") if at and head else Asked(text, found, {}, {})


def _sorted_by(text: str, found: dict[int, Node], wanted: str) -> Asked:
    """Tell the packages of a name apart by their versions."""
    answers: dict[bool | None, dict[int, Node]] = {True: {}, False: {}, None: {}}
    for own, node in found.items():
        answers[fits(node, wanted)][own] = node
    return Asked(text, answers[True], answers[None], answers[False])


def fits(node: Node, wanted: str) -> bool | None:
    """Return whether a package has a wanted version; None where that cannot be told (law: never silence).

    Args:
        node: the package.
        wanted: a version, or a range as the package's ecosystem writes it.
    """
    equal = re.fullmatch(r"(?:={1,3})?\s*([^\s<>=!~^*,|]+)", wanted)
    if equal and equal[1] in {node.version, node.commit, node.release}:
        return True
    if not node.version:
        return None
    if node.ecosystem == _ACTIONS:
        return _action_fits(node, equal[1]) if equal else None
    if equal and not (node.ecosystem == "npm" and wanted == equal[1]):
        return _equals(node, equal[1], exactly=wanted.startswith("==="))
    return _in_range(node, wanted)


def _equals(node: Node, version: str, *, exactly: bool) -> bool:
    facts = ecosystem(node.ecosystem)
    if exactly or facts is None:
        return node.version == version
    held = node.version if facts.public(version) != version else facts.public(node.version)
    key = facts.order(version)
    return key is not None and facts.order(held) == key


def _action_fits(node: Node, version: str) -> bool | None:
    """Return whether an action is a release: a commit is told by its comment, and ``v4`` moves from 4.x to 4.y."""
    held = node.release if node.commit else node.version
    if not held or version.startswith(held + "."):
        return None
    return _equals(node._replace(version=held), version, exactly=False)


def _in_range(node: Node, wanted: str) -> bool | None:
    if node.ecosystem == "PyPI":
        from packaging.specifiers import InvalidSpecifier, SpecifierSet
        from packaging.version import InvalidVersion

        try:
            return SpecifierSet(wanted).contains(node.version, prereleases=True)
        except (InvalidSpecifier, InvalidVersion):
            return None
    if node.ecosystem in {"npm", "crates.io", "JSR"}:
        from depscan.ecosystems.semver_range import within

        return within(node.version, wanted, bare="^" if node.ecosystem == "crates.io" else "")
    return None


def label(node: Node) -> str:
    """Return a package as a person calls it: its name and what tells it from others of that name."""
    return f"{node.name} {node.version or node.release or node.commit}".rstrip()

"""Two graphs in, what became of each package out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from depscan.ecosystems import ecosystem as rules_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from depscan.model.graphview import GraphView
    from depscan.model.package import Package

ADDED, REMOVED, UPGRADED, DOWNGRADED, CHANGED, MOVED, REHASHED = (
    "added", "removed", "upgraded", "downgraded", "changed", "moved", "rehashed",
)  # fmt: skip
_INDEXED = frozenset({"registry", "npm", "jsr", "conda"})


class Change(NamedTuple):
    """What became of one package.

    Attributes:
        kind: added, removed, upgraded, downgraded, changed (another version or commit, without order), moved
            (same version from elsewhere) or rehashed (same version from the same place with other hashes).
        before, after: node ids; "" where there is none.
        old, new: the packages behind them.
    """

    kind: str
    before: str
    after: str
    old: Package | None
    new: Package | None

    @property
    def package(self) -> Package:
        """Return the package as it is, or as it was before it was removed."""
        found = self.new or self.old
        assert found is not None  # noqa: S101 - a change has a side
        return found

    @property
    def moved(self) -> str:
        """Return "index" or "source" when the package comes from elsewhere than before; "" otherwise."""
        return "" if self.old is None or self.new is None else moved(self.old, self.new)


def moved(old: Package, new: Package) -> str:
    """Return how the place a package comes from changed.

    Returns:
        "source" when it left an index for a repository, URL or folder or came from another repository, URL or
        folder; "index" for another index, or back to one; "" for the same place and for what a file does not say.
    """
    if new.source in _INDEXED:
        if old.source not in _INDEXED:
            return "index"
        both = old.registry.rstrip("/"), new.registry.rstrip("/")
        return "index" if all(both) and both[0] != both[1] else ""
    same = old.source == new.source and (new.source == "url" or _place(old) == _place(new))
    if same and new.source == "url":
        same = _host(old.url) == _host(new.url)
    return "" if same else "source"


def _place(package: Package) -> str:
    return package.url.partition("#")[0].partition("?")[0].removesuffix("/").removesuffix(".git")


def _host(url: str) -> str:
    return url.partition("://")[2].partition("/")[0]


def changes(before: GraphView, after: GraphView) -> list[Change]:
    """Return what became of every package that is not exactly the same on both sides, sorted by name.

    Several versions of one name (npm) are paired in their order; what is left over was added or removed. The
    nodes that stand for the projects themselves are left out.
    """
    old, new = _by_name(before), _by_name(after)
    found: list[Change] = []
    for name in sorted(old.keys() | new.keys()):
        found += _of_name(old.get(name, {}), new.get(name, {}))
    return found


def _by_name(graph: GraphView) -> dict[tuple[str, str], dict[str, Package]]:
    found: dict[tuple[str, str], dict[str, Package]] = {}
    for key, package in graph.nodes.items():
        if package.ecosystem != "project":
            found.setdefault((package.ecosystem, package.name), {})[key] = package
    return found


def _of_name(old: dict[str, Package], new: dict[str, Package]) -> list[Change]:
    same = [k for k, package in old.items() if k in new and _content(new[k]) == _content(package)]
    if len(same) == len(old) == len(new):
        return []
    left = {k: p for k, p in old.items() if k not in same}
    right = {k: p for k, p in new.items() if k not in same}
    found = []
    for key, package in list(right.items()):
        twin = next((k for k, p in left.items() if p.version == package.version), None)
        if twin is not None:
            found += _same_version(twin, left.pop(twin), key, right.pop(key))
    pairs = list(zip(_sorted(left), _sorted(right), strict=False))
    for before, after in pairs:
        one, other = left.pop(before), right.pop(after)
        found.append(Change(_direction(one, other), before, after, one, other))
    found += [Change(REMOVED, key, "", package, None) for key, package in left.items()]
    return found + [Change(ADDED, "", key, None, package) for key, package in right.items()]


def _content(package: Package) -> tuple[object, ...]:
    return (
        package.version,
        package.source,
        package.registry,
        package.url,
        package.commit,
        frozenset(all_hashes(package)),
    )


def all_hashes(package: Package) -> list[str]:
    """Return every hash a file gives for a package, of the whole or of single files."""
    return [*package.hashes, *(f.hash for f in package.files if f.hash)]


def _same_version(before: str, old: Package, after: str, new: Package) -> list[Change]:
    if moved(old, new):
        return [Change(MOVED, before, after, old, new)]
    if old.commit != new.commit or (new.source == "git" and old.url != new.url):
        return [Change(CHANGED, before, after, old, new)]
    held, now = set(all_hashes(old)), set(all_hashes(new))
    return [Change(REHASHED, before, after, old, new)] if held and held != now else []


def _sorted(packages: dict[str, Package]) -> list[str]:
    def key(item: str) -> tuple[bool, Any, str]:
        order = _order(packages[item])
        return (order is not None, order if order is not None else "", item)

    try:
        return sorted(packages, key=key)
    except TypeError:  # keys of one ecosystem that do not compare with each other
        return sorted(packages)


def _order(package: Package) -> Any:  # noqa: ANN401 - the ecosystem's own
    rules = rules_of(package.ecosystem)
    return rules.order(package.version) if rules and package.version else None


def _direction(old: Package, new: Package) -> str:
    one, other = _order(old), _order(new)
    if one is None or other is None or one == other:
        return CHANGED
    return UPGRADED if other > one else DOWNGRADED


def versions(graphs: Iterable[GraphView], ecosystem: str, name: str) -> list[Package]:
    """Return every package of a name, over several graphs."""
    return [p for g in graphs for p in g.nodes.values() if p.name == name and p.ecosystem == ecosystem]

"""The why graph of a night: shortest ways from repositories to the worst findings, few enough to be read."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from depscan.overview.page.markup import called
from depscan.overview.records import Hit, Overview, Told
from depscan.text.count import counted

NODES = 60
_REPOSITORIES = 10
"""More repositories than this are drawn as groups, one for each owner."""
_OWNERS = 8
_LONGEST = 6
"""Nodes of a way that are drawn; the middle of a longer one is one node that says how many it stands for."""
_SUBJECTS = 24
_LINES = 24
"""More lines than this from owners to what they ask for are a tangle: then owners are not drawn."""
_USUAL = 2
"""Ways of a subject that are drawn where repositories are only counted."""


class Node(NamedTuple):
    """A box: ``kind`` is repositories, first, package, between or finding; ``full`` is the whole text.

    ``note`` is a second line. ``severity`` and ``finding`` (its id) belong to findings only.
    """

    key: str
    kind: str
    label: str
    full: str
    note: str = ""
    severity: str = ""
    finding: str = ""


class Way(NamedTuple):
    """A way that is drawn: keys of nodes from a group of repositories to a finding."""

    keys: tuple[str, ...]
    repositories: int


class WhyGraph(NamedTuple):
    """What is drawn.

    Attributes:
        nodes: by key, in the order of first use.
        ways: every way, worst finding first.
        left_out: subjects with findings that did not fit.
    """

    nodes: dict[str, Node]
    ways: tuple[Way, ...]
    left_out: int


def why_graph(overview: Overview, limit: int = NODES) -> WhyGraph:
    """Return the union of shortest ways from repositories to each subject, the worst first.

    Ways begin at repositories where there are few, at their owners where that stays readable, otherwise at what
    the repositories ask for themselves, with how many do. What is blocked is drawn; where nothing is, what warns.
    """
    told = [f for f in overview.findings if f.action == "block" and f.hits]
    told = told or [f for f in overview.findings if f.action == "warn" and f.hits]
    subjects: dict[str, list[Told]] = {}
    for finding in told:
        subjects.setdefault(called(finding), []).append(finding)
    groups = _groups(told)
    nodes, ways, left_out = _united(subjects, groups, limit)
    if len({way.keys[:2] for way in ways}) > _LINES:
        groups = {}
        nodes, ways, left_out = _united(subjects, groups, limit)
    return WhyGraph(_counted(nodes, ways, told, groups), tuple(ways), left_out)


def _united(
    subjects: dict[str, list[Told]], groups: dict[str, str], limit: int
) -> tuple[dict[str, Node], list[Way], int]:
    """Return nodes and ways of as many subjects as fit, and how many do not."""
    nodes: dict[str, Node] = {}
    ways: list[Way] = []
    left_out = 0
    for number, (label, findings) in enumerate(subjects.items()):
        wanted = _ways(label, findings, groups) if number < _SUBJECTS else []
        for held in (wanted, wanted[:1]):  # all, or where it is too much the one that most repositories have
            fresh = _fresh(held, findings, nodes)
            if held and len(nodes) + len(fresh) <= limit:
                nodes.update(fresh)
                ways += [Way(tuple(key for key, _ in steps), count) for steps, count in held]
                break
        else:
            left_out += 1
    return nodes, ways, left_out


def _groups(told: list[Told]) -> dict[str, str]:
    """Return the group each repository is drawn in: itself, its owner, or everybody else."""
    owners = {hit.repository: hit.owner for f in told for hit in f.hits}
    if len(owners) <= _REPOSITORIES:
        return {repository: repository for repository in owners}
    if not any(owners.values()):
        return dict.fromkeys(owners, "repositories")
    sizes = Counter(owners.values())
    first = sorted(sizes, key=lambda owner: (-sizes[owner], owner))
    kept = set(first if len(first) <= _OWNERS else first[: _OWNERS - 1])
    return {r: (o or "no owner") if o in kept else "other owners" for r, o in owners.items()}


Steps = tuple[tuple[str, str], ...]
"""Keys and labels from where a way begins to the subject."""


def _ways(label: str, findings: list[Told], groups: dict[str, str]) -> list[tuple[Steps, int]]:
    """Return the shortest way of each group, or the most usual ways of all; that of most repositories first."""
    hits: dict[str, dict[str, Hit]] = {}
    for finding in findings:
        for hit in finding.hits:
            hits.setdefault(groups.get(hit.repository, ""), {}).setdefault(hit.repository, hit)
    found = []
    for group, held in sorted(hits.items(), key=lambda item: (-len(item[1]), item[0])):
        usual = Counter(hit.via for hit in held.values())
        if not group:
            most = sorted(usual, key=lambda way: (-usual[way], len(way), way))[:_USUAL]
            return [(_steps("", via, label), usual[via]) for via in most]
        via = min(usual, key=lambda way: (len(way), -usual[way], way))
        found.append((_steps(group, via, label), len(held)))
    return found


def _steps(group: str, via: tuple[str, ...], label: str) -> Steps:
    """Return a way with each node once, its middle as one node where it is long."""
    names = list(dict.fromkeys(n for n in via if n != label))
    steps = [(f"n:{n}", n) for n in names]
    if len(steps) > _LONGEST - 1:
        middle = names[2:-2]
        steps = [*steps[:2], ("b:" + "\0".join(middle), f"{len(middle)} between"), *steps[-2:]]
    begin = ((f"g:{group}", group),) if group else ()
    return (*begin, *steps, (f"n:{label}", label))


def _fresh(held: list[tuple[Steps, int]], findings: list[Told], nodes: dict[str, Node]) -> dict[str, Node]:
    """Return the nodes that the ways add; a node that a finding is about becomes one of the finding."""
    fresh: dict[str, Node] = {}
    for steps, _ in held:
        for key, label in steps[:-1]:
            if key not in nodes:
                kind = {"g": "repositories", "b": "between"}.get(key[0], "package")
                full = key[2:].replace("\0", ", ") if kind == "between" else label
                fresh.setdefault(key, Node(key, kind, label, full))
        key, label = steps[-1]
        worst = findings[0]
        note = worst.severity if len(findings) == 1 else f"{worst.severity}, {len(findings)} findings"
        fresh[key] = Node(key, "finding", label, f"{label}: {worst.title}", note, worst.severity, worst.id)
    return fresh


def _counted(nodes: dict[str, Node], ways: list[Way], told: list[Told], groups: dict[str, str]) -> dict[str, Node]:
    """Return the nodes; those where ways begin say how many repositories they stand for."""
    if groups:
        sizes = Counter(groups[r] for r in {hit.repository for f in told for hit in f.hits})
        alone = set(groups) == set(groups.values())
        words = {f"g:{g}": "repository" if alone else counted(n, "repository") for g, n in sizes.items()}
    else:
        asking: dict[str, set[str]] = {}
        for hit, finding in ((h, f) for f in told for h in f.hits):
            asking.setdefault(f"n:{hit.via[0] if hit.via else called(finding)}", set()).add(hit.repository)
        words = {key: counted(len(asking.get(key, ())), "repository") for key in {way.keys[0] for way in ways}}
    made = {}
    for key, node in nodes.items():
        if key in words:
            kind = "first" if node.kind == "package" else node.kind
            node = node._replace(kind=kind, note=f"{node.note}, {words[key]}" if node.note else words[key])  # noqa: PLW2901
        made[key] = node
    return made

"""Small stores of nights, made of hand-made readings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from depscan.history.records import Graph, Night, Node, Part, Reading, Repository, Use, Visit
from depscan.history.store import Store
from depscan.model.decision import Coverage
from depscan.model.finding import Confidence, Evidence, Finding, Severity
from depscan.model.location import Location

ROOT = "app"


def node(text: str) -> Node:
    """Return the package of ``name==version``, ``npm:name==version``; ``app`` alone is the project."""
    world, colon, rest = text.partition(":")
    ecosystem = {"npm": "npm", "model": "huggingface", "service": "service", "action": "GitHub Actions"}.get(world)
    name, _, version = (rest if colon and ecosystem else text).partition("==")
    if name == ROOT:
        return Node("pkg:generic/app", "project", ROOT, "", "local", kind="project")
    kind = {"model": "model", "service": "service", "action": "action"}.get(world, "package")
    scheme = {"npm": "npm", "model": "huggingface", "service": "generic/service", "action": "githubactions"}
    purl = f"pkg:{scheme.get(world, 'pypi')}/{name.replace('@', '%40')}" + (f"@{version}" if version else "")
    return Node(purl, ecosystem or "PyPI", name, version, "registry", kind=kind)


class Repo(NamedTuple):
    """What a repository says: pairs of parent and child per file (the first parent is the root)."""

    files: dict[str, list[tuple[str, str]]]
    findings: tuple[Finding, ...] = ()
    uses: tuple[tuple[str, str, int, str], ...] = ()
    gaps: tuple[Coverage, ...] = ()
    revision: str = "1" * 40


def finding(subject: str, message: str = "is bad", rule: str = "trust/test", mark: str = "X-1") -> Finding:
    """Return a finding about a subject, with an id that its fingerprint hangs on."""
    evidence = (Evidence(Location("a.py", 1, "text")),)
    return Finding(rule, "trust", Severity.HIGH, Confidence.HIGH, subject, message, (mark,), evidence=evidence)


def graph_of(edges: list[tuple[int, int]], count: int, roots: list[int]) -> tuple[list[int], list[int], list[int]]:
    """Return nodes in breadth-first order, the position before each, and edges, as ``Graph`` holds them."""
    children: dict[int, list[int]] = {}
    for parent, child in edges:
        children.setdefault(parent, []).append(child)
    order, before = list(roots), {root: root for root in roots}
    for parent in order:
        for child in children.get(parent, ()):
            if child not in before:
                before[child] = parent
                order.append(child)
    place = {one: at for at, one in enumerate(order)}
    assert len(order) <= count
    flat = [
        at for parent in reversed(order) for child in children.get(parent, ()) for at in (place[parent], place[child])
    ]
    return order, [place[before[one]] for one in order], flat


def reading(key: str, repo: Repo) -> Reading:
    """Return the reading of a repository."""
    names = list(dict.fromkeys([n for edges in repo.files.values() for edge in edges for n in edge if n]))
    names += [use[0] for use in repo.uses if use[0] not in names]
    graphs, parts = [], []
    for path, edges in sorted(repo.files.items()):
        pairs = [(names.index(a), names.index(b)) for a, b in edges if b]
        roots = [names.index(edges[0][0])] if edges else []
        graphs.append(Graph(*graph_of(pairs, len(names), roots)))
        parts.append(Part(path, "uv-lock" if path else "", len(graphs) - 1, len(names)))
    uses = [Use(names.index(n), path, line, how, ()) for n, path, line, how in repo.uses]
    return Reading(key, list(map(node, names)), graphs, parts, list(repo.findings), list(repo.gaps), [], uses)


class Fleet:
    """A store to which nights are added, one a day from the first of a month on."""

    def __init__(self, folder: Path, name: str = "nights.db", month: str = "2030-01") -> None:
        self.place = str(folder / name)
        self._month = month
        self._night = 0

    def night(
        self,
        repositories: Mapping[str, Repo | str],
        found: Mapping[str, list[Finding]] | None = None,
        owners: Mapping[str, tuple[str, str, tuple[str, ...]]] | None = None,
    ) -> None:
        """Add a night.

        Args:
            repositories: name to what it says, or to why it cannot be read.
            found: purl to findings, of every package from now on.
            owners: name to owner, team and tags.
        """
        self._night += 1
        with Store.open(self.place, write=True) as store:
            visits = []
            for name, repo in repositories.items():
                whose = Repository(name, f"/mirrors/{name}", *(owners or {}).get(name, ("", "", ())))
                if isinstance(repo, str):
                    visits.append(Visit(whose, "", problem=repo))
                    continue
                key = repr(repo._replace(revision=""))
                store.add([reading(key, repo)])
                visits.append(Visit(whose, key, repo.revision))
            judged = f"advisories of night {self._night}"
            about = {own: (found or {}).get(one.purl, []) for own, one in store.unjudged(judged)}
            day = f"{self._month}-{self._night:02}T01:00:00Z"
            store.publish(Night(0, day, day, "0", "", {}, "", {}), visits, about, judged)

    def open(self) -> Store:
        """Return the store."""
        return Store.open(self.place)


def store_of_the_docs(folder: Path) -> None:
    """Make the store that the pages about nights speak of: three nights of four repositories."""
    fleet = Fleet(folder, "depscan.db", "2026-11")
    owners = {"ranking": ("ana", "search", ("prod",)), "chat": ("ben", "assistants", ("prod",)),
              "notebooks": ("ana", "search", ())}  # fmt: skip
    uses = (("model:org/model", "train.py", 12, "from_pretrained"),)
    peft = [("app", "peft==0.13.2"), ("peft==0.13.2", "accelerate==1.3.0"), ("accelerate==1.3.0", "torch==2.4.0")]
    night: dict[str, Repo | str] = {
        "chat": Repo({"uv.lock": [("app", "openai==1.60.0"), ("app", "jinja2==3.1.4")]}),
        "notebooks": Repo({"uv.lock": [("app", "torch==2.5.1")]}),
        "ranking": Repo({"uv.lock": peft, "": [("app", "model:org/model")]}, uses=uses),
        "tools": Repo({"uv.lock": [("app", "jinja2==3.1.4")]}),
    }
    fleet.night(night, owners=owners)
    chat = [("app", "openai==1.60.0"), ("app", "jinja2==3.1.6"), ("app", "peft==0.13.2"), *peft[1:]]
    night |= {"chat": Repo({"uv.lock": chat}, revision="2" * 40)}
    fleet.night(night, owners=owners)
    night |= {"tools": "the clone is broken", "eval": Repo({"uv.lock": [("app", "torch==2.4.0")]})}
    torch = "pkg:pypi/torch@2.4.0"
    about = finding(torch, "torch 2.4.0 is affected by CVE-2025-32434", "advisory/vulnerable", "CVE-2025-32434")
    fleet.night(night, {torch: [about]}, owners)

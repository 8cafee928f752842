"""What a parser returns: the packages, edges and facts that one input file states."""

from collections.abc import Iterable
from typing import NamedTuple

from depscan.model.location import Route
from depscan.model.package import Package, mask, purl
from depscan.model.use import Use

PURL_TYPES = {
    "PyPI": "pypi", "crates.io": "cargo", "project": "generic", "JSR": "jsr", "GitHub Actions": "githubactions",
    "image": "oci", "hosted-model": "generic/hosted", "service": "generic/service", "model-file": "generic/model",
    "library-model": "generic/library-model", "repository": "generic/repository",
    "agent-tool": "generic/agent-tool", "agent-instructions": "generic/agent-instructions",
}  # fmt: skip
"""purl type of an ecosystem where it is not simply the lower-cased name."""

MAX_PROBLEMS = 1000

KINDS = {"prod": "runtime", "dev": "dev", "optional": "optional", "peer": "peer", "build": "build",
         "loads": "loads", "calls": "calls", "runs": "runs"}  # fmt: skip


class Edge(NamedTuple):
    """One request of a package by another.

    Attributes:
        parent: node id of the one who asks.
        child: node id of the one asked for.
        label: prod, dev, optional, peer, build, loads (a model, a data set, the code of a model file), calls (a
            hosted model or service), runs (an action, image or agent tool), ``extra:NAME`` or ``group:NAME``.
        marker: environment marker as written; "" when always taken.
        requested: the version constraint or URL as written; "" when the file gives none.
        at: where the request stands, if not where the child stands.
        path: file that states it.
        taken: False where the marker, or an extra nobody asked for, excludes it for the target.
    """

    parent: str
    child: str
    label: str = "prod"
    marker: str = ""
    requested: str = ""
    at: Route = 0
    path: str = ""
    taken: bool = True

    @property
    def kind(self) -> str:
        """Return runtime, dev, build, optional, peer, loads, calls or runs."""
        return KINDS.get(self.label) or ("optional" if self.label.startswith("extra:") else "dev")


class IndexUse(NamedTuple):
    """An index, extra index, channel or link folder that the file names.

    ``role`` is index, extra, channel, find-links or trusted-host; ``names`` lists packages it is reserved for.
    """

    url: str
    role: str
    at: Route = 0
    names: tuple[str, ...] = ()


class Include(NamedTuple):
    """Another file this one pulls in; ``role`` is requirement or constraint."""

    path: str
    role: str
    at: Route = 0


class Problem(NamedTuple):
    """A part of the file that could not be understood while the rest could."""

    message: str
    at: Route = 0


class Document:
    """The facts of one input file, collected by its parser.

    Attributes:
        path: the file as the user named it.
        format: id of the input format.
        nodes: node id to package, in file order.
        at: node id to the place where it stands.
        edges: requests between nodes.
        root: node id that stands for the project itself; "" when the file has none.
        lock: True when the file fixes exact versions of a whole resolution.
        indexes, includes, problems, uses: see their records.
        hashed: True when the file's rules make every package carry a hash.
    """

    __slots__ = (
        "at", "edges", "format", "hashed", "includes", "indexes", "lock", "nodes", "path", "problems", "root",
        "uses",
    )  # fmt: skip

    def __init__(self, path: str, format: str, *, lock: bool = False) -> None:  # noqa: A002 - the field's word
        self.path = path
        self.format = format
        self.lock = lock
        self.root = ""
        self.hashed = False
        self.nodes: dict[str, Package] = {}
        self.at: dict[str, Route] = {}
        self.edges: list[Edge] = []
        self.indexes: list[IndexUse] = []
        self.includes: list[Include] = []
        self.problems: list[Problem] = []
        self.uses: list[Use] = []

    def add(self, package: Package, at: Route = 0) -> str:
        """Add a package and return its node id; adding an equal one again changes nothing.

        Credentials in its URLs are masked: they must not reach a report.
        """
        if "@" in package.url or "@" in package.registry:
            package = package._replace(url=mask(package.url), registry=mask(package.registry))
        key = claim(self.nodes, package)
        if key not in self.nodes:
            self.nodes[key] = package
            self.at[key] = at
        return key

    def add_root(self, name: str, at: Route = 0) -> str:
        """Add the node that stands for this project or file and return its id."""
        self.root = self.add(Package("project", name, None, "local"), at)
        return self.root

    def link(
        self, parent: str, child: str, label: str = "prod", *, marker: str = "", requested: str = "", at: Route = 0
    ) -> None:
        """Record that ``parent`` asks for ``child`` (both node ids)."""
        self.edges.append(Edge(parent, child, label, marker, mask(requested), at, self.path))

    def use(self, node: str, how: str, at: Route = 0, **facts: str) -> None:
        """Record how a node is used; keys of ``FACTS`` are written with ``_`` for ``-``, empty texts are left out.

        Credentials in texts are masked.
        """
        pairs = ((key.replace("_", "-"), mask(value)) for key, value in facts.items() if value)
        self.uses.append(Use(node, how[:200], at, tuple(sorted(pairs))))

    def problem(self, message: str, at: Route = 0) -> None:
        """Record a part that could not be read; the scan goes on and says so (at most 1,000 times)."""
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem(message, at))
        elif len(self.problems) == MAX_PROBLEMS:
            self.problems.append(
                Problem(f"more than {MAX_PROBLEMS} parts could not be understood; the rest is not listed")
            )


def node_id(package: Package) -> str:
    """Return the plain purl of a package, without a qualifier for where it comes from."""
    kind = PURL_TYPES.get(package.ecosystem) or package.ecosystem.lower()
    return purl(kind, package.name, package.version)


def claim(nodes: dict[str, Package], package: Package) -> str:
    """Return the id under which ``package`` belongs in ``nodes``.

    The same name and version from another index, repository or URL is another node: that is what makes
    dependency confusion visible. The first one met keeps the plain purl, later ones carry a qualifier.
    """
    key = node_id(package)
    held = nodes.get(key)
    if held is None or held == package or _origin(held) == _origin(package):
        return key
    return with_origin(package)


def with_origin(package: Package) -> str:
    """Return the purl of a package with qualifiers for where it comes from; the plain one where the file names none."""
    kind = PURL_TYPES.get(package.ecosystem) or package.ecosystem.lower()
    registry, url = _origin(package)
    return purl(
        kind,
        package.name,
        package.version,
        repository_url=registry,
        **{"vcs_url" if package.source == "git" else "download_url": url if package.source != "local" else ""},
        path=url if package.source == "local" else "",
    )


def _origin(package: Package) -> tuple[str, str]:
    return package.registry, package.url if package.source in {"git", "url", "local"} else ""


def claimed_releases(documents: Iterable[Document]) -> dict[str, str]:
    """Return node id to the release that a comment behind a commit names (``@COMMIT # v4.2.2``)."""
    found: dict[str, str] = {}
    for document in documents:
        for use in document.uses:
            release = use.get("release")
            if release:
                found.setdefault(use.node, release)
    return found

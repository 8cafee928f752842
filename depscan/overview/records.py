"""What a report of a night shows: made once from the store (``gather``), then written by one module per format."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from depscan.fleet.gaps import Gap


class Hit(NamedTuple):
    """A repository that a finding reaches.

    Attributes:
        repository: its name.
        owner: as the configuration says; "" for nobody.
        path: file that states it, below the repository's top; "" for code and settings read together.
        line: 1-based; 0 where it is not known.
        via: names with versions (``torch 2.4.0``) from a root of the repository to the subject.
        since: day (YYYY-MM-DD) since which it is reached.
        new: whether the night before did not reach it here, whoever else it reached.
    """

    repository: str
    owner: str
    path: str
    line: int
    via: tuple[str, ...]
    since: str
    new: bool = False


class Told(NamedTuple):
    """A finding and everybody it reaches.

    Attributes:
        id: letters and digits, unique in the report and equal from night to night: an anchor.
        rule, title: of the rule.
        klass, severity, confidence: words, see ``depscan.model.finding``.
        action: block, warn or allow by the policy; ``because`` says by which line of it.
        subject: purl or path; ``name``, ``version``, ``ecosystem``, ``kind`` are those of the package.
        message, ids, fix, fixed_version, references: see ``depscan.model.finding.Finding``.
        evidence: source line that shows it; "" for a package's own.
        since: day since which it is known here.
        new: whether the night before did not know it.
        hits: sorted by repository.
        status: affected, undecidable or "" where the word has no meaning.
    """

    id: str
    rule: str
    title: str
    klass: str
    severity: str
    confidence: str
    action: str
    because: str
    subject: str
    name: str
    version: str
    ecosystem: str
    kind: str
    message: str
    ids: tuple[str, ...]
    fix: str
    fixed_version: str
    references: tuple[str, ...]
    evidence: str
    since: str
    new: bool
    hits: tuple[Hit, ...]
    status: str = ""


class Deed(NamedTuple):
    """One thing to do: ``move torch to 2.6.0``; ``findings`` are ids of what it clears, the worst first."""

    text: str
    severity: str
    findings: tuple[str, ...]
    repositories: tuple[str, ...]
    new: bool


class Todo(NamedTuple):
    """What needs doing by an owner ("" for repositories without one); only what the policy blocks, worst first."""

    owner: str
    deeds: tuple[Deed, ...]


class Moved(NamedTuple):
    """A repository that changed since the night before.

    Attributes:
        repository, owner: which.
        what: new, gone, changed, unreadable (it was read before) or readable (it was not).
        added, removed: names with versions.
        moved: name, version before, version now.
        problem: why it cannot be read, or which of its files cannot any more.
    """

    repository: str
    owner: str
    what: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    moved: tuple[tuple[str, str, str], ...] = ()
    problem: str = ""


class Point(NamedTuple):
    """Figures of one night: repositories read and unreadable, distinct packages, findings (not per repository)."""

    day: str
    repositories: int
    unreadable: int
    packages: int
    malicious: int
    blocked: int
    warned: int
    reached: int
    """Repositories that something blocked reaches."""


class Stock(NamedTuple):
    """A model, data set, hosted model, service, agent tool, action or image of the inventory.

    Attributes:
        kind: as in ``depscan.model.kind.KINDS``.
        name, version: what it is; ``pin`` is pinned, floating or "".
        endpoints: where it is reached.
        repositories: who uses it, sorted.
        places: the first few as ``repository: file:line``.
    """

    kind: str
    name: str
    version: str
    pin: str
    endpoints: tuple[str, ...]
    repositories: tuple[str, ...]
    places: tuple[str, ...]


class Member(NamedTuple):
    """A repository of the night."""

    name: str
    owner: str
    team: str
    tags: tuple[str, ...]
    revision: str
    files: int
    packages: int
    blocked: int
    warned: int
    problem: str


class Tree(NamedTuple):
    """Who asks for whom over the whole fleet.

    Attributes:
        names: names with versions.
        kinds: kind of each.
        children: for each name, positions of what it asks for in any repository.
        roots: repository to what it asks for itself.
        left_out: repositories whose graphs were too much for it (those with findings come in first), sorted; what they
            ask for themselves is in ``roots``, and what that asks for only as far as others do.
    """

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    children: tuple[tuple[int, ...], ...]
    roots: dict[str, tuple[int, ...]]
    left_out: tuple[str, ...] = ()


class Overview(NamedTuple):
    """The whole report.

    Attributes:
        schema_version: of the JSON.
        tool: version of depscan.
        night, previous: when the night and the one before were started (RFC 3339); ``previous`` is "" for the first.
        verdict: blocked, bad-input, incomplete, nothing, warnings or clean.
        exit_code: as of the command.
        snapshot: a sentence about the advisory data.
        policy: the policy file; "" for the default one.
        findings: worst first, what is blocked before what warns.
        cleared: findings of the night before that nobody has any more.
        freed: findings that somebody still has, and some repositories have got rid of.
        todo, moved, points, stock, gaps, members, tree: see their records; points begin with the oldest night.
    """

    schema_version: int
    tool: str
    night: str
    previous: str
    verdict: str
    exit_code: int
    snapshot: str
    policy: str
    findings: tuple[Told, ...]
    cleared: tuple[Told, ...]
    todo: tuple[Todo, ...]
    moved: tuple[Moved, ...]
    points: tuple[Point, ...]
    stock: tuple[Stock, ...]
    gaps: tuple[Gap, ...]
    members: tuple[Member, ...]
    tree: Tree
    freed: int = 0

"""What a check module declares, what it is given, and finding all of them."""

import os
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from depscan.graph.graph import DependencyGraph
from depscan.intel.index import Index
from depscan.model.cooldown import CooldownOptions
from depscan.model.decision import Coverage
from depscan.model.document import Document
from depscan.model.finding import Confidence, Evidence, Finding
from depscan.model.location import Location, Route
from depscan.model.nameoptions import NameOptions
from depscan.model.package import Package
from depscan.model.rule import Rule
from depscan.model.use import Use

if TYPE_CHECKING:
    from depscan.facts.inspected import Inspected
    from depscan.facts.packages import Looked
    from depscan.facts.zizmor import Answer
    from depscan.release.diff import ReleaseDiff


class Before(NamedTuple):
    """What was there before the change that is judged.

    Attributes:
        graph: everything, merged.
        documents: the single files.
        releases: node id of a changed package to how its release differs from the one it replaces; a package
            of which not both archives were at hand is left out.
    """

    graph: DependencyGraph
    documents: list[Document]
    releases: "Mapping[str, tuple[ReleaseDiff, ...]]" = MappingProxyType({})


class Context(NamedTuple):
    """What a check may look at.

    Attributes:
        graph: everything, merged.
        documents: the single files, for facts that merging loses.
        advisories: the advisory index; None when there is none or the user asked for none.
        locate: path and route to a location with its line.
        online: whether live services may be asked.
        artifacts: packages whose code was read.
        names: what the user says about names.
        now: time of the scan, RFC 3339 in UTC; "" when the age of nothing is asked for.
        cooldown: how old releases have to be.
        before: what a change is compared with; None in a plain scan.
        workflows: what zizmor says of the workflows; None where it is not installed, or there are none.
        looked: what looking at the packages' archives and asking the index gave; None where nobody did.
    """

    graph: DependencyGraph
    documents: list[Document]
    advisories: Index | None
    locate: Callable[[str, Route], Location]
    online: bool = False
    artifacts: "tuple[Inspected, ...]" = ()
    names: NameOptions = NameOptions()
    now: str = ""
    cooldown: CooldownOptions = CooldownOptions()
    before: Before | None = None
    looked: "Looked | None" = None
    workflows: "Answer | None" = None


class Check(NamedTuple):
    """A check: ``run`` yields findings whose rule is one of ``rules``, and what it could not look at."""

    id: str
    title: str
    rules: tuple[Rule, ...]
    run: Callable[[Context], Iterator[Finding | Coverage]]


def checks() -> list[Check]:
    """Return every check in this folder, sorted by file name."""
    names = sorted(os.listdir(os.path.dirname(__file__)))
    modules = [n[:-3] for n in names if n.endswith(".py") and not n.startswith("_") and n != "check.py"]
    return [import_module(f"{__package__}.{name}").CHECK for name in modules]


def uses(context: Context) -> Iterator[tuple[Document, Use, Package]]:
    """Yield every use of a node with the document that states it and the node, in the order of the files."""
    for document in context.documents:
        for use in document.uses:
            yield document, use, document.nodes[use.node]


def finding_at(
    context: Context,
    rule: Rule,
    subject: str,
    message: str,
    at: tuple[str, Route],
    *,
    fix: str = "",
    confidence: Confidence = Confidence.HIGH,
) -> Finding:
    """Return a finding of ``rule`` with its usual severity whose primary evidence is at (path, route)."""
    place = context.locate(*at)
    return Finding(
        rule.id,
        rule.klass,
        rule.severity,
        confidence,
        subject,
        message,
        evidence=(Evidence(place),),
        fix=fix or rule.fix,
    )

"""The unit of work: from the bytes of a repository to a reading. A pure function; what it needs is in its arguments.

Advisories and names are not asked here: they judge a package by itself, so each package of the fleet is judged once
(``match``), and a new snapshot of the advisories reads no file again.
"""

from __future__ import annotations

import os
import time
from hashlib import sha256
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

from depscan.checks.advisories import census
from depscan.checks.check import Context
from depscan.fleet.arrays import arrays_of, fleet_id
from depscan.fleet.bundle import lay_out
from depscan.graphs import merged
from depscan.history.records import Reading
from depscan.inputs.gather import Gathered
from depscan.judging import order, order_of_gaps, run_checks, with_paths
from depscan.policy.policy import Policy

if TYPE_CHECKING:
    from depscan.facts.inspected import Inspected
    from depscan.fleet.bundle import Bundle
    from depscan.model.document import Document
    from depscan.model.finding import Finding

ELSEWHERE = frozenset({"advisories", "names", "cooldown"})
"""Checks of single packages, which ``match`` runs, and the one that changes its mind every day: it is for a gate."""


class Setup(NamedTuple):
    """What decides over a reading beside the files.

    Attributes:
        engine: hash of depscan's code and rules, in hex.
        today: the day (YYYY-MM-DD).
        disabled: ids of checks that the policy switches off.
    """

    engine: str
    today: str
    disabled: tuple[str, ...] = ()


def key_of(bundle: Bundle, setup: Setup) -> str:
    """Return the key of the reading of a bundle."""
    return sha256(f"{bundle.tree} {setup.engine} {' '.join(setup.disabled)}".encode()).hexdigest()[:32]


def read(bundle: Bundle, setup: Setup) -> Reading:
    """Return what the files of a repository say."""
    started = time.process_time()
    with TemporaryDirectory(prefix="depscan-") as folder:
        lost = lay_out(bundle, folder)
        gathered = Gathered(root=folder)
        gathered.add_paths([folder])
        items, documents = _models(folder, gathered)
        gathered.documents += documents
        graph = merged(gathered)
        context = Context(graph, gathered.documents, None, gathered.locate, artifacts=items, now=setup.today)
        coverage = [*bundle.gaps, *lost, *gathered.coverage]
        policy = Policy(disabled_checks=setup.disabled)
        findings, _ = run_checks(context, policy, coverage, lambda _: None, ELSEWHERE)
        ids = {key: fleet_id(package) for key, package in graph.nodes.items()}
        findings = [_named(_relative(f, folder), ids) for f in with_paths(graph, findings)]
        coverage = [c._replace(what=_below(c.what, folder)) for c in coverage]
        made = arrays_of(gathered, graph)
        return Reading(
            key_of(bundle, setup),
            made.nodes,
            made.graphs,
            made.parts,
            sorted(findings, key=order),
            sorted(coverage, key=order_of_gaps),
            list(census(gathered.documents, graph.nodes.values())),
            made.uses,
            _until(gathered.documents, setup.today),
            len(bundle.files),
            sum(len(data) for _, data in bundle.files),
            time.process_time() - started,
        )


def _models(folder: str, gathered: Gathered) -> tuple[tuple[Inspected, ...], list[Document]]:
    """Return what loading the model files does, and the packages that they need."""
    from depscan.facts.project import needed_packages, read_project

    item = read_project(folder)
    if item is None:
        return (), []
    return (item,), needed_packages(item.models, gathered.documents)


def _named(finding: Finding, ids: dict[str, str]) -> Finding:
    """Return a finding with the ids that packages have in a store."""
    via = tuple(tuple(ids.get(key, key) for key in path) for path in finding.via)
    return finding._replace(subject=ids.get(finding.subject, finding.subject), via=via)


def _below(text: str, folder: str) -> str:
    """Return a text without the private folder that the files were laid out in."""
    return text.replace(folder + os.sep, "").replace(folder, ".") if folder in text else text


def _relative(finding: Finding, folder: str) -> Finding:
    return finding._replace(
        subject=_below(finding.subject, folder),
        message=_below(finding.message, folder),
        fix=_below(finding.fix, folder),
        evidence=tuple(
            e._replace(
                location=e.location._replace(
                    path=_below(e.location.path, folder),
                    container=tuple(_below(c, folder) for c in e.location.container),
                )
            )
            for e in finding.evidence
        ),
    )


def _until(documents: list[Document], today: str) -> str:
    """Return the next day on which a hosted model's retirement changes what is said; "" when there is none."""
    if not any(d.uses for d in documents):
        return ""
    from depscan.checks.hosted_models import days_of_change

    return min((day for day in days_of_change(documents) if day > today), default="")

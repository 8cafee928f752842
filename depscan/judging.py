"""Run the checks over what was gathered, and say where each finding stands and how it is reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.checks.check import checks
from depscan.errors import IntelError
from depscan.model.decision import Coverage
from depscan.model.finding import Evidence, Finding
from depscan.policy.policy import check_names
from depscan.policy.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping

    from depscan.checks.check import Context
    from depscan.graph.graph import DependencyGraph
    from depscan.model.location import Location
    from depscan.model.rule import Rule
    from depscan.policy.policy import Policy

_PATHS_PER_FINDING = 3


def run_checks(
    context: Context,
    policy: Policy,
    coverage: list[Coverage],
    progress: Callable[[str], None],
    leave: Container[str] = (),
) -> tuple[list[Finding], Mapping[str, Rule]]:
    """Return what the checks find and every rule that could have fired; what they could not look at joins ``coverage``.

    Args:
        context: what is judged.
        policy: switches checks off; the rules it names have to exist.
        coverage: what is known already not to have been looked at.
        progress: called before each check.
        leave: ids of checks that somebody else runs.

    Raises:
        PolicyError: the policy names a rule or check that is not there.
    """
    findings: list[Finding] = []
    rules: dict[str, Rule] = {rule.id: rule for rule in RULES}
    for check in checks():
        rules.update((rule.id, rule) for rule in check.rules)
        if check.id in leave:
            continue
        if check.id in policy.disabled_checks:
            why = f"switched off at {policy.because('checks.disable')}"
            coverage.append(Coverage(check.title, "skipped", why, kind="policy"))
            continue
        progress(f"checking: {check.title}")
        try:
            for item in check.run(context):
                if isinstance(item, Finding):
                    findings.append(item)
                else:
                    coverage.append(item)
        except IntelError as error:
            coverage.append(without_data(error))
    named = (*policy.fail_on, *policy.disabled_checks)
    pages: Mapping[str, Rule] = rules
    if context.artifacts or any("/" in name and name not in rules for name in named):
        from depscan.checks._pages import Pages

        pages = Pages(rules)
    check_names(policy, pages, {check.id for check in checks()})
    return findings, pages


def without_data(error: IntelError) -> Coverage:
    """Return what is not known because the advisory index cannot be used, or turned out to be damaged."""
    why = f"{error.message} ({error.hint})" if error.hint else error.message
    return Coverage(error.path or "advisory index", "failed", why, needed=True, kind="index")


def with_paths(graph: DependencyGraph, findings: list[Finding]) -> list[Finding]:
    """Return the findings with their places and their shortest paths from the roots."""
    known: dict[str, tuple[tuple[tuple[str, ...], ...], tuple[Evidence, ...]]] = {}
    made = []
    for finding in findings:
        key = finding.subject
        if key in graph.nodes:
            if key not in known:
                known[key] = tuple(map(tuple, graph.why(key, _PATHS_PER_FINDING))), _evidence(graph.places(key))
            via, evidence = known[key]
            finding = finding._replace(via=via, evidence=_all_evidence(finding, evidence))  # noqa: PLW2901 - the same one
        made.append(finding)
    return made


def _all_evidence(finding: Finding, places: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """Return the evidence of a finding: its own, and for code in an archive also where the package stands."""
    if not finding.evidence or not finding.primary.container:
        return finding.evidence or places
    return (*finding.evidence, *(place._replace(role="related") for place in places))


def _evidence(places: tuple[Location, ...]) -> tuple[Evidence, ...]:
    return tuple(Evidence(place, "related" if i else "primary") for i, place in enumerate(places))


def order(finding: Finding) -> tuple[object, ...]:
    """Return by what findings are sorted: the worst first."""
    return (-finding.severity, finding.subject, finding.rule, finding.ids, finding.message)


def order_of_gaps(item: Coverage) -> tuple[object, ...]:
    """Return by what coverage is sorted."""
    return (item.kind, item.what, item.line, item.why)

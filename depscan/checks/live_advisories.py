"""What the live advisory service says beyond the index: only with --online."""

from __future__ import annotations

from collections.abc import Iterator

from depscan.checks.advisories import MALICIOUS_RELEASE, VULNERABLE
from depscan.checks.check import Check, Context
from depscan.intel.match import match
from depscan.model.advisory import AFFECTED
from depscan.model.decision import Coverage
from depscan.model.finding import Confidence, Finding, Severity


def run(context: Context) -> Iterator[Finding | Coverage]:
    """Yield a finding per record of the live service that the index did not already give."""
    if not context.online:
        return
    from depscan.intel.online import ask

    nodes = context.graph.nodes
    asked = [
        (key, package.name, package.version)
        for key, package in nodes.items()
        if package.ecosystem == "PyPI" and package.version and package.source == "registry"
    ]
    opinions, failed = ask(asked)
    for opinion in opinions:
        package = nodes[opinion.key]
        held = match(context.advisories, package) if context.advisories else []
        known = {i for m in held if m.status == AFFECTED for i in (m.advisory.id, *m.advisory.aliases)}
        if known.isdisjoint(opinion.ids):
            yield _finding(opinion.key, f"{package.name} {package.version}", opinion.ids, opinion.fixed)
    for reason in sorted(set(failed.values())):
        keys = [key for key, why in failed.items() if why == reason]
        names = ", ".join(nodes[key].name for key in keys[:3])
        more = f" and {len(keys) - 3} more" if len(keys) > 3 else ""  # noqa: PLR2004 - as many as are named
        yield Coverage("live advisory service", "failed", f"{reason}: {names}{more}", needed=True, kind="service")


def _finding(key: str, name: str, ids: tuple[str, ...], fixed: tuple[str, ...]) -> Finding:
    malicious = any(i.startswith("MAL-") for i in ids)
    rule = MALICIOUS_RELEASE if malicious else VULNERABLE
    return Finding(
        rule.id,
        rule.klass,
        Severity.MALICIOUS if malicious else Severity.UNKNOWN,
        Confidence.HIGH,
        key,
        f"{name} is affected by {ids[0]}, says the live service",
        ids=ids,
        status=AFFECTED,
        fix=rule.fix,
        fixed_version="" if malicious or not fixed else fixed[0],
    )


CHECK = Check("live_advisories", "Live advisories beyond the index (--online)", (), run)

"""decide(): findings and policy in, one decision per finding out. A pure function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.model.decision import Decision, Waiver
from depscan.model.finding import Confidence, Evidence, Finding, Severity, fingerprint
from depscan.model.location import Location
from depscan.policy.policy import SEVERITIES, Policy
from depscan.policy.subject import means

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from depscan.policy.baseline import Baseline
    from depscan.policy.vex import Statement


def decide(
    findings: Sequence[Finding],
    policy: Policy,
    today: str,
    vex: Sequence[Statement] = (),
    baseline: Baseline | None = None,
) -> list[Decision]:
    """Return the decisions, also those about findings in the policy file itself.

    The first that holds decides: an exception that has not expired, a VEX statement, the baseline, the
    policy's rules. Each can only make a decision milder than the policy's rules do.

    Args:
        findings: what the checks found.
        policy: as loaded.
        today: the day (YYYY-MM-DD) exceptions are measured against; the day they name is the last one they hold.
        vex: statements of the VEX documents.
        baseline: what was known before.

    Returns:
        One decision per finding in the same order, then one per finding about the exceptions themselves
        (expired and unused ones).
    """
    live = [w for w in policy.exceptions if not w.expires or w.expires >= today]
    used: set[Waiver] = set()
    decisions = [_decide(f, policy, live, used, vex, baseline) for f in findings]
    return decisions + [Decision(f, *_judge(f, policy)) for f in _about_exceptions(policy, live, used)]


def _decide(
    finding: Finding,
    policy: Policy,
    live: Iterable[Waiver],
    used: set[Waiver],
    vex: Sequence[Statement],
    baseline: Baseline | None,
) -> Decision:
    fitting = [w for w in live if _accepts(w, finding)]
    if fitting:
        used.update(fitting)
        return Decision(finding, "allow", f"{fitting[0].path}:{fitting[0].line}", fitting[0])
    if vex:
        from depscan.policy.vex import excuse

        because = excuse(vex, finding)
        if because:
            return Decision(finding, "allow", because)
    if baseline is not None and baseline.knows(finding):
        return Decision(finding, "allow", f"known since baseline {baseline.path}")
    return Decision(finding, *_judge(finding, policy))


def _accepts(waiver: Waiver, finding: Finding) -> bool:
    """Return whether an exception names this finding by id, alias, rule or fingerprint."""
    if waiver.package and not means(waiver.package, finding.subject):
        return False
    wanted = waiver.id.casefold()
    names = (finding.rule, *finding.ids)
    return any(wanted == n.casefold() for n in names) or wanted == fingerprint(finding)


def _judge(finding: Finding, policy: Policy) -> tuple[str, str]:
    """Return action and reason by the policy's own rules."""
    because = policy.because("fail-on")
    explicit = finding.rule in policy.fail_on
    if _is_note(finding) and not explicit:
        return "warn", f"{because} (a note: not certain to be about this release)"
    selected = explicit or _selected(finding, policy)
    if finding.status == "undecidable" and (selected or policy.undecidable == "allow"):
        return policy.undecidable, f"{policy.because('undecidable')} (cannot be decided)"
    if not selected:
        unknown = finding.klass == "vulnerability" and finding.severity is Severity.UNKNOWN
        return "warn", f"{because} (severity unknown)" if unknown else because
    if policy.fixable_only and finding.klass == "vulnerability" and not finding.fixed_version:
        return "warn", f"{policy.because('fixable-only')} (no fixed version is known)"
    return "block", because


def _is_note(finding: Finding) -> bool:
    """Return whether a malicious-class finding only mentions the package, as on living projects."""
    weak = finding.severity < Severity.MALICIOUS or finding.confidence is Confidence.LOW
    return finding.klass == "malicious" and weak


def _selected(finding: Finding, policy: Policy) -> bool:
    if finding.klass in policy.fail_on:
        return True
    if finding.klass not in {"vulnerability", "malicious"}:
        return False
    floors = [SEVERITIES.index(w) + 1 for w in policy.fail_on if w in SEVERITIES]
    return bool(floors) and finding.severity >= min(floors)


def _about_exceptions(policy: Policy, live: list[Waiver], used: set[Waiver]) -> Iterable[Finding]:
    for waiver in policy.exceptions:
        if waiver.id.startswith("drift/") != policy.drifting:
            continue  # of another command
        name = f"{waiver.id} for {waiver.package}" if waiver.package else waiver.id
        if waiver not in live:
            message = f"The exception {name} expired on {waiver.expires} and accepts nothing any more."
            fix = "Fix what it accepted, or decide again and write a new date."
            yield _about(policy, waiver, "policy/expired-exception", message, fix)
        elif waiver not in used:
            message = f"The exception {name} matches nothing in this scan."
            yield _about(policy, waiver, "policy/unused-exception", message, "Remove it, or correct its id or package.")


def _about(policy: Policy, waiver: Waiver, rule: str, message: str, fix: str) -> Finding:
    from depscan.policy.rules import RULES

    place = Location(waiver.path, waiver.line, policy.texts.get(waiver.line, ""))
    severity = next(r.severity for r in RULES if r.id == rule)
    return Finding(
        rule, "policy", severity, Confidence.HIGH, waiver.path, message, evidence=(Evidence(place),), fix=fix
    )

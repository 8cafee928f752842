"""The policy's ``[drift]`` table, and the policy as it judges drift."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from depscan.lock.classes import PREFIX, drift_classes
from depscan.model.driftoptions import DriftOptions

if TYPE_CHECKING:
    from depscan.model.decision import Decision
    from depscan.policy.policy import Policy
    from depscan.policy.reader import Reader

_SEVERITIES = ("low", "medium", "high", "critical")


def read_drift(reader: Reader, value: Any) -> DriftOptions:  # noqa: ANN401 - TOML
    """Return what fails and what is allowed; the default for None.

    Raises:
        PolicyError: an unknown key or class, or a value of a wrong type.
    """
    if value is None:
        return DriftOptions()
    top = reader.table(value, ("drift",), ("fail-on", "allow", "severity"))
    lists = {}
    for key in ("fail-on", "allow"):
        lists[key] = reader.words(top.get(key), ("drift", key))
        for word in lists[key] or ():
            _known(reader, word, ("drift", key))
    both = set(lists["fail-on"] or ()) & set(lists["allow"] or ())
    if both:
        reader.fail(("drift", "allow"), f"{min(both)!r} is in fail-on, too")
    held = reader.table(top.get("severity"), ("drift", "severity"), tuple(drift_classes()))
    severity = tuple((k, reader.choice(v, ("drift", "severity", k), _SEVERITIES)) for k, v in held.items())
    return DriftOptions(lists["fail-on"], lists["allow"], severity)


def _known(reader: Reader, word: str, route: tuple[str, ...]) -> None:
    if word not in drift_classes():
        reader.fail(route, f"{word!r} is no class of drift", f"one of: {', '.join(drift_classes())}")


def for_drift(policy: Policy) -> Policy:
    """Return the policy whose ``fail-on`` is that of ``[drift]``: nothing else of it is about what changed."""
    wanted = policy.drift.fail_on
    if wanted is None:
        allowed = policy.drift.allow or ()
        wanted = tuple(n for n, one in drift_classes().items() if one.default == "fail" and n not in allowed)
    lines = {key: line for key, line in policy.lines.items() if key != "fail-on"}
    if "drift.fail-on" in lines:
        lines["fail-on"] = lines["drift.fail-on"]
    return policy._replace(fail_on=tuple(PREFIX + name for name in wanted), lines=lines, drifting=True)


def with_allowed(decisions: list[Decision], policy: Policy) -> list[Decision]:
    """Return the decisions with those allowed that the policy, or the default, lets pass without a word."""
    allowed = policy.drift.allow
    if allowed is None:
        failing = policy.drift.fail_on or ()
        allowed = tuple(n for n, one in drift_classes().items() if one.default == "allow" and n not in failing)
    rules = {PREFIX + name for name in allowed}
    because = policy.because("drift.allow")
    return [
        d._replace(action="allow", because=because) if d.action == "warn" and d.finding.rule in rules else d
        for d in decisions
    ]

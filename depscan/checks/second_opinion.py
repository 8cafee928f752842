"""Findings of zizmor about workflows, where it is installed beside depscan; what our own rules say is left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from depscan.checks.check import Check, Context, finding_at
from depscan.model.decision import Coverage
from depscan.model.finding import Confidence, Finding, Severity
from depscan.model.rule import Rule

if TYPE_CHECKING:
    from depscan.facts.zizmor import Opinion

_AUDITS = """\
adhoc-packages Package installed beside every lock
anonymous-definition Workflow or job without a name
archived-uses Action of an archived repository
artipacked Credentials of the checkout are kept on disk
bot-conditions Condition on a bot that can be spoofed
cache-poisoning Cache that can be poisoned before a release
concurrency-limits Workflow without limits of concurrency
dangerous-triggers Trigger that runs strangers' changes with rights
dependabot-cooldown Updates without a cooldown
dependabot-execution Updates that run foreign code
excessive-permissions Token with more rights than needed
forbidden-uses Action that is forbidden
github-app Token of an app with too many rights
github-env Environment file written by what a stranger controls
hardcoded-container-credentials Credentials of a registry in the workflow
impostor-commit Commit that is not part of the action's repository
insecure-commands Workflow commands that are switched off for good reason
known-vulnerable-actions Action with a known vulnerability
misfeature Feature better left alone
obfuscation Obscured use of a feature
overprovisioned-secrets All secrets handed over at once
ref-confusion Ref that is a branch and a tag
ref-version-mismatch Comment that does not fit its commit
secrets-inherit All secrets inherited by a called workflow
secrets-outside-env Secret used outside of an environment
self-hosted-runner Runner of one's own that strangers may reach
self-repository Action of the workspace instead of the repository
stale-action-refs Commit that no tag points to
superfluous-actions Action that the runner makes superfluous
template-injection Expression that becomes code
typosquat-uses Action with a name like a popular one
undocumented-permissions Permission without a reason
unpinned-images Image without a digest
unpinned-tools Tool without a version
unpinned-uses Action that is not pinned
unredacted-secrets Secret that is not masked in logs
unsound-condition Condition that is always true
unsound-contains Condition that can be got around
unsound-ternary Expression with a wrong branch
use-trusted-publishing Publishing with a token
other Finding of an audit newer than this depscan
"""

_SEVERITIES = {"high": Severity.HIGH, "medium": Severity.MEDIUM}
_CONFIDENCES = {"high": Confidence.HIGH, "medium": Confidence.MEDIUM}


def _rule(line: str) -> Rule:
    audit, _, title = line.partition(" ")
    return Rule(
        f"zizmor/{audit}",
        title,
        "trust",
        Severity.MEDIUM,
        f"zizmor's audit {audit} found this in a workflow or action. Severity and confidence are zizmor's.",
        "zizmor knows the traps of GitHub Actions itself; depscan shows what it says beside its own findings when it "
        "is installed in the same environment (extra ci). Without it depscan's own rules are complete.",
        "Read zizmor's page of the audit, which the finding links to.",
        "Those of the audit; a comment '# zizmor: ignore[AUDIT]' on the line silences it.",
    )


_RULES = {line.partition(" ")[0]: _rule(line) for line in _AUDITS.splitlines()}

_OURS = {
    "unpinned-uses": "action",
    "unpinned-images": "image",
    "use-trusted-publishing": "publish",
    "adhoc-packages": "install",
    "template-injection": "script",
}
"""Audits whose places our own rules report too, and the kind of use that tells."""


def run(context: Context) -> Iterator[Finding | Coverage]:
    """Yield a finding per opinion that no rule of our own gives about the same lines."""
    if context.workflows is None:
        return
    if context.workflows.failed:
        yield Coverage("zizmor", "failed", context.workflows.failed, kind="service")
    known = _known(context)
    for opinion in context.workflows.opinions:
        held = known.get((opinion.path, _OURS.get(opinion.audit, "")), ())
        if not any(first <= line <= last for line in held for first, last in opinion.spans):
            yield _finding(context, opinion)


def _known(context: Context) -> dict[tuple[str, str], list[int]]:
    """Return path and kind to the lines of which our own rules say the same."""
    found: dict[tuple[str, str], list[int]] = {}
    for document in context.documents:
        if document.format != "github-workflow":
            continue
        for use in document.uses:
            package = document.nodes[use.node]
            kinds = []
            if use.get("pinned") == "no":
                kinds.append({"GitHub Actions": "action", "image": "image"}.get(package.ecosystem, "install"))
            if use.get("task") == "script" or (use.get("task") == "publish" and use.get("secret")):
                kinds.append(use.get("task"))
            for kind in kinds:
                found.setdefault((document.path, kind), []).append(use.at if isinstance(use.at, int) else 0)
    return found


def _finding(context: Context, opinion: Opinion) -> Finding:
    rule = _RULES.get(opinion.audit, _RULES["other"])
    message = f"{opinion.title}: {opinion.remark}" if opinion.remark else opinion.title
    at = (opinion.path, opinion.spans[0][0])
    sure = _CONFIDENCES.get(opinion.confidence, Confidence.LOW)
    made = finding_at(context, rule, opinion.path, message, at, confidence=sure)
    pages = (opinion.url,) if opinion.url else ()
    return made._replace(severity=_SEVERITIES.get(opinion.severity, Severity.LOW), references=pages)


CHECK = Check("second_opinion", "Workflows, as zizmor sees them", tuple(_RULES.values()), run)

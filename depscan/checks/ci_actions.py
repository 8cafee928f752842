"""Actions, reusable workflows and included pipelines that can change under the same text."""

from __future__ import annotations

from collections.abc import Iterator

from depscan.checks._pipelines import at_all, built, reach
from depscan.checks.check import Check, Context, finding_at
from depscan.model.decision import Coverage
from depscan.model.document import Document
from depscan.model.finding import Finding, Severity
from depscan.model.package import Package
from depscan.model.rule import Rule
from depscan.model.use import Use

UNPINNED = Rule(
    "ci/unpinned-action",
    "Action that is not pinned to a commit",
    "trust",
    Severity.MEDIUM,
    "A workflow uses an action, a reusable workflow or an included pipeline by a tag.",
    "A tag can be moved. Whoever takes over the repository moves it to code that reads your secrets: "
    "tj-actions/changed-files in March 2025 reached 23,000 repositories within hours by all its tags.",
    "Name the full commit and keep the tag as a comment (uses: owner/repo@COMMIT # v4.2.2); Dependabot and "
    "Renovate keep both up to date.",
    "Actions of GitHub itself (actions/*, github/*) are only of low severity. Actions of your own organisation "
    "may be trusted: accept them with an exception.",
)
BRANCH = Rule(
    "ci/branch-action",
    "Action of a moving branch",
    "trust",
    Severity.HIGH,
    "A workflow uses an action, a reusable workflow or an included pipeline of a branch such as main, or from a "
    "URL without a hash.",
    "Every push to that branch runs in your pipeline at once, with its secrets and its token, reviewed by nobody.",
    "Name the full commit of a release and keep its tag as a comment.",
    "A repository of your own in the same trust boundary; accept it with an exception.",
)

_FIRST_PARTY = ("actions/", "github/")
_BRANCHES = frozenset({
    "", "main", "master", "develop", "dev", "devel", "trunk", "head", "default", "latest", "next", "edge", "nightly",
    "canary", "unstable", "~latest",
})  # fmt: skip


def run(context: Context) -> Iterator[Finding | Coverage]:
    """Yield a finding per file and action that is not pinned to a commit."""
    groups: dict[tuple[str, str, str], tuple[Document, Package, list[Use]]] = {}
    for document, use, package in built(context):
        action = package.ecosystem == "GitHub Actions" or use.how.startswith("include.")
        if action and use.get("pinned") == "no":
            key = (document.path, use.node, use.get("revision"))
            groups.setdefault(key, (document, package, []))[2].append(use)
    for (path, node, revision), (document, package, group) in groups.items():
        made = _finding(context, package, revision, (path, node), group[0])
        yield at_all(context, made, document, group)


def _finding(context: Context, package: Package, revision: str, where: tuple[str, str], use: Use) -> Finding:
    path, node = where
    rights = ", ".join(reach(use))
    more = f"; it can reach {rights}" if rights else ""
    name = package.raw_name or package.name
    if use.get("endpoint"):
        message = f"the pipeline includes {use.get('endpoint')} without a hash"
        return finding_at(context, BRANCH, node, message, (path, use.at))
    if revision.lower() in _BRANCHES:
        text = f"branch {revision}" if revision else "default branch"
        return finding_at(context, BRANCH, node, f"{name} runs from the {text}{more}", (path, use.at))
    made = finding_at(
        context, UNPINNED, node, f"{name} is pinned only to {revision}, which can move{more}", (path, use.at)
    )
    return made._replace(severity=Severity.LOW) if package.name.startswith(_FIRST_PARTY) else made


CHECK = Check("ci_actions", "Actions that are not pinned to a commit", (UNPINNED, BRANCH), run)

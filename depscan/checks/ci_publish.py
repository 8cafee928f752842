"""Pipelines that publish with a long-lived token, or without saying what was built from what."""

from __future__ import annotations

from collections.abc import Iterator

from depscan.checks._pipelines import built
from depscan.checks.check import Check, Context, finding_at
from depscan.model.decision import Coverage
from depscan.model.finding import Finding, Severity
from depscan.model.rule import Rule

TOKEN = Rule(
    "ci/long-lived-token",
    "Publishing with a long-lived token",
    "trust",
    Severity.MEDIUM,
    "A step publishes to an index with a password or token kept as a secret.",
    "Whoever reads that secret once (a hijacked action, a build dependency, a log) can publish in your name from "
    "anywhere until somebody notices: ultralytics in December 2024 and the npm worms of 2025 spread with such tokens.",
    "Use trusted publishing: register the workflow with the index, give the job permissions: id-token: write and an "
    "environment, and delete the token.",
    "An index without trusted publishing, such as a private one.",
)
ATTESTATION = Rule(
    "ci/no-attestation",
    "Publishing without an attestation",
    "trust",
    Severity.LOW,
    "A step publishes to an index, and no attestation says which workflow built the files from which commit.",
    "Without one nobody can tell a release that your pipeline built from one that somebody uploaded with your token.",
    "Publish with the index's own action by trusted publishing (it attests by itself), twine upload --attestations, or "
    "npm publish --provenance.",
    "A private index that keeps no attestations.",
)


def run(context: Context) -> Iterator[Finding | Coverage]:
    """Yield a finding per publishing step with a kept token, and per one without attestation."""
    for document, use, package in built(context):
        if use.get("task") != "publish":
            continue
        at = (document.path, use.at)
        who = (
            (package.raw_name or package.name) if package.ecosystem == "GitHub Actions" else use.get("command").strip()
        )
        if use.get("secret"):
            message = f"{who} publishes with the long-lived secret {use.get('secret')}"
            yield finding_at(context, TOKEN, use.node, message, at)
        if use.get("attests") == "no":
            yield finding_at(context, ATTESTATION, use.node, f"{who} publishes without an attestation", at)


CHECK = Check("ci_publish", "Long-lived tokens and missing attestations", (TOKEN, ATTESTATION), run)

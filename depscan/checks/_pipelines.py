"""Uses in pipelines and image builds, grouped so that one thing is said once a file."""

from __future__ import annotations

from collections.abc import Iterator

from depscan.checks.check import Context, uses
from depscan.model.document import Document
from depscan.model.finding import Evidence, Finding
from depscan.model.package import Package
from depscan.model.use import Use

CI_FORMATS = frozenset({"github-workflow", "gitlab-ci"})
BUILD_FORMATS = CI_FORMATS | {"dockerfile", "compose"}
"""Formats whose commands install for one run or one image."""

_RELATED = 20


def built(context: Context) -> Iterator[tuple[Document, Use, Package]]:
    """Yield every use in a pipeline, Dockerfile or compose file."""
    return (found for found in uses(context) if found[0].format in BUILD_FORMATS)


def reach(use: Use) -> list[str]:
    """Return what a step can use: a token that may write, and secrets, by name."""
    parts = []
    if "write" in use.get("permission"):
        parts.append(f"a token with {use.get('permission')}")
    names = use.get("secret")
    if names:
        parts.append("all secrets" if names in {"inherit", "*"} else f"the secrets {names}")
    return parts


def at_all(context: Context, finding: Finding, document: Document, group: list[Use]) -> Finding:
    """Return a finding that shows every place of a group, the first as its primary evidence."""
    places = list(dict.fromkeys(context.locate(document.path, use.at) for use in group))
    more = (Evidence(place, "related") for place in places[1:_RELATED])
    return finding._replace(evidence=(*finding.evidence[:1], *more))

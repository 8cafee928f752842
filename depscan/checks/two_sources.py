"""One name, two origins: two indexes, or an index and a repository."""

from __future__ import annotations

from collections.abc import Iterator

from depscan.checks.check import Check, Context, finding_at
from depscan.model.decision import Coverage
from depscan.model.finding import Evidence, Finding, Severity
from depscan.model.package import Package
from depscan.model.rule import Rule

RULE = Rule(
    "trust/two-sources",
    "One package name from two sources",
    "trust",
    Severity.LOW,
    "The same name is taken from two indexes, or once from an index and once from a repository, URL or folder.",
    "Two origins of one name are two publishers: it is how dependency confusion looks in a lock.",
    "Decide which one is meant and reserve the index for it; rename a private package that collides.",
    "Builds for other hardware come from the vendor's own index on purpose (torch with +cu and +cpu versions).",
)

_NAMED = 4


def run(context: Context) -> Iterator[Finding | Coverage]:
    """Yield a finding per name with more than one origin."""
    origins: dict[tuple[str, str], dict[str, str]] = {}
    for key, package in context.graph.nodes.items():
        origin = _origin(package)
        if origin:
            origins.setdefault((package.ecosystem, package.name), {}).setdefault(origin, key)
    for held in origins.values():
        if len(held) > 1:
            keys = list(held.values())
            more = f" and {len(held) - _NAMED} more" if len(held) > _NAMED else ""
            message = f"comes from {len(held)} sources: {', '.join(sorted(held)[:_NAMED])}{more}"
            made = finding_at(context, RULE, keys[-1], message, context.graph.first_place(keys[-1]))
            others = tuple(Evidence(context.locate(*context.graph.first_place(k)), "related") for k in keys[:-1])
            yield made._replace(evidence=made.evidence + others)


def _origin(package: Package) -> str:
    if package.source == "git":
        head, slash, name = package.url.partition("#")[0].rpartition("/")
        return head + slash + name.partition("@")[0]
    if package.source == "url":
        # Host, owner and project: one release has many files, and they are one publisher's.
        return "/".join(package.url.partition("?")[0].split("/")[:5])
    if package.source == "local":
        # Workspace members name each other by different relative paths: all of them are the user's own.
        return "a local folder" if package.url else ""
    return package.registry.rstrip("/")


CHECK = Check("two_sources", "Same name from two sources", (RULE,), run)

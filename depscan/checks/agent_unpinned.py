"""Agent tools fetched anew at every start without an exact version."""

from __future__ import annotations

import re
from collections.abc import Iterator

from depscan.checks.check import Check, Context, finding_at, uses
from depscan.model.decision import Coverage
from depscan.model.finding import Finding, Severity
from depscan.model.rule import Rule

RULE = Rule(
    "agent/unpinned-tool",
    "Agent tool without an exact version",
    "trust",
    Severity.MEDIUM,
    "A command such as npx, uvx or docker run fetches and starts a tool each time the agent starts, without an "
    "exact version.",
    "Whoever publishes the next release, or takes over the account, runs code on the machine at the next start, "
    "with the agent's rights and secrets; nothing in the repository changes.",
    "Write the exact version (npx -y name@1.2.3, uvx name==1.2.3) or the digest of the image (name@sha256:...), "
    "and raise it on purpose.",
    "A tool of your own on an index of your own; a tag of an image that is never moved.",
)

_LAUNCHERS = frozenset([
    "npx", "bunx", "pnpx", "pnpm dlx", "yarn dlx", "npm exec", "npm x", "bun x", "uvx", "uv tool run", "pipx run",
    "uv run --with", "docker run", "podman run", "nerdctl run", "finch run", "deno run", "go run", "manifest",
])  # fmt: skip
_FETCHES = re.compile(r"(?s).*(?:\b(?:uvx|pipx|dlx|docker|podman|uv|deno|go|bunx)\b|\s(?:-y|--yes)\b)").match


def run(context: Context) -> Iterator[Finding | Coverage]:
    """Yield a finding per launched tool that is not pinned; images that name a version by tag count less."""
    told: set[tuple[str, str, str]] = set()
    for document, use, package in uses(context):
        runner, revision = use.get("runner"), use.get("revision")
        if runner not in _LAUNCHERS or use.get("pinned") != "no" or package.source in {"git", "url"}:
            continue
        if document.format == "agent-instructions" and not revision and not _FETCHES(use.get("command")):
            continue  # npx tsc takes what the project has installed, where it has
        key = (document.path, use.how, use.node)
        if key in told:
            continue
        told.add(key)
        tag = package.ecosystem == "image" and any(c.isdigit() for c in revision)
        shown = f"{package.name}{':' if package.ecosystem == 'image' else '@'}{revision}" if revision else package.name
        why = "by a tag that can be moved" if tag else "without an exact version"
        found = finding_at(context, RULE, use.node, f"{runner} fetches {shown} {why}", (document.path, use.at))
        yield found._replace(severity=Severity.LOW) if tag else found


CHECK = Check("agent_unpinned", "Agent tools without an exact version", (RULE,), run)

"""Agent tools behind an address: what they do stands nowhere in the project, and depscan calls none of them."""

from __future__ import annotations

from collections.abc import Iterator

from depscan.checks._agent_formats import AGENT_FORMATS
from depscan.checks.check import Check, Context
from depscan.model.decision import Coverage
from depscan.model.finding import Finding

_NAMED = 5
_HERE = frozenset(["localhost", "127.0.0.1", "[::1]", "0.0.0.0"])  # noqa: S104 - compared, not bound
_TRANSPORTS = frozenset(["http", "sse", "streamable-http", "ws"])


def run(context: Context) -> Iterator[Finding | Coverage]:
    """Yield what was not looked at: one line per file with remote servers."""
    for document in context.documents:
        if document.format not in AGENT_FORMATS:
            continue
        remote = (document.nodes[u.node].name for u in document.uses if u.get("transport") in _TRANSPORTS)
        hosts = [host for host in dict.fromkeys(remote) if host not in _HERE]
        if hosts:
            more = f" and {len(hosts) - _NAMED} more" if len(hosts) > _NAMED else ""
            why = f"tools of remote servers were not looked at, none is called: {', '.join(hosts[:_NAMED])}{more}"
            yield Coverage(document.path, "skipped", why)


CHECK = Check("agent_not_looked_at", "Agent tools nobody looked at", (), run)

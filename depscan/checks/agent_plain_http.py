"""Agent tools and model endpoints reached without encryption."""

from __future__ import annotations

import re
from collections.abc import Iterator

from depscan.checks._agent_formats import AGENT_FORMATS
from depscan.checks.check import Check, Context, finding_at, uses
from depscan.model.decision import Coverage
from depscan.model.finding import Finding, Severity
from depscan.model.rule import Rule

RULE = Rule(
    "agent/plain-http",
    "Agent talks to a server without encryption",
    "trust",
    Severity.HIGH,
    "A remote server, script or endpoint of an agent is named by http://.",
    "Anyone on the way reads the tokens and the data the agent sends, and can answer with tool descriptions and "
    "results of their own: the agent acts on them.",
    "Use https://.",
    "A server on the loopback address is not reported.",
)

_LOOPBACK = r"(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\]|0\.0\.0\.0|host\.docker\.internal)\.?(:\d+)?"


def run(context: Context) -> Iterator[Finding | Coverage]:
    """Yield a finding per endpoint of an agent's file that is plain http and not on this machine."""
    told: set[tuple[str, str]] = set()
    for document, use, _package in uses(context):
        endpoint = use.get("endpoint")
        if document.format in AGENT_FORMATS and endpoint[:7].lower() == "http://" and not _is_loopback(endpoint[7:]):
            key = (document.path, endpoint)
            if key not in told:
                told.add(key)
                message = f"{use.how} is reached without encryption: {endpoint[:150]}"
                yield finding_at(context, RULE, use.node, message, (document.path, use.at))


def _is_loopback(rest: str) -> bool:
    host = re.split(r"[/?#\\]", rest, maxsplit=1)[0].rpartition("@")[2]
    return re.fullmatch(_LOOPBACK, host, re.IGNORECASE) is not None


CHECK = Check("agent_plain_http", "Agent servers without encryption", (RULE,), run)

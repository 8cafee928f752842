"""Orders to the model hidden in what an agent tool says about itself (tool poisoning)."""

from __future__ import annotations

import re

from depscan.facts.fact import CALL, Fact
from depscan.facts.sink import Sink

_ORDER = re.compile(
    r"<(?:system[_ -]?directive|system|important|critical|instructions?|secret|admin|override)>"
    r"(?P<order>.{20,1200}?)</(?:system[_ -]?directive|system|important|critical|instructions?|secret|admin|override)>",
    re.IGNORECASE | re.DOTALL,
)
_FORCED = re.compile(
    r"\b(?:must|mandat\w+|prerequisite|required to|always|before (?:using|calling|any|you)|do not (?:tell|mention|inform)"
    r"|don'?t (?:tell|mention|inform)|never (?:tell|mention))\b",
    re.IGNORECASE,
)
_TARGET = re.compile(
    r"\b(?:read|cat|open|list|send|append|include|pass|upload|copy)\b[^.\n]{0,80}"
    r"(?:~/|\.ssh|\.env\b|api_?key|credential|secret|token|password|config|\.txt\b|\.json\b|director(?:y|ies)|conversation)",
    re.IGNORECASE,
)
_MOST = 5
_LARGEST = 1 << 19


def read_tool_text(data: bytes, path: str, container: tuple[str, ...], sink: Sink) -> None:
    """Add ``text.prompt`` where a module that offers tools to a model orders it to read or hand over files.

    Args:
        data: the module's bytes.
        path: member path.
        container: archives around the member.
        sink: where the facts go.
    """
    if b"tool" not in data or b"</" not in data or not (b"mcp" in data or b"@tool" in data):
        return
    text = data[:_LARGEST].decode("utf-8", "replace")
    for count, match in enumerate(_ORDER.finditer(text)):
        if count >= _MOST:
            return
        order = match["order"]
        target = _TARGET.search(order) if _FORCED.search(order) else None
        if target is not None:
            line = text.count("\n", 0, match.start()) + 1
            sink.add(
                Fact("text.prompt", CALL, path, line, "tool", (target[0],), text=match[0][:300], container=container)
            )

"""JSON text that is the same on every run and that every strict parser accepts."""

from __future__ import annotations

import json
import re
from typing import Any

_SURROGATE = re.compile("[\ud800-\udfff]")


def dump(value: Any) -> str:  # noqa: ANN401 - JSON
    r"""Return indented ASCII JSON with a final newline.

    ASCII, because control and direction characters then stand as escapes and the file itself is safe to
    print. A lone surrogate (an undecodable byte of a file name) is written as the text ``\udc80``: RFC 8259
    section 8.2 calls its own escape unpredictable.
    """
    text = json.dumps(value, indent=2)
    if "\\ud" in text:
        text = json.dumps(_whole(value), indent=2)
    return text + "\n"


def _whole(value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, str):
        return _SURROGATE.sub(lambda m: f"\\u{ord(m[0]):04x}", value)
    if isinstance(value, dict):
        return {_whole(k): _whole(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_whole(v) for v in value]
    return value

"""Names made of content: the same bill has the same number, whenever and wherever it is written."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any
from uuid import UUID


def content_uuid(value: Any) -> str:  # noqa: ANN401 - JSON
    """Return a name-based UUID (RFC 9562 version 8: custom) of a JSON value as a URN."""
    number = int.from_bytes(sha256(json.dumps(value).encode()).digest()[:16], "big")
    number = number & ~(0xF << 76) | 8 << 76
    number = number & ~(0x3 << 62) | 2 << 62
    return f"urn:uuid:{UUID(int=number)}"

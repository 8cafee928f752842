"""Judge a path or URL that stands in a model file: does a loader that follows it leave the model's folder?"""

from __future__ import annotations

import re

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,15}:(//|/|\\)|file:", re.ASCII)
_DRIVE = re.compile(r"[A-Za-z]:")


def leaves(path: str) -> str:
    """Return why a path leads out of the folder it is relative to; "" when it stays inside.

    Absolute paths of any system, URLs, home folders, ``..`` that climbs out, NUL and device names leave.
    """
    text = path.replace("\\", "/")
    if "\0" in text:
        return "a path with a NUL: readers cut it at different places"
    if _SCHEME.match(path):
        return "a URL"
    if text.startswith("//"):
        return "a path of another machine"
    if text.startswith("/"):
        return "an absolute path"
    if _DRIVE.match(text):
        return "an absolute path of Windows"
    if text.startswith(("~", "$", "%")):
        return "a path that depends on the user's home or environment"
    depth = 0
    for part in text.split("/"):
        depth += -1 if part == ".." else part not in ("", ".")
        if depth < 0:
            return "a path that climbs out of the model's folder"
    return ""

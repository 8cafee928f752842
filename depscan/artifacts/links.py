"""Symbolic links of an archive that lead out of it only through each other, as an extractor that makes them goes."""

from __future__ import annotations

from collections.abc import Mapping

_STEPS = 256


def leaves(path: str, links: Mapping[str, str]) -> bool:
    """Return whether a path, with links followed as a file system does, leaves the folder it is relative to.

    Args:
        path: not resolved: ``a/../b``.
        links: by the path of a link, the text it holds, relative to the folder that it stands in.
    """
    at: list[str] = []
    todo = path.split("/")[::-1]
    for _ in range(_STEPS):
        if not todo:
            return False
        part = todo.pop()
        if part == "..":
            if not at:
                return True
            at.pop()
        elif part not in {"", "."}:
            target = links.get("/".join([*at, part]))
            if target is None:
                at.append(part)
            else:
                todo.extend(target.split("/")[::-1])
    return False

"""The history of locks and manifests in a git repository: which commit put which version of which file there."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from depscan.inputs.revision import Repository

SECONDS = 600
"""Listing a history may take so long."""

BATCH_BYTES = 64 << 20
"""Contents of so many bytes are held at a time."""

_REFS = 500
"""Branches and tags in which a file is looked up."""
_LINK, _MODULE = "120000", "160000"


class Change(NamedTuple):
    """One commit changed one file.

    Attributes:
        commit: full id.
        when: seconds since 1970 by the committer's clock, which the committer may set at will.
        author: name and address as the commit states them.
        path: relative to the repository's root.
        old: object ids it had in the parents, without those where it was not there.
        new: object id it has now; "" where it was removed.
    """

    commit: str
    when: int
    author: str
    path: str
    old: tuple[str, ...]
    new: str


def changes(repository: Repository, is_read: Callable[[str], bool]) -> list[Change]:
    """Return every change of files that are read, the newest commit first.

    Of all branches, tags, stashes and remembered positions (reflogs); merges by what they made themselves.

    Raises:
        UsageError: git cannot tell.
    """
    answer = repository.git(
        "log", "--all", "--reflog", "-c", "--raw", "--no-abbrev", "-z", "--no-renames", "--no-color", "--no-mailmap",
        "--no-show-signature", "--no-ext-diff", "--no-textconv", "-O/dev/null", "--root",
        "--format=%x01%H%x02%ct%x02%an <%ae>", seconds=SECONDS,
    )  # fmt: skip
    return list(_parsed(answer, is_read))


def _parsed(answer: bytes, is_read: Callable[[str], bool]) -> Iterator[Change]:
    """Read ``--raw -z``: per commit a head, then per file ``:modes ids status`` and a path, each ended by NUL."""
    commit, when, author = "", 0, ""
    parts = iter(answer.split(b"\0"))
    for part in parts:
        text = part.lstrip(b"\n")
        if text.startswith(b"\x01"):
            head, _, rest = text[1:].partition(b"\n")
            words = os.fsdecode(head).split("\x02", 2)
            commit, when, author = words[0], int(words[1]) if words[1].isdigit() else 0, words[2]
            text = rest.lstrip(b"\n")
        if not text.startswith(b":"):
            continue
        path = os.fsdecode(next(parts, b""))
        if not is_read(path):
            continue
        parents = len(text) - len(text.lstrip(b":"))
        words = text[parents:].decode("ascii", "replace").split(" ")
        modes, ids = words[: parents + 1], words[parents + 1 : 2 * parents + 2]
        new = "" if modes[-1] in {_LINK, _MODULE} or _none(ids[-1]) else ids[-1]
        yield Change(commit, when, author, path, tuple(i for i in ids[:-1] if not _none(i)), new)


def _none(object_id: str) -> bool:
    return not object_id.strip("0")


def sizes(repository: Repository, objects: list[str]) -> dict[str, int]:
    """Return the bytes of blobs that are here."""
    if not objects:
        return {}
    answer = repository.git("cat-file", "--batch-check", stdin="".join(f"{o}\n" for o in objects).encode())
    rows = (line.split() for line in answer.decode("ascii", "replace").splitlines())
    return {row[0]: int(row[2]) for row in rows if len(row) == 3 and row[2].isdigit()}  # noqa: PLR2004 - id, type, size


def contents(repository: Repository, held: dict[str, int]) -> Iterator[tuple[str, bytes]]:
    """Yield blobs with their bytes, not too many at a time."""
    batch: list[str] = []
    total = 0
    for object_id, size in held.items():
        if batch and total + size > BATCH_BYTES:
            yield from repository.contents(batch).items()
            batch, total = [], 0
        batch.append(object_id)
        total += size
    yield from repository.contents(batch).items()


def tips(repository: Repository, path: str) -> dict[str, str]:
    """Return the names of branches and tags to the object id that a file has there."""
    answer = repository.git("for-each-ref", "--format=%(refname)", "refs/heads", "refs/remotes", "refs/tags")
    names = ["HEAD", *(os.fsdecode(line) for line in answer.splitlines() if line)][:_REFS]
    asked = "".join(f"{name}:{path}\n" for name in names) if "\n" not in path else ""
    found = repository.git("cat-file", "--batch-check=%(objectname)", stdin=os.fsencode(asked)).splitlines()
    return {name: line.decode("ascii", "replace") for name, line in zip(names, found, strict=False)}


def branches(repository: Repository, commit: str) -> list[str]:
    """Return the branches and tags that hold a commit, shortened, at most ten."""
    answer = repository.git(
        "for-each-ref", f"--contains={commit}", "--count=10", "--format=%(refname:short)", "refs/heads",
        "refs/remotes", "refs/tags",
    )  # fmt: skip
    return [os.fsdecode(line) for line in answer.splitlines() if line]


def moment(seconds: int) -> str:
    """Return a time as RFC 3339 in UTC; "" for what is no time."""
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return ""

"""What an opened artifact is: its members, what is odd about it, and what it cost to open."""

from collections.abc import Callable
from typing import NamedTuple


class Oddity(NamedTuple):
    """Something in the structure of an artifact that honest ones do not have, or that was not read.

    ``kind`` is traversal, absolute, link, duplicate, case-clash, encrypted, broken, long-name, budget,
    ratio, nested-too-deep, disguised (its content is not what its name says), polyglot (of two formats at once) or
    unreadable. ``case`` tells the cases of ``broken`` apart: prefix, suffix, comment-cut, two-ends, two-directories,
    zip64-lost, no-end, directory-damaged, count, no-member, name-mismatch, method-mismatch, size-mismatch,
    checksum-mismatch, data-cut, overlap, unlisted, checksum, length, false-encryption, folder-content; "" for others.
    """

    kind: str
    path: str
    detail: str
    case: str = ""


class Member(NamedTuple):
    """One regular file of an artifact.

    Attributes:
        path: inside the artifact, with forward slashes, without the sdist's or npm's top folder.
        size: bytes when unpacked.
        read: returns the content; at most the budget's bytes per member, "" past it (an Oddity says so).
        container: archives around it, outermost first (the artifact itself is not repeated).
        executable: whether the archive gives it an execute bit.
    """

    path: str
    size: int
    read: Callable[[], bytes]
    container: tuple[str, ...] = ()
    executable: bool = False


class Artifact(NamedTuple):
    """An opened archive, folder or file.

    Attributes:
        name: file or folder name as the user gave it.
        kind: wheel, sdist, conda, npm, egg, folder, script or archive.
        package, version: from metadata (METADATA, PKG-INFO, package.json, index.json) or the file name; "" unknown.
        members: every regular file, in archive order.
        oddities: what is wrong with the structure.
    """

    name: str
    kind: str
    package: str
    version: str
    members: tuple[Member, ...]
    oddities: tuple[Oddity, ...]


class Budget(NamedTuple):
    """Limits of one artifact, all inclusive.

    Attributes:
        total: bytes unpacked over all members that are read.
        member: bytes of one member; longer ones are cut (and said so).
        members: number of entries.
        depth: archives inside archives.
        ratio: unpacked bytes per packed byte, once more than 1 MiB was unpacked.
        name: characters of a path.
        seconds: CPU time.
    """

    total: int = 256 << 20
    member: int = 16 << 20
    members: int = 50_000
    depth: int = 3
    ratio: int = 500
    name: int = 1024
    seconds: float = 20.0

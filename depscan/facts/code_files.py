"""The importable code files of an archive by their content, to hold the archives of one release against each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from depscan.errors import ArtifactError

if TYPE_CHECKING:
    from depscan.artifacts.artifact import Artifact

_CODE = (".py", ".pth", ".start", ".js", ".cjs", ".mjs", ".sh", ".ps1", ".bat")
_LAYOUTS = ("src/", "lib/", "python/")


class CodeFiles(NamedTuple):
    """What an archive would install that is code.

    Attributes:
        name: file name of the archive.
        kind: see ``Artifact``.
        digests: path as in a wheel, to the SHA-256 of the content with plain line ends.
    """

    name: str
    kind: str
    digests: dict[str, str]


def code_files(path: str) -> CodeFiles | ArtifactError:
    """Return the code files of the archive at a path, or why it cannot be opened."""
    from depscan.artifacts.open import open_artifact

    try:
        return digests_of(open_artifact(path))
    except ArtifactError as error:
        return error


def digests_of(artifact: Artifact) -> CodeFiles:
    """Return the code files of an opened artifact, without tests and what stands in archives inside."""
    from hashlib import sha256

    from depscan.artifacts.places import in_tests

    found: dict[str, str] = {}
    for member in artifact.members:
        if not member.container and member.path.endswith(_CODE) and not in_tests(member.path):
            found[installed_path(member.path)] = sha256(member.read().replace(b"\r\n", b"\n")).hexdigest()
    return CodeFiles(artifact.name, artifact.kind, found)


def installed_path(path: str) -> str:
    """Return a path as it stands in a wheel, whatever folder an sdist keeps its packages in."""
    for layout in _LAYOUTS:
        path = path.removeprefix(layout)
    return path

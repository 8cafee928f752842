"""What the address of a conda package says (https://docs.conda.io/projects/conda/en/stable/user-guide/concepts/packages.html)."""

from typing import NamedTuple

_ENDINGS = (".conda", ".tar.bz2")


class Archive(NamedTuple):
    """Name, version and build of ``channel/subdir/name-version-build.conda``; ``channel`` is a URL."""

    name: str
    version: str
    build: str
    channel: str
    subdir: str


def read_archive(url: str) -> Archive | None:
    """Return what a package's URL or path says; None when it does not end as a conda package does."""
    path = url.partition("#")[0].partition("?")[0]
    folder, _, file = path.rpartition("/")
    ending = next((e for e in _ENDINGS if file.endswith(e)), "")
    parts = file[: len(file) - len(ending)].rsplit("-", 2)
    if not ending or len(parts) != 3 or not parts[0] or not parts[1]:  # noqa: PLR2004 - name, version, build
        return None
    channel, _, subdir = folder.rpartition("/")
    return Archive(parts[0].lower(), parts[1], parts[2], channel, subdir)

"""Make a fleet of repositories with real-shaped locks: projects of ``lockfiles.zip`` with some versions changed.

usage: python tests/bench/fleet.py ../shared/lockfiles.zip FOLDER COUNT [--git] [--seed N]
"""

from __future__ import annotations

import argparse
import os
import random
import re
import subprocess
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

Project = dict[str, bytes]
_VERSION = re.compile(rb"(?<=[\"'=@ ])(\d+\.\d+\.)(\d+)(?=[\"'\n:),;])")
_MOVED = 3
_IDENTITY = ("-c", "user.name=bench", "-c", "user.email=bench@example.invalid", "-c", "commit.gpgsign=false")


def projects(archive: str) -> list[Project]:
    """Return the files of each project of the archive."""
    found: dict[str, Project] = {}
    with zipfile.ZipFile(archive) as opened:
        for name in sorted(opened.namelist()):
            if name.startswith("files/") and not name.endswith("/"):
                _, project, path = name.split("/", 2)
                found.setdefault(project, {})[path] = opened.read(name)
    return list(found.values())


def mutated(project: Project, chance: random.Random, moved: int = _MOVED) -> Project:
    """Return a project with the last number of a few versions changed in each file."""
    return {path: _mutated(data, chance, moved) for path, data in project.items()}


def _mutated(data: bytes, chance: random.Random, moved: int) -> bytes:
    places = [m.span(2) for m in _VERSION.finditer(data)]
    made = bytearray(data)
    for start, end in sorted(chance.sample(places, min(moved, len(places))), reverse=True):
        made[start:end] = str(chance.randrange(40)).encode()
    return bytes(made)


def write(project: Project, folder: str) -> None:
    """Write the files of a project."""
    for path, data in project.items():
        target = os.path.join(folder, path)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "wb") as stream:
            stream.write(data)


def commit(folder: str) -> None:
    """Commit everything in a folder, which becomes a repository where it is none."""
    for words in (("init", "-q"), ("add", "-A"), (*_IDENTITY, "commit", "-q", "-m", "night", "--allow-empty")):
        subprocess.run(["git", "-C", folder, *words], check=True)


def fleet(archive: str, count: int, chance: random.Random) -> Iterator[tuple[str, Project]]:
    """Yield name and files of each repository."""
    known = projects(archive)
    for at in range(count):
        yield f"repository-{at:05}", mutated(known[at % len(known)], chance)


def main() -> None:
    """Write a fleet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("archive")
    parser.add_argument("folder")
    parser.add_argument("count", type=int)
    parser.add_argument("--git", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    for name, project in fleet(args.archive, args.count, random.Random(args.seed)):
        place = os.path.join(args.folder, name)
        write(project, place)
        if args.git:
            commit(place)


if __name__ == "__main__":
    main()

"""What tells this depscan from others where results are kept between runs: its code, and the Python that parses."""

from __future__ import annotations

import os
import sys

from depscan.text.folder import rules_folder
from depscan.version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


def engine(parts: tuple[str, ...]) -> str:
    """Return a hash of the sizes and times of the files below folders of depscan.

    Args:
        parts: folders, relative to the package; those that are not there count for nothing.
    """
    import hashlib

    top = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    told = [__version__, sys.version]
    for part in parts:
        for inside, folders, files in os.walk(os.path.join(top, part)):
            folders[:] = sorted(f for f in folders if f != "__pycache__")
            for name in sorted(files):
                status = os.stat(os.path.join(inside, name))
                told.append(f"{part}/{name} {status.st_size} {status.st_mtime_ns}")
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def code_digest(leave: Iterable[str] = ()) -> str:
    """Return a hash of the contents of depscan's code and rules: equal on every machine, unlike ``engine``.

    Args:
        leave: names directly in the package that count for nothing.
    """
    import hashlib

    top = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    made = hashlib.sha256(f"{__version__} {sys.version_info[:2]}".encode())
    for start in (top, rules_folder()):
        for inside, folders, files in os.walk(start):
            left = {"__pycache__", "data"}.union(leave) if inside == top else {"__pycache__"}
            folders[:] = sorted(f for f in folders if f not in left)
            for name in sorted(files):
                with open(os.path.join(inside, name), "rb") as stream:
                    made.update(hashlib.sha256(stream.read()).digest())
    return made.hexdigest()[:32]

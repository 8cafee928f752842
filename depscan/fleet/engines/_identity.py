"""What must be equal here and on a worker: readings of another depscan, or of another Python, are other readings."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from depscan.fleet.code import reader
from depscan.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable


def identity() -> str:
    """Return depscan's version, a digest of its code and rules, and Python's version, in one line for people."""
    return f"depscan {__version__} ({reader()[:12]}) on Python {sys.version_info[0]}.{sys.version_info[1]}"


def teller() -> Callable[[], str]:
    """Return a function that tells the identity where it runs. It is sent by value: it answers without depscan too."""

    def told() -> str:
        try:
            from depscan.fleet.engines._identity import identity as own
        except ImportError as error:
            return f"no depscan that knows clusters ({error})"
        return own()

    return told

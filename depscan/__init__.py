"""depscan: the dependency and package-registry threat scanner for AI and machine-learning stacks.

The library is one call: ``depscan.scan(paths, options) -> ScanResult``. Names are resolved when first
used, so that importing the package costs nothing.
"""

from __future__ import annotations

from depscan.version import __version__

TYPE_CHECKING = False  # importing typing costs a fifth of a bare interpreter

if TYPE_CHECKING:
    from depscan.api import Options as Options
    from depscan.api import ScanResult as ScanResult
    from depscan.api import scan as scan
    from depscan.difference import Difference as Difference
    from depscan.difference import diff as diff
    from depscan.difference import diff_revisions as diff_revisions
    from depscan.errors import DepscanError as DepscanError
    from depscan.inspection import inspect as inspect
    from depscan.naming import judge_names as judge_names

__all__ = [
    "DepscanError",
    "Difference",
    "Options",
    "ScanResult",
    "__version__",
    "diff",
    "diff_revisions",
    "inspect",
    "judge_names",
    "scan",
]


def __getattr__(name: str) -> object:
    """Import the public API when it is first asked for (PEP 562)."""
    if name == "DepscanError":
        from depscan.errors import DepscanError

        return DepscanError
    if name == "inspect":
        from depscan.inspection import inspect

        return inspect
    if name in {"Difference", "diff", "diff_revisions"}:
        from depscan import difference

        return getattr(difference, name)
    if name == "judge_names":
        from depscan.naming import judge_names

        return judge_names
    if name in __all__:
        from depscan import api

        return getattr(api, name)
    raise AttributeError(f"module 'depscan' has no attribute {name!r}")

"""Which wheel of a release a target would take, told by the file name (PEP 427, PEP 425)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from depscan.resolution.target import Target

OTHER = 3
_PARTS = 3


def rank(name: str, target: Target) -> int:
    """Return how well a wheel fits: 0 this Python and platform, 1 this platform, 2 any platform, 3 no fit.

    It only orders: the metadata of a release's wheels is the same nearly always, and a wheel that does not fit is
    read where there is no other.
    """
    parts = name.removesuffix(".whl").rsplit("-", _PARTS)
    if len(parts) != _PARTS + 1:
        return OTHER
    pythons, platforms = parts[1].split("."), parts[3].split(".")
    if "any" in platforms:
        return 2 if any(p.startswith("py3") or p == _cpython(target) for p in pythons) else OTHER
    if not any(_fits(platform, target) for platform in platforms):
        return OTHER
    if _cpython(target) in pythons:
        return 0
    return 1 if "abi3" in parts[2].split(".") or any(p.startswith("py3") for p in pythons) else OTHER


def _cpython(target: Target) -> str:
    return "cp" + "".join(target.python.split(".")[:2])


def _fits(platform: str, target: Target) -> bool:
    """Return whether a wheel's platform is of the target's system and machine; the age of either is not weighed."""
    if target.system == "windows":
        return platform == target.platform
    if target.system == "macos":
        return platform.startswith("macosx_") and platform.endswith((target.machine, "_universal2"))
    musl = target.platform.startswith("musllinux")
    kinds = ("musllinux", "linux_") if musl else ("manylinux", "linux_")
    return platform.startswith(kinds) and platform.endswith(f"_{target.machine}")

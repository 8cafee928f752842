"""For which Python on which platform markers are judged; the target itself is never started or imported.

Sources: https://packaging.python.org/en/latest/specifications/dependency-specifiers/#environment-markers and
https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from depscan.errors import UsageError

_PYTHON = re.compile(r"3\.\d{1,3}(?:\.\d{1,3})?").fullmatch
_TAG = re.compile(
    r"(?:(?P<windows>win_amd64|win_arm64|win32)"
    r"|(?P<macos>macosx_\d{1,3}_\d{1,3}_(?P<mac>arm64|x86_64))"
    r"|(?P<linux>(?:linux|manylinux1|manylinux20\d\d|manylinux_\d{1,3}_\d{1,3}|musllinux_\d{1,3}_\d{1,3})_(?P<machine>[a-z0-9_]{3,20})))"
).fullmatch
_WORDS = {"linux": "linux_x86_64", "macos": "macosx_13_0_arm64", "windows": "win_amd64"}
"""What the plain words stand for: the machines most of each are; uv's words mean the same."""

_WINDOWS = {"win_amd64": "AMD64", "win_arm64": "ARM64", "win32": "x86"}
_SYSTEMS = {
    "linux": ("posix", "linux", "Linux"),
    "macos": ("posix", "darwin", "Darwin"),
    "windows": ("nt", "win32", "Windows"),
}


class Target(NamedTuple):
    """A CPython on a platform.

    Attributes:
        python: ``major.minor`` or ``major.minor.patch``; without a patch the first one (3.11.0), as uv takes it.
        platform: platform tag, such as ``linux_x86_64``, ``manylinux_2_28_aarch64`` or ``win_amd64``.
    """

    python: str
    platform: str

    def __str__(self) -> str:
        """Return it in words."""
        return f"Python {self.python} on {self.platform}"

    @property
    def system(self) -> str:
        """Return linux, macos or windows."""
        found = _TAG(self.platform)
        return next((name for name in _SYSTEMS if found and found[name]), "linux")

    @property
    def machine(self) -> str:
        """Return what ``platform_machine`` is there."""
        found = _TAG(self.platform)
        if found is None:
            return ""
        return _WINDOWS[found["windows"]] if found["windows"] else found["mac"] or found["machine"]

    def environment(self) -> dict[str, str]:
        """Return the marker environment; release and version of the operating system are not known ("")."""
        os_name, sys_platform, system = _SYSTEMS[self.system]
        full = self.python if self.python.count(".") > 1 else f"{self.python}.0"
        return {
            "implementation_name": "cpython",
            "implementation_version": full,
            "os_name": os_name,
            "platform_machine": self.machine,
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_system": system,
            "platform_version": "",
            "python_full_version": full,
            "python_version": ".".join(self.python.split(".")[:2]),
            "sys_platform": sys_platform,
            "extra": "",
        }


def target_of(python: str = "", platform: str = "") -> Target:
    """Return the target a user names; what is left open is that of this machine.

    Raises:
        UsageError: no version of Python 3, or a platform whose markers are not known.
    """
    if python and not _PYTHON(python):
        raise UsageError(f"--python {python[:80]} is no version such as 3.11")
    platform = _WORDS.get(platform, platform)
    if platform and not _TAG(platform):
        hint = "linux, macos, windows, or a tag such as manylinux_2_28_aarch64, macosx_14_0_arm64, win_amd64"
        raise UsageError(f"--platform {platform[:80]} is not known", hint=hint)
    return Target(python or _this_python(), platform or _this_platform())


def _this_python() -> str:
    import sys

    return ".".join(map(str, sys.version_info[:3]))


def _this_platform() -> str:
    import sysconfig

    tag = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    return tag if _TAG(tag) else _WORDS["linux"]

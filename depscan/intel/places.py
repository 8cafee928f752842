"""Where the data files are: named by the user, kept for the user, or embedded in depscan."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping


class DataFile(NamedTuple):
    """A data file that comes with depscan and that a user may replace.

    Attributes:
        name: file name, in a folder of the user's and in the embedded one.
        variable: environment variable that names a file or folder.
    """

    name: str
    variable: str

    @property
    def embedded(self) -> str:
        """Return the path of the one that comes with depscan (see NOTICE)."""
        return os.path.join(os.path.dirname(os.path.abspath(__file__)), "data", self.name)

    def locate(self, explicit: str = "", environment: Mapping[str, str] = os.environ) -> tuple[str, str]:
        """Return the file to use and where it comes from: option, environment, user or embedded.

        What is named explicitly is used, whether it is there or not: opening it says what is wrong.
        """
        for origin, named in (("option", explicit), ("environment", environment.get(self.variable, ""))):
            if named:
                return (os.path.join(named, self.name) if os.path.isdir(named) else named), origin
        own = os.path.join(user_folder(environment), self.name)
        return (own, "user") if os.path.lexists(own) else (self.embedded, "embedded")

    def write_target(self, explicit: str = "", environment: Mapping[str, str] = os.environ) -> str:
        """Return the file that updates write: never the embedded one."""
        named = explicit or environment.get(self.variable, "")
        if not named:
            return os.path.join(user_folder(environment), self.name)
        return os.path.join(named, self.name) if os.path.isdir(named) or not named.endswith(".idx") else named


def user_folder(environment: Mapping[str, str] = os.environ) -> str:
    """Return the folder in which depscan keeps the data files of this user; it need not exist.

    Source: XDG Base Directory Specification; on Windows the local application data.
    """
    if sys.platform == "win32":
        base = environment.get("LOCALAPPDATA") or os.path.join(os.path.expanduser("~"), "AppData", "Local")
    else:
        # The specification wants an absolute path and others to be ignored.
        base = environment.get("XDG_DATA_HOME") or ""
        if not os.path.isabs(base):
            base = os.path.join(environment.get("HOME") or os.path.expanduser("~"), ".local", "share")
    return os.path.join(base, "depscan")

"""Configuration files as text, TOML or INI; one that cannot be read is a note, not an error."""

from __future__ import annotations

import os
from typing import Any, NamedTuple

_MOST = 4 << 20


class Place(NamedTuple):
    """Where a person's and a system's configuration lies.

    Attributes:
        folder: the project.
        home: the user's home folder.
        environment: environment variables.
        root: in front of the system's paths; "" for the running system.
    """

    folder: str
    home: str
    environment: dict[str, str]
    root: str = ""

    def user(self) -> str:
        """Return the user's configuration folder (XDG base directory specification)."""
        return self.environment.get("XDG_CONFIG_HOME") or os.path.join(self.home, ".config")

    def system(self) -> list[str]:
        """Return the system's configuration folders, the most important last."""
        named = self.environment.get("XDG_CONFIG_DIRS") or "/etc/xdg"
        return [self.root + one for one in reversed(named.split(":")) if one.startswith("/")]


def read_text(path: str) -> str:
    """Return a configuration file's text; "" when it is not there or no text."""
    try:
        if not os.path.isfile(path):
            return ""
        with open(path, "rb") as stream:
            data = stream.read(_MOST + 1)
    except (OSError, ValueError):
        return ""
    return data.decode("utf-8-sig", "replace") if len(data) <= _MOST else ""


def read_toml(path: str, notes: list[str]) -> dict[str, Any]:
    """Return a TOML file's tables; {} when it is not there or broken, which is noted."""
    import tomli

    text = read_text(path)
    if not text:
        return {}
    try:
        return tomli.loads(text)
    except (tomli.TOMLDecodeError, RecursionError, ValueError):
        notes.append(f"{path} is no TOML: its indexes are not known")
        return {}


def table(value: object, *keys: str) -> dict[str, Any]:
    """Return the table under keys; {} where there is none."""
    for name in keys:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def texts(value: object) -> list[str]:
    """Return a text, or the texts of a list, as a list."""
    found = value if isinstance(value, list) else [value]
    return [one for one in found if isinstance(one, str) and one.strip()]


def tables(value: object) -> list[dict[str, Any]]:
    """Return the tables of an array of tables."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []

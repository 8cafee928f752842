"""Indexes from uv's and poetry's configuration.

Sources: https://docs.astral.sh/uv/concepts/indexes/ and https://python-poetry.org/docs/repositories/.
"""

from __future__ import annotations

import os
from typing import Any, NamedTuple

from depscan.registry.config_files import Place, read_toml, table, tables, texts


class Stated(NamedTuple):
    """An index as a file states it: its URL as written, whether it takes the default's place, and where that stands."""

    url: str
    default: bool
    explicit: bool
    origin: str


def uv_environment(environment: dict[str, str]) -> list[Stated]:
    """Return what uv's variables name, in uv's order: UV_INDEX before the default."""
    found = []
    for name in ("UV_INDEX", "UV_EXTRA_INDEX_URL"):
        found += [Stated(_bare(one), False, False, name) for one in environment.get(name, "").split()]
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL"):
        if environment.get(name, "").strip():
            found.append(Stated(_bare(environment[name].strip()), True, False, name))
            break
    return found


def _bare(text: str) -> str:
    """Return the URL of ``name=url``."""
    name, mark, url = text.partition("=")
    return url if mark and "/" not in name else text


def uv_project(place: Place, pyproject: dict[str, Any], notes: list[str]) -> list[Stated]:
    """Return what the project's uv.toml names, or else [tool.uv] of its pyproject.toml, which uv then ignores."""
    path = os.path.join(place.folder, "uv.toml")
    if os.path.isfile(path):
        return _uv(read_toml(path, notes), path)
    return _uv(table(pyproject, "tool", "uv"), os.path.join(place.folder, "pyproject.toml"))


def uv_user(place: Place, notes: list[str]) -> list[Stated]:
    """Return what the user's and the system's uv.toml name, or the one file of UV_CONFIG_FILE."""
    named = place.environment.get("UV_CONFIG_FILE", "")
    paths = [os.path.join(place.user(), "uv", "uv.toml")]
    paths += [os.path.join(one, "uv", "uv.toml") for one in reversed(place.system())] + [f"{place.root}/etc/uv/uv.toml"]
    found = []
    for path in [named] if named else paths:
        found += _uv(read_toml(path, notes), path)
    return found


def _uv(options: dict[str, Any], path: str) -> list[Stated]:
    found: list[Stated] = []
    for row in tables(options.get("index")):
        default, explicit = row.get("default") is True, row.get("explicit") is True
        found += [Stated(_bare(url), default, explicit, path) for url in texts(row.get("url"))]
    found += [Stated(url, False, False, path) for url in texts(options.get("extra-index-url"))]
    found += [Stated(url, True, False, path) for url in texts(options.get("index-url"))]
    return found


def poetry(place: Place, pyproject: dict[str, Any]) -> list[Stated]:
    """Return the sources of [tool.poetry]: a primary one takes the default's place."""
    path = os.path.join(place.folder, "pyproject.toml")
    found: list[Stated] = []
    for row in tables(table(pyproject, "tool", "poetry").get("source")):
        priority = str(row.get("priority", "primary")).lower()
        default = row.get("default") is True or priority in {"primary", "default"}
        found += [Stated(url, default, priority == "explicit", path) for url in texts(row.get("url"))]
    return sorted(found, key=lambda one: not one.default)

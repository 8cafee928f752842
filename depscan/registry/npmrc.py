"""Registries and logins from .npmrc files.

Source: npm's manual page npmrc(5).
``${NAME}`` is filled in from the environment for the user's own file only: a scanned project's file could otherwise
send any variable to a host of its choice.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
from typing import NamedTuple

from depscan.registry.config_files import Place, read_text
from depscan.registry.credentials import basic, of_url
from depscan.registry.urls import host, plain


class NpmConfig(NamedTuple):
    """Registries by scope ("" for the default) as URL and origin, and Authorization values by ``host:port``."""

    registries: dict[str, tuple[str, str]]
    logins: dict[str, str]


def read(place: Place) -> NpmConfig:
    """Read the global, the user's and the project's file and the environment; later ones win."""
    environment = {k.lower(): v for k, v in place.environment.items()}
    config = NpmConfig({}, {})
    common = environment.get("npm_config_globalconfig") or f"{place.root}/etc/npmrc"
    own = environment.get("npm_config_userconfig") or os.path.join(place.home, ".npmrc")
    _merge(config, common, place.environment)
    _merge(config, own, place.environment)
    project = os.path.join(place.folder, ".npmrc")
    if os.path.abspath(project) != os.path.abspath(own):
        _merge(config, project, None)
    named = environment.get("npm_config_registry", "")
    if plain(named):
        config.registries[""] = (named, "npm_config_registry")
        config.logins.update(of_url(named))
    return config


def _merge(config: NpmConfig, path: str, environment: dict[str, str] | None) -> None:
    rows = dict(_rows(read_text(path), environment))
    for name, value in rows.items():
        scope, _, option = name.rpartition(":")
        if (name == "registry" or (option == "registry" and scope.startswith("@"))) and plain(value):
            config.registries[scope] = (value, path)
            config.logins.update(of_url(value))
    for place in {n.rpartition(":")[0] for n in rows if n.startswith("//")}:
        login = _login(rows, place)
        at = host(f"https:{place}/")
        if login and at:
            config.logins[at] = login


def _login(rows: dict[str, str], place: str) -> str:
    if token := rows.get(f"{place}:_authToken", ""):
        return f"Bearer {token}"
    if packed := rows.get(f"{place}:_auth", ""):
        return f"Basic {packed}"
    user, packed = rows.get(f"{place}:username", ""), rows.get(f"{place}:_password", "")
    try:
        return basic(user, base64.b64decode(packed).decode()) if user and packed else ""
    except (binascii.Error, ValueError):
        return ""


def _rows(text: str, environment: dict[str, str] | None) -> list[tuple[str, str]]:
    found = []
    for line in text.splitlines():
        name, mark, value = line.strip().partition("=")
        if not mark or line.lstrip().startswith((";", "#", "[")):
            continue
        value = value.strip().strip("\"'")
        if "${" in value:
            if environment is None:
                continue
            known = environment
            value = re.sub(r"\$\{([^}]{1,200})\}", lambda found, known=known: known.get(found[1], ""), value)  # type: ignore[misc]
        if value.isascii() and value.isprintable():
            found.append((name.strip(), value))
    return found

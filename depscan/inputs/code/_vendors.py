"""Which vendor a host, a prefix of a router or an id belongs to: ``rules/vendors/*.toml``, one file per vendor."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from typing import Any

import tomli

from depscan.text.folder import rules_folder


class Vendors:
    """What the vendors' files say.

    Args:
        files: slug of a vendor (the file's name) to its tables.
    """

    def __init__(self, files: dict[str, dict[str, Any]]) -> None:
        self._hosts: dict[str, str] = {}
        self._aliases: dict[str, str] = {}
        self._ids: list[tuple[str, str]] = []
        for slug, data in files.items():
            self._hosts.update(dict.fromkeys(data.get("hosts", ()), slug))
            self._aliases.update(dict.fromkeys((*data.get("aliases", ()), slug), slug))
            self._ids += [(pattern, slug) for pattern in data.get("ids", ()) if isinstance(pattern, str)]

    def of_host(self, host: str) -> str:
        """Return the slug of the vendor whose host it is; the host itself when it is nobody's we know."""
        bare = host.partition(":")[0]
        parts = bare.split(".")
        names = [host, bare, *("*." + ".".join(parts[i:]) for i in range(1, len(parts)))]
        return next((self._hosts[name] for name in names if name in self._hosts), host)

    def named(self, name: str) -> str:
        """Return the slug of a vendor that a router calls so; the name itself when it is none we know."""
        plain = name.lower().replace("_", "-")
        return self._aliases.get(plain, plain)

    def of_id(self, model: str) -> str:
        """Return the slug of the one vendor whose models have such ids; "" for none."""
        for pattern, slug in self._ids:
            try:
                if re.fullmatch(pattern, model):
                    return slug
            except re.error:
                continue
        return ""


@lru_cache(maxsize=4)
def vendors(folder: str = "") -> Vendors:
    """Return the vendors of a folder; "" for those that come with depscan."""
    top = folder or os.path.join(rules_folder(), "vendors")
    found: dict[str, dict[str, Any]] = {}
    for name in sorted(os.listdir(top)) if os.path.isdir(top) else ():
        if name.endswith(".toml"):
            with open(os.path.join(top, name), "rb") as stream:
                found[name[:-5]] = tomli.load(stream)
    return Vendors(found)

"""Who may log in where: from configured URLs, .npmrc, netrc and keyring, each for its own host only.

The values never appear in a message, a representation or another host's request.
"""

from __future__ import annotations

import base64
import importlib.util
import os
from collections.abc import Mapping
from urllib.parse import unquote

from depscan.registry.urls import host, is_private, origin, split, userinfo


def basic(user: str, password: str) -> str:
    """Return the Authorization value of a name and password (RFC 7617)."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def of_url(url: str) -> dict[str, str]:
    """Return the entry for credentials in a URL; {} when it has none."""
    held = userinfo(url)
    if not held:
        return {}
    user, _, password = held.partition(":")
    return {origin(url): basic(unquote(user), unquote(password))}


class Credentials:
    """Authorization values by host.

    Args:
        held: by ``scheme://host:port`` (that scheme only), or by ``host:port`` (over https or to this machine only).
        netrc: path of a netrc file; "" for none. Its ``default`` entry is not used: it would be sent to any host.
        keyring: whether to ask keyring, where installed, when a host refuses.
    """

    def __init__(self, held: Mapping[str, str] | None = None, netrc: str = "", *, keyring: bool = True) -> None:
        self._held = dict(held or {})
        self._netrc = netrc
        self._keyring = keyring
        self._read: dict[str, tuple[str, str]] | None = None

    def __repr__(self) -> str:
        return f"Credentials({', '.join(sorted(self._held))})"

    def header(self, url: str) -> str:
        """Return the Authorization value for a URL; "" for none."""
        found = self._held.get(origin(url), "")
        if found or not is_private(url):
            return found
        return self._held.get(host(url), "") or self._from_netrc(url)

    def ask_keyring(self, url: str) -> bool:
        """Look into keyring for a host that refused; whether something new was found."""
        if not self._keyring or not is_private(url) or importlib.util.find_spec("keyring") is None:
            return False
        import keyring  # type: ignore[import-not-found,unused-ignore] # not required
        import keyring.errors  # type: ignore[import-not-found,unused-ignore]

        parts = split(url)
        try:
            found = keyring.get_credential(parts.hostname, None) if parts and parts.hostname else None
        except (keyring.errors.KeyringError, RuntimeError, OSError, ValueError):
            return False
        if found is None:
            return False
        value = basic(str(found.username), str(found.password))
        if self._held.get(origin(url)) == value:
            return False
        self._held[origin(url)] = value
        return True

    def _from_netrc(self, url: str) -> str:
        if self._read is None:
            self._read = _netrc(self._netrc)
        parts = split(url)
        pair = self._read.get(parts.hostname or "") if parts else None
        return basic(*pair) if pair else ""


def _netrc(path: str) -> dict[str, tuple[str, str]]:
    import netrc

    if not path or not os.path.isfile(path):
        return {}
    try:
        hosts = netrc.netrc(path).hosts
    except (netrc.NetrcParseError, OSError, ValueError):
        return {}
    return {name.lower(): (row[0], row[2]) for name, row in hosts.items() if name != "default" and row[0]}

"""URLs of indexes and files: which host, without credentials, and what may follow from what."""

from __future__ import annotations

from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

from depscan.errors import RegistryError
from depscan.model.package import mask

_LONGEST = 8192
_PORTS = {"http": 80, "https": 443}
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def split(url: str) -> SplitResult | None:
    """Return the parts of an http or https URL with a host; None for anything else."""
    if len(url) > _LONGEST or any(ord(c) <= 32 or ord(c) == 127 for c in url):  # noqa: PLR2004 - blanks and controls
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    return parts if parts.scheme in _PORTS and parts.hostname and port != 0 else None


def plain(url: str) -> str:
    """Return an http or https URL without credentials and fragment; "" for anything else."""
    parts = split(url)
    if parts is None:
        return ""
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, parts.query, ""))


def userinfo(url: str) -> str:
    """Return the ``user:password`` part of a URL; "" without one, and where it was masked."""
    parts = split(url)
    held = parts.netloc.rpartition("@")[0] if parts else ""
    return "" if held.startswith("***") else held


def host(url: str) -> str:
    """Return ``host:port`` of a URL, in lower case; "" for what is none."""
    parts = split(url)
    return f"{parts.hostname}:{parts.port or _PORTS[parts.scheme]}" if parts else ""


def origin(url: str) -> str:
    """Return ``scheme://host:port`` of a URL; "" for what is none."""
    parts = split(url)
    return f"{parts.scheme}://{host(url)}" if parts else ""


def is_private(url: str) -> bool:
    """Whether nobody on the way reads along: https, or this machine."""
    parts = split(url)
    return parts is not None and (parts.scheme == "https" or parts.hostname in _LOOPBACK)


def same_host(one: str, other: str) -> bool:
    """Whether two URLs lead to one host; the step from http to https on default ports stays there."""
    if host(one) == host(other):
        return True
    a, b = split(one), split(other)
    return bool(
        a and b and a.hostname == b.hostname and (a.scheme, b.scheme, a.port, b.port) == ("http", "https", None, None)
    )


def resolve(base: str, reference: str) -> str:
    """Return the URL that a page at ``base`` means, without credentials and fragment.

    Raises:
        RegistryError: it is no http or https URL, or an unencrypted one on another host named by an encrypted page.
    """
    try:
        found = plain(urljoin(base, reference)) if (reference := reference.strip()) else ""
    except ValueError:
        found = ""
    if not found:
        raise RegistryError(f"{shown(base)} names a file at no http or https URL: {shown(reference)[:200]!r}")
    if base.startswith("https:") and found.startswith("http:"):
        if split(base).hostname != split(found).hostname:  # type: ignore[union-attr] # both were split above
            raise RegistryError(f"{shown(base)} names a file without encryption: {shown(found)[:200]}")
        found = f"https:{found[5:]}"  # npm's packuments of long ago do so
    return found


def shown(url: str) -> str:
    """Return a URL as it may stand in a message: no credentials, no query (signed links), no control characters."""
    text = mask(url).partition("?")[0][:500]
    return "".join(c if c.isprintable() else "?" for c in text)

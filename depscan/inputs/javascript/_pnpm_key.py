"""The keys of pnpm lockfiles ("dependency paths"), lockfile versions 5 to 9.

    5    /name/1.0.0   /@scope/name/1.0.0_peer@2.0.0   registry.example/name/1.0.0   github.com/owner/repo/COMMIT
    6    /name@1.0.0(peer@2.0.0)   registry.example/name@1.0.0   file:../folder   @files.example/name.tgz
    9    name@1.0.0(peer@2.0.0)   name@file:../folder   name@https://files.example/name.tgz

Source: https://github.com/pnpm/spec/tree/master/lockfile and pnpm's ``dependency-path`` package.
"""

from __future__ import annotations

from typing import NamedTuple


class Key(NamedTuple):
    """What a key says: name, version or address, and the host when it is not the default registry's."""

    name: str
    reference: str
    host: str = ""


def without_peers(text: str) -> str:
    """Return a key or reference without the bracketed peer suffixes at its end."""
    end = len(text)
    while end and text[end - 1] == ")":
        depth = 0
        at = end
        while at:
            at -= 1
            depth += (text[at] == ")") - (text[at] == "(")
            if depth == 0:
                break
        if depth:
            return text[:end]
        end = at
    return text[:end]


def read_key(text: str, major: int) -> Key:
    """Return the parts of a package key.

    Args:
        text: the key.
        major: first number of ``lockfileVersion``.
    """
    body = without_peers(text)
    if body.startswith("file:"):
        return Key("", body)
    if body.startswith("/"):
        return _split(body[1:], "")
    if major >= 9:  # noqa: PLR2004 - the lockfile version that dropped the slash
        return _split(body, "")
    host, _, rest = body.partition("/")
    return _split(rest, host.lstrip("@"))


def _split(body: str, host: str) -> Key:
    start = body.find("/") + 1 if body.startswith("@") else 0
    at, slash = body.find("@", max(start, 1)), body.find("/", start)
    if at > 0 and (slash < 0 or at < slash):
        return Key(body[:at], body[at + 1 :], host)
    if slash > 0:
        # a semantic version holds no "_": what follows it are peers or their hash
        return Key(body[:slash], body[slash + 1 :].partition("/")[0].partition("_")[0], host)
    return Key(body, "", host)


def candidates(name: str, reference: str) -> tuple[str, ...]:
    """Return the keys that a reference of ``dependencies`` may stand for, most likely first."""
    return (f"{name}@{reference}", reference, f"/{name}@{reference}", f"/{name}/{reference}", f"/{reference}")

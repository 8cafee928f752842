"""The execution surface that stands in code: what its facts say happens at install, at start-up and at import."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from depscan.facts.fact import CALL, IMPORT, INSTALL, LOAD, STARTUP, TEST
from depscan.release.surface import Surface

if TYPE_CHECKING:
    from collections.abc import Iterator

    from depscan.facts.fact import Fact
    from depscan.facts.inspected import Inspected

EARLY = frozenset({INSTALL, STARTUP, IMPORT})
_KINDS = {
    "process.spawn": "process", "shell.run": "process", "net.connect": "network", "net.send": "network",
    "net.download": "network", "dns.query": "network", "code.eval": "eval", "code.decode": "decode",
    "code.load-native": "load", "deserialize": "load", "env.dump": "env-dump", "file.write": "file-write",
    "file.delete": "file-delete", "file.chmod": "file-write", "persist": "persist", "package.install":
    "install-packages", "archive.extract": "file-write", "clipboard.read": "spy", "clipboard.write": "spy",
    "screen.read": "spy", "keyboard.read": "spy", "camera.read": "spy", "browser.read": "spy", "wallet.read": "spy",
    "crypto.mine": "process", "host.identify": "identify", "start.line": "start-line",
    "hook.declare": "install-hook", "file.disguised": "disguised",
}  # fmt: skip
_ALWAYS = frozenset({
    "process", "network", "eval", "persist", "install-packages", "spy", "start-line", "install-hook", "disguised",
})  # fmt: skip
_AT_START = frozenset({"decode", "load", "identify", "file-write", "file-delete", "env-dump"})
"""At import honest releases do these, too: where their data then goes is loud by itself."""
_OUTSIDE = re.compile(r"(?:~|/etc/|/usr/|/opt/|/root|/home/|/Users/|[A-Za-z]:\\|%\w+%|\$HOME)|site-packages")
_HERE = re.compile(r"(?:preinstall|install|postinstall): ")
_HOST = re.compile(r"(?:https?|wss?|ftp)://(?:[^/@{}\s]{0,200}@)?([\w.-]{1,253})").match
_VALUE = 300


class _Reading(NamedTuple):
    """What is needed of an artifact to judge one of its facts."""

    item: Inspected
    quiet: frozenset[int]


def code_surface(item: Inspected) -> list[Surface]:
    """Return what the code of an artifact does without being called."""
    reading = _Reading(item, _of_repository(item))
    return [made for index, fact in enumerate(item.facts) for made in _surface(fact, index, reading)]


def _of_repository(item: Inspected) -> frozenset[int]:
    """Return the facts of npm hooks that run in a checkout only: a published tarball never runs ``prepare``."""
    if item.kind != "npm":
        return frozenset()
    quiet: set[int] = set()
    for index, fact in enumerate(item.facts):
        declared = fact.what == "hook.declare" and fact.callee == "npm"
        if declared and not any(map(_HERE.match, fact.values)):
            quiet.add(index)
    return frozenset(quiet)


def _surface(fact: Fact, index: int, reading: _Reading) -> Iterator[Surface]:
    if fact.when in {CALL, LOAD}:
        yield from _addresses(fact)
    kind = _KINDS.get(fact.what)
    early = fact.when in EARLY or (kind == "disguised" and fact.when != TEST)
    if kind is None or not early or (kind == "file-delete" and not _leaves_package(fact)):
        return
    unheard = index in reading.quiet or any(source in reading.quiet for source in fact.sources)
    yield Surface(
        kind,
        fact.when,
        _detail(fact),
        fact.path,
        fact.line,
        not unheard and _is_loud(kind, fact),
        (kind, fact.when, fact.callee, *(plain(v, reading.item.version) for v in fact.values), *fact.layer),
        fact.text,
        fact.container,
    )


def _addresses(fact: Fact) -> Iterator[Surface]:
    """A host that code talks to when it is called: shown, as a new one is worth a look."""
    if not fact.what.startswith("net."):
        return
    for value in fact.values[:2]:
        if host := _HOST(value):
            key = ("address", CALL, host[1].lower())
            yield Surface("address", CALL, f"{fact.callee} to {host[1]}", fact.path, fact.line, key=key, text=fact.text,
                          container=fact.container)  # fmt: skip


def _is_loud(kind: str, fact: Fact) -> bool:
    if kind in _ALWAYS or (kind in _AT_START and fact.when == STARTUP) or (kind, fact.when) == ("env-dump", INSTALL):
        return True
    return kind in {"file-write", "file-delete"} and _leaves_package(fact)


def _leaves_package(fact: Fact) -> bool:
    return any(_OUTSIDE.match(value) for value in fact.values[:1])


def _detail(fact: Fact) -> str:
    values = ", ".join(repr(value[:_VALUE]) for value in fact.values[:3])
    inside = f" (inside {' > '.join(fact.layer)})" if fact.layer else ""
    return f"{fact.callee or fact.what}({values}){inside}"


def plain(text: str, version: str) -> str:
    """Return text with the release's own version replaced, so that a bump alone is no difference."""
    return text.replace(version, "{version}") if len(version) > 2 else text  # noqa: PLR2004 - "1" is in everything

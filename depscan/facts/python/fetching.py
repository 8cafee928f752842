"""What a request that fetches tells its server: the address, not where the answer is saved, nor how a build is set."""

from __future__ import annotations

import re

from depscan.facts.python.values import NONE, Ref, Value, sources

_SETTING = re.compile(
    r"(?:^|_)(?:version|tag|release|arch|archflags|platform|plat|target|mirror|url|dir|path|prefix|root|home|cache|jobs"
    r"|cflags|ldflags|cc|cxx|debug|build|config|static\w*|include|library|download|retries|delay|timeout|branch|commit)$",
    re.IGNORECASE,
)
_OWN = re.compile(r"(?:\./)*\w[\w -]*(?:[./]\w[\w -]*)*/?").fullmatch
_SECRET = re.compile(r"token|secret|passw|key|cred|auth", re.IGNORECASE)


def is_setting(names: tuple[str, ...]) -> bool:
    """Whether environment variables say how to build or where to fetch from, and nothing of the machine's owner."""
    return bool(names) and all(_SETTING.search(n) and not _SECRET.search(n) and n.upper() != "HOME" for n in names)


def is_own(what: str, values: tuple[str, ...]) -> bool:
    """Whether a read is of the build's own settings or files: said to a server, it tells nothing of the machine."""
    if what == "env.read":
        return is_setting(values)
    return what in {"file.read", "file.list"} and bool(values) and _OWN(values[0]) is not None


def told(fn: Ref, pos: list[Value], kw: dict[str, Value], flows: frozenset[int]) -> frozenset[int]:
    """Return what flows to the server: of a call that saves to a file (``urlretrieve(url, path)``) not the path.

    Args:
        fn: what is called.
        pos: positional arguments; the first is the address.
        kw: keyword arguments.
        flows: everything that flows into the call.
    """
    address = pos[0] if pos else kw.get("url")
    if address is None or "urlretrieve" not in fn.name:
        return flows
    found = sources(address) | fn.sources
    for value in (kw.get("data"), pos[3] if len(pos) > 3 else None):  # noqa: PLR2004 - urlretrieve's fourth
        found |= sources(value) if value is not None else NONE
    return found

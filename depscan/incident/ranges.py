"""Could a requirement have been answered with a bad version? What cannot be decided counts as yes."""

from __future__ import annotations

import re
from functools import lru_cache

from depscan.ecosystems.semver import order

_COMPARATOR = re.compile(
    r"(\^|~>?|>=|<=|>|<|=)?\s*v?(\d+|[xX*])(?:\.(\d+|[xX*]))?(?:\.(\d+|[xX*]))?([-+][0-9A-Za-z.+-]+)?"
)
_HYPHEN = re.compile(r"\s*(\S+)\s+-\s+(\S+)\s*").fullmatch
_LIMIT = 1000

Key = tuple[int, int, int]


@lru_cache(maxsize=4096)
def allows(ecosystem: str, requested: str, version: str) -> bool:
    """Return whether a requirement as written lets an installer choose a version.

    Args:
        ecosystem: OSV's name of it; one whose ranges depscan cannot read allows everything.
        requested: as an edge of a document states it: extras may stand in front of it.
        version: exact.
    """
    text = re.sub(r"\A\[[^\]]*\]", "", requested[:_LIMIT]).strip()
    if not text or len(requested) > _LIMIT:
        return True
    if ecosystem == "npm":
        return _npm(text, version)
    if ecosystem == "PyPI":
        from depscan.inputs.python._held import allows as fits

        return fits(text, version)
    return True


def _npm(text: str, version: str) -> bool:
    """Evaluate a range of npm (the README of the package semver, "Ranges").

    Pre-releases are allowed where npm would want them to be named: rather once too often.
    """
    key = order(version)
    if key is None:
        return True
    at = key[:3]
    return any(_alternative(part.strip(), at) for part in text.split("||"))


def _alternative(text: str, at: Key) -> bool:
    hyphen = _HYPHEN(text)
    if hyphen:
        text = f">={hyphen[1]} <={hyphen[2]}"
    found = list(_COMPARATOR.finditer(text))
    if not found or _COMPARATOR.sub("", text).strip(" ,"):
        return True  # a tag such as "latest", or nothing that semver knows
    return all(_comparator(match, at) for match in found)


def _comparator(match: re.Match[str], at: Key) -> bool:
    sign = match[1] or ""
    parts = [int(p) for p in _fixed(match[2], match[3], match[4])]
    if not parts:
        return True
    padded = [*parts, 0, 0]
    low: Key = (padded[0], padded[1], padded[2])
    after = _next(parts)  # the first version behind all that the parts written stand for
    if sign == ">":
        return at >= after if len(parts) < 3 else at > low  # noqa: PLR2004 - parts of a version
    if sign == "<=":
        return at < after
    if sign in {">=", "<"}:
        return (at >= low) is (sign == ">=")
    if sign == "^":
        lead = next((i for i, part in enumerate(parts) if part), len(parts) - 1)
        after = _next(parts[: lead + 1])
    elif sign.startswith("~"):
        after = _next(parts[:2])
    return low <= at < after


def _fixed(*parts: str | None) -> list[str]:
    """Return the parts before the first that stands for any number."""
    found: list[str] = []
    for part in parts:
        if part is None or not part.isdigit():
            break
        found.append(part)
    return found


def _next(parts: list[int]) -> Key:
    made = [*parts[:-1], parts[-1] + 1, 0, 0, 0]
    return made[0], made[1], made[2]

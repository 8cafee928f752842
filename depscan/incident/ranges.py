"""Could a requirement have been answered with a bad version? What cannot be decided counts as yes."""

from __future__ import annotations

import re
from functools import lru_cache

from depscan.ecosystems.semver import order
from depscan.ecosystems.semver_range import within

_LIMIT = 1000


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
        key = order(version)
        # A pre-release also counts as its release, where npm would want it to be named: rather once too often.
        return key is None or any(within(v, text) is not False for v in (version, ".".join(map(str, key[:3]))))
    if ecosystem == "PyPI":
        from depscan.inputs.python._held import allows as fits

        return fits(text, version)
    return True

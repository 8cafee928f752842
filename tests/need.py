"""What some tests need beside Python: skip without it, but fail where ``DEPSCAN_TESTS_NEED`` names it (as CI does).

from tests.need import need

need("ray")
need("postgres", missing="" if shutil.which("postgres") else "no server on this machine")
"""

from __future__ import annotations

import os
from importlib.util import find_spec

import pytest

MODULES = {"browser": "playwright", "dask": "distributed", "postgres": "psycopg", "ray": "ray"}
"""The module that each of them cannot do without."""


def need(name: str, *, missing: str = "") -> None:
    """Skip the test, or fail it, unless there is what it needs.

    Args:
        name: one of ``MODULES``; DEPSCAN_TESTS_NEED holds such names with blanks or commas between them.
        missing: what else is not there; "" when everything is.
    """
    why = missing if find_spec(MODULES[name]) else f"{MODULES[name]} is not installed"
    if not why:
        return
    if name in os.environ.get("DEPSCAN_TESTS_NEED", "").replace(",", " ").split():
        pytest.fail(f"{name} is needed here: {why}")
    pytest.skip(why)

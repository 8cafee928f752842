"""Stores to test with: in a file, and in a PostgreSQL server where there is one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.need import need
from tests.unit.history.server import PROGRAMS, Server, running


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    need("postgres", missing="" if PROGRAMS else "no PostgreSQL server on this machine")
    with running() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """Return a function that gives the place of an empty store, a new one each time."""
    if request.param == "sqlite":
        numbers = count(1)
        return lambda: str(tmp_path / f"nights{next(numbers)}.db")
    server: Server = request.getfixturevalue("postgres")
    return server.database

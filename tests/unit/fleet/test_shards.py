"""Parts of a fleet: every repository is of exactly one, on every machine of the same."""

from __future__ import annotations

import pytest

from depscan.errors import UsageError
from depscan.fleet.shard import Shard, shard_of


def test_every_repository_is_of_exactly_one_part() -> None:
    names = [f"team/repo{i}" for i in range(200)] + ["\udc80", "ümlaut"]
    parts = [[name for name in names if Shard(at, 7).has(name)] for at in range(1, 8)]
    assert sorted(name for part in parts for name in part) == sorted(names)
    assert all(part for part in parts)


def test_the_part_of_a_name_never_changes() -> None:
    assert [Shard(at, 3).has("payments") for at in (1, 2, 3)] == [True, False, False]


def test_the_whole_fleet_is_no_part() -> None:
    assert shard_of("") == Shard()
    assert Shard().has("anything")
    assert (str(shard_of("")), str(shard_of("1/1")), str(shard_of("2/8"))) == ("", "", "2/8")


@pytest.mark.parametrize("text", ["0/2", "3/2", "1", "a/b", "1/", "/2", "-1/2", "²/3", "1/2/3"])
def test_what_is_no_part_is_told(text: str) -> None:
    with pytest.raises(UsageError, match="i/n"):
        shard_of(text)

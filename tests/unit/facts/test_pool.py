"""Workers: a crash, a hang or a flood of memory in one artifact loses nothing of the others."""

from __future__ import annotations

import os
import time

import pytest

from depscan.errors import ArtifactError
from depscan.facts.inspected import Inspected
from depscan.text.pool import Limits, read_each


def item(name: str) -> Inspected:
    return Inspected(name, "pkg:generic/x", "script", "x", "", (), ())


def read(name: str) -> Inspected | ArtifactError:
    if name == "crash":
        os._exit(7)
    if name == "hang":
        time.sleep(60)
    if name == "flood":
        _ = bytearray(4 << 30)
    if name == "defect":
        raise KeyError(name)
    return ArtifactError("no archive", path=name) if name == "broken" else item(name)


def results(names: list[str], jobs: int, limits: Limits) -> dict[str, str]:
    return {
        name: made.message if isinstance(made, ArtifactError) else made.name
        for name, made in read_each(names, read, jobs, limits)
    }


@pytest.mark.parametrize("jobs", [1, 3])
def test_results_come_in_the_order_asked_for(jobs: int) -> None:
    names = [f"a{i}" for i in range(9)]
    assert [name for name, _ in read_each(names, read, jobs)] == names


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        ("crash", "status 7"),
        ("hang", "more than 2 seconds"),
        ("defect", "KeyError"),
        ("broken", "no archive"),
        pytest.param("flood", "MiB of memory", marks=pytest.mark.skipif(os.name == "nt", reason="no rlimit")),
    ],
)
def test_one_bad_artifact_is_told_and_the_others_are_read(bad: str, told: str) -> None:
    found = results(["a", bad, "b", "c"], 2, Limits(memory=1 << 30, seconds=2))
    assert told in found[bad]
    assert [found[name] for name in "abc"] == ["a", "b", "c"]


def test_no_targets_start_no_worker() -> None:
    assert list(read_each([], read, 2)) == []

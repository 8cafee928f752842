"""A scan that asks a broken or hostile index: exit 4 or a finding, never a clean verdict, never a traceback.

Measure 1 of the index, every fault that the loopback index knows, on a page, on a file, on the metadata.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from depscan.api import CompletedGraph, read_completed_graph, read_graph
from depscan.facts.packages import Looked, Wish, look
from depscan.facts.served import Index
from depscan.model.graphoptions import GraphOptions
from depscan.registry.registry import Registry
from tests.e2e.conftest import Installed, Run
from tests.unit.registry.loopback import Loopback
from tests.unit.registry.wheels import HASTY, registry, wheel

NAMES = ("aleph", "bethlem", "gimelion", "daletta", "hewaw", "zayinor")
TARGET = "gimelion"
PAGE = f"/simple/{TARGET}/"
FILE = f"/files/{TARGET}-1.0-py3-none-any.whl"
METADATA = f"{FILE}.metadata"
RANGED = "zayinor"
RANGED_FILE = f"/files/{RANGED}-1.0-py3-none-any.whl"
POLICY = '[checks]\ndisable = ["live_advisories"]\n'

FAULTS = ("wrong-hash", "truncated", "endless", "redirect-host", "redirect-loop", "wrong-type", "invalid-json",
          "500-always", "bomb", "missing", "no-length")  # fmt: skip
SLOW = ("drip", "drip-headers")
NOT_OF_A_PAGE = {"wrong-hash", "no-length"}
"""A page has no hash; one of JSON that comes without its length is whole when it parses."""
HARMLESS = ("500-once", "no-ranges", "wrong-range")
"""The client tries again, or takes the whole file: what it reads is what the index promised."""


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Loopback]:
    folder = tmp_path / "archives"
    folder.mkdir()
    noise = random.Random(4).randbytes(1 << 19)
    for at, name in enumerate(NAMES):
        requires = (f"{NAMES[at + 1]}>=1",) if at + 1 < len(NAMES) else ()
        files = {f"{name}/__init__.py": b"VALUE = 1\n"}
        files |= {f"{name}/table.dat": noise} if name == RANGED else {}
        wheel(str(folder), name, requires=requires, files=files, beside=True)
    with Loopback(str(folder), drip=0.02) as made:
        yield made


@pytest.fixture
def pins(depscan: Installed) -> str:
    (depscan.cwd / "pins.txt").write_text("".join(f"{name}==1.0\n" for name in NAMES), "utf-8")
    (depscan.cwd / "depscan.toml").write_text(POLICY, "utf-8")
    return "pins.txt"


def online(depscan: Installed, index: Loopback, pins: str) -> Run:
    begin = time.monotonic()
    run = depscan(pins, "--online", PIP_INDEX_URL=index.url, PIP_CONFIG_FILE=os.devnull)
    assert time.monotonic() - begin < 30
    return run


def hasty(index: Loopback, tmp_path: Path) -> Registry:
    return registry(index.url, tmp_path / "cache", HASTY)


def looked_at(index: Loopback, tmp_path: Path, pins: Path) -> Looked:
    with hasty(index, tmp_path) as client:
        return look(read_graph([str(pins)])[0], Wish(today="2026-02-01"), Index(client))


def completed(index: Loopback, tmp_path: Path, pins: Path) -> CompletedGraph:
    with hasty(index, tmp_path) as client:
        return read_completed_graph([str(pins)], GraphOptions(), registry=client)


def edges(made: CompletedGraph) -> set[tuple[str, str]]:
    return {(e.parent, e.child) for e in made.graph.edges if e.taken and e.parent.startswith("pkg:pypi/")}


def test_a_sound_index_is_clean_and_one_wheel_is_read_by_range(depscan: Installed, index: Loopback, pins: str) -> None:
    run = online(depscan, index, pins)
    assert (run.code, "read by range" in run.out) == (0, True)
    pieces = [one for one in index.asked(RANGED_FILE) if one.path == RANGED_FILE]  # its metadata is asked for as well
    assert {one.status for one in pieces} == {206}
    assert sum(one.sent for one in pieces) < 1 << 16


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault not in NOT_OF_A_PAGE])
def test_a_fault_of_a_page_is_no_clean_verdict(depscan: Installed, index: Loopback, pins: str, fault: str) -> None:
    index.mode[PAGE] = fault
    run = online(depscan, index, pins)
    assert run.code in {1, 4} or (fault == "missing" and "name/unclaimed" in run.out), run
    assert TARGET in run.out


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_a_file_is_no_clean_verdict(depscan: Installed, index: Loopback, pins: str, fault: str) -> None:
    index.mode[FILE], index.cut = fault, 10
    run = online(depscan, index, pins)
    assert run.code in {1, 4}, run
    assert TARGET in run.out


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault != "wrong-hash"])
def test_a_fault_of_a_file_that_is_read_by_range_is_no_clean_verdict(
    depscan: Installed, index: Loopback, pins: str, fault: str
) -> None:
    index.mode[RANGED_FILE], index.cut = fault, 10
    run = online(depscan, index, pins)
    assert run.code in {1, 4}, run
    assert RANGED in run.out


def test_a_wrong_hash_of_what_is_read_by_range_cannot_be_seen_and_that_is_said(
    depscan: Installed, index: Loopback, pins: str
) -> None:
    index.mode[RANGED_FILE] = "wrong-hash"
    run = online(depscan, index, pins)
    assert (run.code, "its hash could not be compared" in run.out) == (0, True)


@pytest.mark.parametrize("fault", HARMLESS)
@pytest.mark.parametrize("path", [PAGE, FILE, RANGED_FILE])
def test_what_the_client_can_walk_around_changes_nothing(
    depscan: Installed, index: Loopback, pins: str, fault: str, path: str
) -> None:
    index.mode[path] = fault
    assert online(depscan, index, pins).code == 0


@pytest.mark.parametrize("fault", SLOW)
@pytest.mark.parametrize("path", [PAGE, FILE, RANGED_FILE])
def test_a_slow_index_ends_in_what_was_not_looked_at(
    depscan: Installed, index: Loopback, pins: str, tmp_path: Path, fault: str, path: str
) -> None:
    index.mode[path] = fault
    begin = time.monotonic()
    found = looked_at(index, tmp_path, depscan.cwd / pins)
    assert time.monotonic() - begin < 20
    assert [c for c in found.coverage if c.needed], found.coverage


@pytest.mark.parametrize("fault", [*FAULTS, *SLOW, *HARMLESS])
def test_a_fault_of_metadata_leaves_the_edges_right_or_says_that_they_are_not_known(
    depscan: Installed, index: Loopback, pins: str, tmp_path: Path, fault: str
) -> None:
    whole = edges(completed(index, tmp_path / "before", depscan.cwd / pins))
    assert len(whole) == len(NAMES) - 1
    index.mode[METADATA], index.cut = fault, 10
    made = completed(index, tmp_path / "after", depscan.cwd / pins)
    assert edges(made) == whole or [c for c in made.coverage if c.needed and TARGET in c.what], made

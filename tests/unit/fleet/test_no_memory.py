"""What lacks memory is lost, and nothing is taken for what its file says."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from depscan.errors import InputError
from depscan.facts.python.parse import parse_part
from depscan.inputs.python.setup_py import FORMAT
from depscan.text.load import load_json
from depscan.text.pool import Limits, Lost, work_each
from depscan.text.source import SourceFile

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits and /proc of Linux")

HELD: list[bytearray] = []


def limit() -> int:
    """Return a limit of address space that leaves workers some 100 MiB beside what this process has already."""
    with open("/proc/self/statm", "rb") as stream:
        return int(stream.read().split()[0]) * os.sysconf("SC_PAGE_SIZE") + (100 << 20)


def one(work: Callable[[int], str]) -> str | Lost:
    return next(iter(work_each([1], work, 1, Limits(limit(), 60))))[2]


def flat_json(_: int) -> str:
    return str(len(load_json(SourceFile("package-lock.json", b"[" + b"[]," * 4_000_000 + b"0]"))))


def flat_python(_: int) -> str:
    return repr(parse_part("a;" * 300_000))


def flat_setup(_: int) -> str:
    return repr(FORMAT.parse(SourceFile("setup.py", b"a;" * 300_000)))


def nested_python(_: int) -> str:
    return repr(parse_part("-" * 30_000 + "1"))


def nested_json(_: int) -> str:
    with pytest.raises(InputError, match="nested too deeply"):
        load_json(SourceFile("package-lock.json", b"[" * 100_000))
    return "told"


@pytest.mark.parametrize("work", [flat_json, flat_python, flat_setup])
def test_a_flat_file_for_which_memory_is_lacking_has_no_result(work: Callable[[int], str]) -> None:
    lost = one(work)
    assert isinstance(lost, Lost)
    assert "of memory" in lost.why


@pytest.mark.parametrize("work", [nested_python, nested_json])
def test_what_nests_too_deeply_is_told_as_that(work: Callable[[int], str]) -> None:
    assert one(work) in {"None", "told"}


def keep(number: int) -> str:
    if number == 0:
        HELD.append(bytearray(b"x") * (64 << 20))
    return str(os.getpid())


def test_a_worker_that_keeps_what_an_item_took_does_no_other_item() -> None:
    size = 64 << 20
    told = {at: result for at, _, result in work_each(range(3), keep, 1, Limits(2 * (limit() - size), 60))}
    assert told[0] != told[1]
    assert told[1] == told[2]


def waiting(number: int) -> str:
    with open(f"/proc/self/fd/{number}", "w", encoding="ascii") as stream:
        stream.write(str(subprocess.Popen(["sleep", "600"]).pid))
    time.sleep(600)
    return ""


def test_a_worker_that_is_ended_takes_what_it_started_along() -> None:
    reader, writer = os.pipe()
    told = next(iter(work_each([writer], waiting, 1, Limits(0, 1))))[2]
    assert isinstance(told, Lost)
    pid = os.read(reader, 20).decode()
    os.close(reader)
    os.close(writer)
    while os.path.exists(f"/proc/{pid}") and "(sleep) Z" not in Path(f"/proc/{pid}/stat").read_text("ascii"):
        time.sleep(0.01)  # a process that was killed goes as soon as somebody looks after it

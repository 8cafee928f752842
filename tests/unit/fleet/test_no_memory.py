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

HERE = Path(__file__).resolve()
HELD: list[bytearray] = []


LITTLE = 100 << 20
"""Bytes that workers may have beside what they have from this process."""


def alone(call: str) -> str:
    """Return what a function of this module returns in a process without threads: workers are forked there."""
    code = f"from {HERE.stem} import *; print({call})"
    made = subprocess.run(
        [sys.executable, "-c", code], cwd=HERE.parent, capture_output=True, text=True, timeout=120, check=False
    )
    assert made.returncode == 0, made.stderr
    return made.stdout.strip()


def one(work: Callable[[int], str]) -> str:
    result = next(iter(work_each([1], work, 1, Limits(LITTLE, 60))))[2]
    return f"lost: {result.why}" if isinstance(result, Lost) else result


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


@pytest.mark.parametrize("work", ["flat_json", "flat_python", "flat_setup"])
def test_a_flat_file_for_which_memory_is_lacking_has_no_result(work: str) -> None:
    told = alone(f"one({work})")
    assert told.startswith("lost: ")
    assert "of memory" in told


@pytest.mark.parametrize("work", ["nested_python", "nested_json"])
def test_what_nests_too_deeply_is_told_as_that(work: str) -> None:
    assert alone(f"one({work})") in {"None", "told"}


def keep(number: int) -> str:
    if number == 0:
        HELD.append(bytearray(b"x") * (64 << 20))
    return str(os.getpid())


def kept() -> str:
    size = 64 << 20
    told = {at: result for at, _, result in work_each(range(3), keep, 1, Limits(2 * (LITTLE - size), 60))}
    return f"{told[0] != told[1]} {told[1] == told[2]}"


def test_a_worker_that_keeps_what_an_item_took_does_no_other_item() -> None:
    assert alone("kept()") == "True True"


def waiting(number: int) -> str:
    with open(f"/proc/self/fd/{number}", "w", encoding="ascii") as stream:
        stream.write(str(subprocess.Popen(["sleep", "600"]).pid))
    time.sleep(600)
    return ""


def ended() -> str:
    reader, writer = os.pipe()
    told = next(iter(work_each([writer], waiting, 1, Limits(0, 1))))[2]
    return f"{isinstance(told, Lost)} {os.read(reader, 20).decode()}"


def test_a_worker_that_is_ended_takes_what_it_started_along() -> None:
    lost, pid = alone("ended()").split()
    assert lost == "True"
    while os.path.exists(f"/proc/{pid}") and "(sleep) Z" not in Path(f"/proc/{pid}/stat").read_text("ascii"):
        time.sleep(0.01)  # a process that was killed goes as soon as somebody looks after it

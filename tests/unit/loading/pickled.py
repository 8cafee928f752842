"""What tests of pickles share: bytes in, report out."""

from __future__ import annotations

from depscan.artifacts.source import BytesSource
from depscan.loading.pickle.streams import read_streams
from depscan.loading.steps import Meter, Report, Step

SYSTEM = b"\x8c\x05posix\x8c\x06system\x93\x8c\x04true\x85R"
"""posix.system('true') in protocol 4, without PROTO and STOP."""


def read_bytes(data: bytes, meter: Meter | None = None) -> Report:
    """Return what loading some bytes does."""
    report = Report(meter)
    read_streams(BytesSource(data), report)
    return report


def worst_of(data: bytes) -> str:
    """Return the verdict of some bytes."""
    return read_bytes(data).verdict


def calls_of(data: bytes) -> list[str]:
    """Return the texts of the steps that are not allowed."""
    return [step.text for step in steps_of(data)]


def steps_of(data: bytes) -> list[Step]:
    """Return the steps that stop."""
    return [step for step in read_bytes(data).steps if step.verdict in {"hostile", "foreign"}]

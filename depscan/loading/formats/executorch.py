"""ExecuTorch: a flatbuffer with a program; what stands behind its identifier must be one. Source: program.fbs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from depscan.loading.flatbuffer import Flatbuffer
from depscan.loading.steps import HOSTILE, KNOWN, ODD, Step

if TYPE_CHECKING:
    from depscan.loading.file import File
    from depscan.loading.steps import Report

STARTS = "*"
NAMES = "*.pte *.ptd"
TITLE = "ExecuTorch"

_IDENTIFIER = re.compile(rb"ET\d\d")
_HEADER = 8
_PICKLE = re.compile(rb"\x80[\x02-\x05]|[c(][a-z_]")
_MOST = 64 << 20
_PLAN, _DELEGATES = 1, 6


def looks(file: File) -> bool:
    """Return whether the identifier of the schema stands at offset 4."""
    return bool(_IDENTIFIER.match(file.head[4:8]))


def read(file: File, report: Report) -> None:
    """Add the delegates that a program needs; a file that is no program behind its identifier is hostile."""
    buffer = Flatbuffer(file.source)
    try:
        delegates = {
            buffer.text(one, 0) for plan in buffer.tables(buffer.root(), _PLAN) for one in _delegates(buffer, plan)
        }
    except ValueError as error:
        _disguised(file, report, str(error))
        return
    for name in sorted(delegates - {""}):
        why = "compiled code for a delegate, which nobody can read here"
        report.add(Step("load.native", ODD, "delegate", name, why))
    report.add(Step("load.layout", KNOWN, "program", "a program of ExecuTorch", "its flatbuffer is sound"))


def _delegates(buffer: Flatbuffer, plan: int) -> list[int]:
    try:
        return list(buffer.tables(plan, _DELEGATES))
    except ValueError:  # other versions keep other things in that field
        return []


def _disguised(file: File, report: Report, why: str) -> None:
    """Read what stands behind the identifier of a file that is no flatbuffer."""
    from depscan.loading.file import file_of
    from depscan.loading.route import read_file

    rest = file.source.at(_HEADER, min(file.size, _MOST))
    inner = read_file(file_of(rest, "program"), report.meter, layer=("behind the identifier",)) if rest else None
    if inner is not None:
        report.merge(inner)
    if inner is not None or _PICKLE.match(rest):
        text = "a pickle" if inner is None else f"{inner.format} behind the identifier of ExecuTorch"
        reason = f"made to look like a program ({why}): loaders that go by content or resynchronise read something else"
        report.add(Step("load.layout", HOSTILE, "disguised", text, reason, does="deserialize", at=_HEADER))
    else:
        report.gap(f"no program behind the identifier: {why}")

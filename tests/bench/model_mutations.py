"""Damage model files at random and inspect each: no exception, no defect of a reader, no hang, no memory out of bounds.

    python tests/bench/model_mutations.py FOLDER_OR_FILE... --runs 100000 [--seed 1] [--keep FOLDER] [--mutator FILE.py]

Same files, seed and number of runs: same bytes. Prints rate, slowest, peak memory and what went wrong; inputs that
went wrong are kept. Exits 1 when anything went wrong. ``--mutator`` names a Python file with
``mutations(limit, seed)`` giving (name, bytes), to be used instead of the damage made here. Needs POSIX.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import runpy
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path

from depscan.errors import ArtifactError
from depscan.facts.engine import inspect_data

_SLOW = 5.0
_HUNG = 30
_MEMORY = 512 << 20
_LARGEST = 200_000
_NUMBERS = (
    0,
    1,
    0x7F,
    0x80,
    0xFF,
    0x7FFF,
    0xFFFF,
    0x7FFFFFFF,
    0xFFFFFFFF,
    1 << 40,
    (1 << 63) - 1,
    1 << 63,
    (1 << 64) - 1,
)
_PIECES = (
    b"\x80\x04", b"\x8c\x05posix\x8c\x06system\x93\x8c\x04true\x85R.", b"PK\x03\x04", b"PK\x05\x06" + bytes(18),
    b"\x89HDF\r\n\x1a\n", b"GGUF", b"\x93NUMPY\x01\0", b"\x1f\x8b\x08", b"[" * 2000, b"(" * 3000, b"\xff" * 9 + b"\x01",
    b"{{ x.__class__ }}", b"{% for a in b %}", b"((((" * 200, b"[0]" * 500, b"not " * 500, b'"a":{' * 500, b"\\ud800",
    b"<a>" * 500, b"&a;", b"*a", b"!!python/name:os.system", b"1e999", b"1" + b"0" * 5000, b"0", b"2" * 400, b"\0" * 64,
)  # fmt: skip


class _HungError(BaseException):
    """The alarm rang: no reader's own handler may catch it."""


def damage(data: bytes, other: bytes, chance: random.Random) -> bytes:
    """Return bytes that were cut, flipped, moved, repeated, mixed with others, or whose numbers were changed."""
    made = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 3, 8))):
        _DAMAGES[chance.randrange(len(_DAMAGES))](made, other, chance)
    return bytes(made[: 2 * _LARGEST])


def _flip(made: bytearray, other: bytes, chance: random.Random) -> None:  # noqa: ARG001 - one signature for all
    if made:
        made[chance.randrange(len(made))] ^= 1 << chance.randrange(8)


def _byte(made: bytearray, other: bytes, chance: random.Random) -> None:  # noqa: ARG001
    if made:
        made[chance.randrange(len(made))] = chance.choice((0, 0xFF, chance.randrange(256)))


def _cut(made: bytearray, other: bytes, chance: random.Random) -> None:  # noqa: ARG001
    at = chance.randrange(len(made) + 1)
    if chance.random() < 0.5:
        del made[at:]
    else:
        del made[at : at + chance.choice((1, 2, 4, 8, 64, 512))]


def _number(made: bytearray, other: bytes, chance: random.Random) -> None:  # noqa: ARG001
    size = chance.choice((1, 2, 4, 8))
    at = chance.randrange(max(1, len(made) - size))
    order = chance.choice(("little", "big"))
    value = chance.choice(_NUMBERS)
    if chance.random() < 0.4:
        value = int.from_bytes(made[at : at + size], "big" if order == "big" else "little") + chance.choice(
            (-1, 1, 256)
        )
    made[at : at + size] = (value % (1 << 8 * size)).to_bytes(size, "big" if order == "big" else "little")


def _piece(made: bytearray, other: bytes, chance: random.Random) -> None:  # noqa: ARG001
    at = chance.randrange(len(made) + 1)
    made[at:at] = chance.choice(_PIECES)


def _repeat(made: bytearray, other: bytes, chance: random.Random) -> None:  # noqa: ARG001
    at = chance.randrange(len(made) + 1)
    made[at:at] = made[at : at + chance.choice((1, 4, 32, 256))] * chance.choice((1, 2, 50, 300))


def _mix(made: bytearray, other: bytes, chance: random.Random) -> None:
    at, start = chance.randrange(len(made) + 1), chance.randrange(len(other) + 1)
    if chance.random() < 0.5:
        made[at:] = other[start:]
    else:
        made[at : at + 64] = other[start : start + chance.choice((4, 16, 64, 400))]


def _swap(made: bytearray, other: bytes, chance: random.Random) -> None:  # noqa: ARG001
    one, two, size = chance.randrange(len(made) + 1), chance.randrange(len(made) + 1), chance.choice((1, 4, 16))
    made[one : one + size], made[two : two + size] = made[two : two + size], made[one : one + size]


_DAMAGES = (_flip, _flip, _byte, _cut, _number, _number, _piece, _repeat, _mix, _swap)


def damaged(places: list[Path], runs: int, seed: int) -> Iterator[tuple[str, bytes]]:
    """Give names and damaged bytes of the files in some folders, cut to 200 kB: damage is about structure."""
    files = sorted(p for place in places for p in ([place] if place.is_file() else place.rglob("*")) if p.is_file())
    chance = random.Random(seed)
    for turn in range(runs):
        path, other = chance.choice(files), chance.choice(files)
        with path.open("rb") as one, other.open("rb") as two:
            yield f"{turn:06d}-{path.name}", damage(one.read(_LARGEST), two.read(_LARGEST), chance)


def wrong_with(data: bytes, name: str) -> str:
    """Inspect and return what is wrong with how that went, in one line; "" for nothing."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.process_time()
    signal.setitimer(signal.ITIMER_VIRTUAL, _HUNG)
    try:
        said = [gap.why for gap in inspect_data(data, name).gaps if "defect of depscan" in gap.why]
    except ArtifactError:
        said = []
    except _HungError:
        said = [f"hangs: {traceback.format_exc(limit=-6)}"]
    except Exception:  # noqa: BLE001 - what is looked for
        said = [traceback.format_exc(limit=-3)]
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    spent = time.process_time() - start
    if spent > _SLOW:
        said.append(f"{spent:.1f} s")
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    if grown > _MEMORY >> 11:
        said.append(f"{grown >> 10} MB more at its peak")
    return "; ".join(said)


def _ring(*_: object) -> None:
    raise _HungError


def _address_space() -> int:
    with open("/proc/self/statm", encoding="ascii") as stream:
        return int(stream.read().split()[0]) * resource.getpagesize()


def main() -> int:
    """Run and report; returns the exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("places", type=Path, nargs="*")
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path(os.environ.get("TMPDIR", "/tmp")) / "model-mutations")
    parser.add_argument("--mutator", default="")
    args = parser.parse_args()
    if args.mutator:
        made = runpy.run_path(args.mutator)["mutations"](args.runs, args.seed)
    else:
        made = damaged(args.places, args.runs, args.seed)
    limit = _address_space() + _MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    signal.signal(signal.SIGVTALRM, _ring)
    count, wrong, slowest, start = 0, 0, [(0.0, "")], time.process_time()
    for name, data in made:
        began = time.process_time()
        said = wrong_with(data, name)
        slow = (time.process_time() - began, name)
        slowest = sorted((*slowest, slow))[-5:]
        count += 1
        if said or slow in slowest[-1:]:
            args.keep.mkdir(parents=True, exist_ok=True)
            (args.keep / name).write_bytes(data)
        if said:
            wrong += 1
            sys.stdout.write(f"WRONG {name}: {said}\n")
        if count % 5000 == 0:
            sys.stdout.write(f"... {count}, {time.process_time() - start:.0f} CPU s, wrong {wrong}, {slowest[-1]}\n")
            sys.stdout.flush()
    spent = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    sys.stdout.write(f"{count} inputs, {spent:.0f} CPU s, {count / max(spent, 0.01):.0f} a CPU second, ")
    sys.stdout.write(f"peak {peak} MB, wrong {wrong}\n")
    sys.stdout.write("".join(f"  {seconds:.2f} s  {name}\n" for seconds, name in reversed(slowest)))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

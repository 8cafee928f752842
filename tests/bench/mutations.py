"""Damage the corpus at random, archives and sources, and inspect each: no exception, no defect of a reader, no hang.

    python tests/bench/mutations.py --runs 50000 [--seed 1]

Prints how many runs of each kind were made, what went wrong, and the slowest. Exits 1 when anything went wrong.
The benign archives of ``--also FOLDER`` (files of at most 200 kB) are damaged too.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
import traceback
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from corpus.evaluate import Case, build, read_cases  # noqa: E402 - the corpus is no installed package
from depscan.facts.engine import inspect_data  # noqa: E402

_SLOW = 5.0
_TOKENS = tuple(
    b"( ) [ ] { } : ; , . = == ' \" ''' \\ \n \t # @ lambda yield await async import exec eval class def return if "
    b"else try: except: with for while in is not and or None True 0x 1e999 -1 ** // << := -> ... f' rb' \\x00 \\N{ "
    b"%s {} \xff \x00 \xe2\x80\xae $( ` | && > < << EOF".split(b" ")
)


def damage(data: bytes, chance: random.Random) -> bytes:
    """Return bytes that were cut, flipped, moved, repeated or mixed with tokens of the languages read."""
    made = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 12))):
        at = chance.randrange(len(made) + 1)
        to = min(len(made), at + chance.randrange(1, 60))
        how = chance.randrange(7)
        if how == 0:
            del made[at:to]
        elif how == 1:
            made[at:at] = chance.choice(_TOKENS)
        elif how == 2:
            made[at:to] = chance.choice(_TOKENS)
        elif how == 3 and at < len(made):
            made[at] = chance.randrange(256)
        elif how == 4:
            other = chance.randrange(len(made) + 1)
            made[at:at] = made[other : other + chance.randrange(200)]
        elif how == 5:
            made[at:at] = made[at:to] * chance.choice((2, 50, 400))
        elif chance.random() < 0.3:
            del made[at:]
    return bytes(made)


def variant(case: Case, chance: random.Random) -> tuple[str, bytes, str]:
    """Return name and bytes of a damaged archive, and what was damaged."""
    if chance.random() < 0.35:
        name, data = build(case)
        return name, damage(data, chance), "archive"
    hit = chance.randrange(len(case.files))
    files = tuple((path, damage(data, chance) if i == hit else data) for i, (path, data) in enumerate(case.files))
    name, data = build(case._replace(files=files))
    return name, data, "source"


def main() -> int:
    """Run and report; returns the exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--also", type=Path, action="append", default=[])
    args = parser.parse_args()
    chance = random.Random(args.seed)
    cases = read_cases(str(ROOT / "corpus" / "cases"))
    more = [p for folder in args.also for p in sorted(folder.rglob("*")) if p.is_file() and p.stat().st_size < 200_000]
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    slowest = (0.0, "")
    for turn in range(args.runs):
        if more and turn % 10 == 0:
            path = chance.choice(more)
            name, data, kind, label = path.name, damage(path.read_bytes(), chance), "benign archive", path.name
        else:
            case = chance.choice(cases)
            name, data, kind = variant(case, chance)
            label = case.id
        counts[kind] += 1
        start = time.process_time()
        try:
            gaps = [gap.why for gap in inspect_data(data, name).gaps if gap.fatal]
        except Exception:  # noqa: BLE001 - what is looked for
            gaps = [traceback.format_exc(limit=-3)]
        spent = time.process_time() - start
        slowest = max(slowest, (spent, label))
        if gaps or spent > _SLOW:
            wrong.append(f"turn {turn} {label} {kind} {spent:.1f} s {gaps[:1]}")
            held = Path(os.environ.get("TMPDIR", "/tmp")) / f"mutation-{args.seed}-{turn}-{name}"
            held.write_bytes(data)
    sys.stdout.write(f"{dict(counts)} wrong {len(wrong)} slowest {slowest[0]:.2f} s ({slowest[1]})\n")
    sys.stdout.write("".join(f"{line}\n" for line in wrong[:20]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

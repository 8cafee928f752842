"""Damaged archives: never an exception, never long."""

from __future__ import annotations

import random
import time

import pytest

from depscan.artifacts.artifact import Budget
from depscan.artifacts.open import open_bytes
from depscan.artifacts.surface import surface
from tests.unit.artifacts.builders import SDIST, WHEEL, Files, tar_of, zip_of

NESTED: Files = {"p-1/setup.py": "import os\n", "p-1/a.zip": zip_of(WHEEL), "p-1/b.tar.gz": tar_of(SDIST)}
ARCHIVES = [
    (zip_of(WHEEL), "a-1.whl"), (zip_of(WHEEL, stored=True), "a-1.whl"), (tar_of(SDIST, "w"), "a-1.tar"),
    (tar_of(SDIST), "a-1.tar.gz"), (tar_of(SDIST, "w:bz2"), "a-1.tar.bz2"), (tar_of(SDIST, "w:xz"), "a-1.tar.xz"),
    (tar_of(NESTED), "p-1.tar.gz"), (zip_of(NESTED, stored=True), "p-1.zip"),
]  # fmt: skip


def mutated(data: bytes, chance: random.Random) -> bytes:
    how = chance.randrange(4)
    if how == 0:
        return data[: chance.randrange(len(data))]
    if how == 1:
        a, b = sorted((chance.randrange(len(data)), chance.randrange(len(data))))
        return data[:a] + data[b:]
    if how == 2:
        a = chance.randrange(len(data))
        return data[:a] + data[a : a + chance.randrange(2000)] * 2 + data[a:]
    made = bytearray(data)
    for _ in range(chance.choice((1, 3, 20))):
        made[chance.randrange(len(made))] = chance.choice((0, 1, 0x7F, 0xFF, chance.randrange(256)))
    return bytes(made)


@pytest.mark.parametrize("which", range(len(ARCHIVES)))
def test_damage_is_an_oddity_and_no_exception(which: int) -> None:
    data, name = ARCHIVES[which]
    chance = random.Random(which)
    start = time.process_time()
    for _ in range(150):
        found = open_bytes(mutated(data, chance), name, Budget(seconds=2))
        surface(found)
        for member in found.members:
            assert len(member.read()) <= Budget().member
            assert member.path.isprintable() or member.path
    assert time.process_time() - start < 60

"""Hostile and broken releases: an answer or an ArtifactError, never a traceback, never for long."""

from __future__ import annotations

import random
import time

import pytest

from depscan.artifacts.open import open_bytes
from depscan.errors import ArtifactError
from depscan.release.diff import compare
from depscan.release.release import Release, read_release
from tests.unit.release.releases import CODE, npm, npm_bytes, sdist_bytes, wheel, wheel_bytes

SAMPLES = {
    "demo-1.0-py3-none-any.whl": wheel_bytes({"alpha/__init__.py": CODE, "a.pth": "import os\n"}),
    "demo-1.0.tar.gz": sdist_bytes({"setup.py": CODE, "pyproject.toml": '[build-system]\nrequires = ["a"]\n'}),
    "demo-1.0.0.tgz": npm_bytes('{"name": "demo", "dependencies": {"a": "1"}}', {"index.js": ""}),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_damaged_bytes_raise_nothing_else(name: str) -> None:
    chance = random.Random(7)
    whole = _read(SAMPLES[name], name)
    for _ in range(60):
        data = bytearray(SAMPLES[name])
        for _ in range(chance.randrange(1, 6)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        del data[chance.randrange(len(data) // 2, len(data)) :]
        broken = _read(bytes(data), name)
        assert compare(whole, broken).verdict in {"worse", "incomplete", "same", "better"}


def _read(data: bytes, name: str) -> Release:
    try:
        return read_release(open_bytes(data, name))
    except ArtifactError:
        return wheel({})


@pytest.mark.parametrize(
    "manifest",
    [
        "[]", "{", '{"dependencies": []}',
        '{"dependencies": {"a": {"b": 1}}}', '{"author": [1, {"name": 2}], "bin": 3}',
        '{"maintainers": {"name": {}}, "repository": [[]]}', '{"name": 1, "version": {}, "scripts": "x"}',
    ],
)  # fmt: skip
def test_strange_manifests_are_read_as_far_as_they_go(manifest: str) -> None:
    assert compare(npm('{"name": "demo"}'), npm(manifest)).verdict in {"same", "worse", "incomplete", "better"}


def test_strange_metadata_are_read_as_far_as_they_go() -> None:
    lines = "Requires-Dist: ;;;\nRequires-Dist:\nRequires-Dist: a >== 1\nRequires-Dist: b @\nAuthor:\n folded\n: x\n"
    diff = compare(wheel({}), wheel({}, "not a version", metadata=lines))
    assert [new.requirement.name for new in diff.new_requirements] == ["a", "b"]
    assert diff.jump == "unknown"


def test_long_ranges_and_many_requirements_take_no_time() -> None:
    started = time.process_time()
    many = ", ".join(f'"a{i}": "{"1 " * 400}"' for i in range(5000))
    release = npm(f'{{"name": "demo", "dependencies": {{{many}, "z": "{"1" * 200_000}!"}}}}')
    compare(npm('{"name": "demo"}'), release)
    compare(wheel({}), wheel({}, metadata="Requires-Dist: a>=1; extra == 'x'\n" * 50_000))
    assert time.process_time() - started < 10


def test_many_evaluations_of_unknown_text_take_no_time() -> None:
    started = time.process_time()
    lines = [f"exec(HEAD + str(x.a{i}) + '{'pass;' * 300}')\n" for i in range(400)]
    old = wheel({"alpha/__init__.py": "import x\nHEAD = x.head\n" + "".join(lines)})
    new = wheel({"alpha/__init__.py": "import x\nHEAD = x.head\n" + "".join(lines).replace("pass;", "pass\\n")})
    compare(old, new)
    assert time.process_time() - started < 10

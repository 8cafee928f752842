"""Versions of files that resemble each other are read as if each were parsed; words are found as one by one."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depscan.incident.files import Reader
from depscan.incident.matching import Matching
from depscan.incident.records import Bad, Incident, Markers
from depscan.incident.search import Search, flat
from depscan.inputs.discover import format_of
from depscan.inputs.revision import entries_once
from depscan.text.source import SourceFile

WINDOW = ("2026-03-24T10:00:00Z", "2026-03-24T16:00:00Z")
NAMES = (
    "litellm",
    "litellm-proxy",
    "lite",
    "guardrails-ai",
    "chalk",
    "@ctrl/tinycolor",
    "@ctrl/tinycolor-x",
    "nx",
    "color",
)
TEXTS = st.lists(
    st.lists(st.sampled_from((*NAMES, "Guardrails_AI", "tornado", "  ", ":", "1.2", "a", "\r")), max_size=4).map(
        "".join
    ),
    max_size=8,
).map("\n".join)


def incident(names: tuple[str, ...], chance: random.Random) -> Incident:
    bads = tuple(
        Bad(kind, name, tuple(f"1.{chance.randrange(4)}.{n}" for n in range(2)), (), *WINDOW, "import", ())
        for name in names
        for kind in (("npm",) if name.startswith("@") else ("PyPI", "npm"))
    )
    return Incident("demo", "demo", "2026-03-24", (), "", bads, Markers(), (), ())


def ends(spans: list[tuple[int, int]]) -> set[int]:
    """Return every place that some span covers."""
    return {at for start, end in spans for at in range(start, end)}


@given(
    st.lists(TEXTS, min_size=1, max_size=6),
    st.sets(st.sampled_from(NAMES), min_size=1),
    st.sampled_from((0, 40, 1 << 20)),
)
def test_words_are_found_where_a_search_for_each_finds_them(texts: list[str], names: set[str], most: int) -> None:
    search = Search((flat(name.encode()) for name in names), most)
    for text in texts:
        plain = flat(text.encode())
        slow = [
            (at, at + len(name))
            for name in names
            for at in range(len(plain))
            if plain.startswith(flat(name.encode()), at)
        ]
        assert ends(search.in_lines(text.encode())) == ends(slow)
        assert {start for start, _ in search.in_lines(text.encode())} == {start for start, _ in slow}


def uv_lock(pins: dict[str, str]) -> str:
    source = "{ registry = 'https://index.example' }"
    blocks = (f'[[package]]\nname = "{n}"\nversion = "{v}"\nsource = {source}\n' for n, v in pins.items())
    return "version = 1\n" + "\n".join(blocks)


def package_lock(pins: dict[str, str]) -> str:
    entries = ",\n".join(f'"node_modules/{n}": {{\n"version": "{v}"\n}}' for n, v in pins.items())
    return f'{{"lockfileVersion": 3, "packages": {{\n{entries}\n}}}}'


def pnpm_lock(pins: dict[str, str]) -> str:
    entries = "\n\n".join(f"  '{n}@{v}':\n    resolution: {{integrity: sha512-AAAA}}" for n, v in pins.items())
    return f"lockfileVersion: '9.0'\n\npackages:\n\n{entries}\n\nsnapshots:\n\n" + "\n\n".join(
        f"  '{n}@{v}': {{}}" for n, v in pins.items()
    )


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize(("path", "write"), [
    ("uv.lock", uv_lock), ("package-lock.json", package_lock), ("pnpm-lock.yaml", pnpm_lock),
])  # fmt: skip
def test_each_version_of_a_random_history_says_what_it_says_when_it_is_parsed(
    path: str, write: object, seed: int
) -> None:
    assert callable(write)
    chance = random.Random(f"{path} {seed}")
    scoped = path != "uv.lock"
    names = tuple(n for n in NAMES if scoped or n[0] != "@")
    matching = Matching(incident(tuple(chance.sample(names, chance.randint(1, len(names)))), chance))
    reader = Reader(matching)
    pins = dict.fromkeys((*names, "tornado", "colorful", "zlib", "mylitellm"), "1.0.9")
    told = 0
    for number in range(40):
        changed = chance.choice(list(pins))
        pins[changed] = f"{chance.choice(('1', '1', '11'))}.{chance.randrange(4)}.{chance.randrange(3)}"
        if number == 20:
            bad = next(bad for bad in matching.packages if (bad.ecosystem == "npm") == scoped)
            changed, pins[bad.name] = bad.name, bad.versions[0]
        kept = {name: version for name, version in pins.items() if name == changed or chance.random() < 0.9}
        data = write(kept).encode()
        source = SourceFile(path, data)
        made = format_of(source, entries_once(), named=False)
        assert made is not None
        slow = {(said.bad, said.version) for said in matching.said(made.parse(source)) if said.certain}
        assert {(said.bad, said.version) for said in reader.read(path, data).said if said.certain} == slow
        told += len(slow)
    assert told


def test_a_name_that_another_one_begins_with_is_looked_for_there_too() -> None:
    shorter = Bad("PyPI", "demo", ("1.2.3",), (), *WINDOW, "import", ())
    longer = Bad("PyPI", "demo-1", ("9.9",), (), *WINDOW, "import", ())
    matching = Matching(Incident("demo", "demo", "", (), "", (shorter, longer), Markers(), (), ()))
    assert matching.pins(b"https://files.example/demo-1.2.3-py3-none-any.whl", 400)
    assert not matching.pins(b"https://files.example/demo-11.2.33-py3-none-any.whl", 400)

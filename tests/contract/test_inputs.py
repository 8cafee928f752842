"""What every input format has to keep, whoever wrote it. A format without samples fails here."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from depscan.errors import InputError
from depscan.inputs.discover import candidates, entries, formats
from depscan.inputs.format import InputFormat
from depscan.model.document import Document
from depscan.text.source import SourceFile

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
FORMATS = formats()
ENTRIES = entries()
BINARY = {"bun-lockb"}
"""Formats that are not text: line ends and byte order marks mean nothing to them."""


def sample(made: InputFormat, kind: str) -> list[SourceFile]:
    """Return the sample files of a format; kind is good or broken."""
    folder = SAMPLES / made.id / kind
    return [SourceFile(p.name, p.read_bytes()) for p in sorted(folder.rglob("*")) if p.is_file()]


def facts(document: Document) -> tuple[object, ...]:
    """Return everything a document states, without its place in the file system."""
    edges = [e._replace(path="") for e in document.edges]
    return document.nodes, edges, document.indexes, document.includes, [p.message for p in document.problems]


@pytest.fixture(params=sorted(FORMATS), ids=str)
def made(request: pytest.FixtureRequest) -> InputFormat:
    return FORMATS[request.param]


def test_the_patterns_that_discovery_reads_are_those_of_the_module() -> None:
    for entry in ENTRIES:
        module = __import__(entry.module, fromlist=["FORMAT"])
        assert entry.patterns, entry.module
        assert module.PATTERNS.split() == list(entry.patterns)
        assert getattr(module, "EXPLICIT", "").split() == list(entry.explicit)


def test_every_id_is_used_once() -> None:
    assert len({e.load().id for e in ENTRIES}) == len(ENTRIES)


def test_it_has_good_and_broken_samples(made: InputFormat) -> None:
    assert sample(made, "good"), f"tests/samples/{made.id}/good is empty"
    assert sample(made, "broken"), f"tests/samples/{made.id}/broken is empty"


def test_its_sample_is_found_by_name(made: InputFormat) -> None:
    for source in sample(made, "good"):
        found = [e.load() for _, e in candidates(source.name, ENTRIES, named=True)]
        chosen = [f for f in found if f.id == made.id]
        assert chosen, f"{source.name} does not fit the globs of {made.id}"
        assert made.accepts is None or made.accepts(source)


def test_a_good_sample_states_packages_without_problems(made: InputFormat) -> None:
    documents = [made.parse(source) for source in sample(made, "good")]
    assert any(p.source != "local" for d in documents for p in d.nodes.values())
    assert all(d.format == made.id for d in documents)


def test_a_broken_sample_is_reported_and_never_read_as_empty(made: InputFormat) -> None:
    for source in sample(made, "broken"):
        try:
            document = made.parse(source)
        except InputError as error:
            assert error.message
        else:
            assert document.problems, f"{source.name} was read without a word"


def test_every_edge_joins_nodes_of_the_document(made: InputFormat) -> None:
    for source in sample(made, "good"):
        document = made.parse(source)
        ids = set(document.nodes)
        assert all(e.parent in ids and e.child in ids for e in document.edges)
        assert set(document.at) == ids


def test_every_package_has_a_place_that_can_be_shown(made: InputFormat) -> None:
    if made.id in BINARY:
        return
    for source in sample(made, "good"):
        document = made.parse(source)
        lost = [k for k, p in document.nodes.items() if p.source != "local" and not made.locate(source, document.at[k])]
        assert not lost


def test_line_ends_a_byte_order_mark_and_a_missing_last_line_end_change_nothing(made: InputFormat) -> None:
    if made.id in BINARY:
        return
    for source in sample(made, "good"):
        data = source.data.replace(b"\r\n", b"\n")
        want = facts(made.parse(SourceFile(source.name, data)))
        for changed in (data.replace(b"\n", b"\r\n"), b"\xef\xbb\xbf" + data, data.rstrip(b"\n"), data + b"\n"):
            assert facts(made.parse(SourceFile(source.name, changed))) == want


@pytest.mark.parametrize("seed", range(20))
def test_mutated_bytes_raise_nothing_but_input_error(made: InputFormat, seed: int) -> None:
    rng = random.Random(f"{made.id}-{seed}")
    for source in sample(made, "good"):
        for _ in range(20):
            data = mutate(source.data, rng)
            try:
                document = made.parse(SourceFile(source.name, data))
            except InputError as error:
                assert str(error)
            else:
                assert set(document.at) == set(document.nodes)


def mutate(data: bytes, rng: random.Random) -> bytes:
    """Return data cut, flipped, with lines swapped, or with a value of another type."""
    lines = data.split(b"\n")
    at = rng.randrange(len(lines))
    kind = rng.randrange(7)
    if kind == 0:
        return data[: rng.randrange(len(data) + 1)]
    if kind == 1:
        i = rng.randrange(len(data) or 1)
        return data[:i] + bytes([rng.randrange(256)]) + data[i + 1 :]
    if kind == 2:
        del lines[at]
    elif kind == 3:
        lines.insert(at, lines[rng.randrange(len(lines))])
    elif kind == 4:
        values = (b"7", b"[]", b"{}", b"null", b'"x"', b"true", b"[[1]]", b"-")
        for mark in (b": ", b" = "):
            head, found, _ = lines[at].partition(mark)
            if found:
                lines[at] = head + mark + rng.choice(values) + (b"," if lines[at].rstrip().endswith(b",") else b"")
                break
    elif kind == 5:
        lines[at] = b"<<<<<<< HEAD\n" + lines[at]
    else:
        lines[at] = rng.choice((b"[" * 3000, b"{" * 3000, b"\x00", b"\xff\xfe", b"- " * 2000, b"a: &a [*a, *a]"))
    return b"\n".join(lines)


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\x00\x01\x02", b"\xff\xfe\x00", b"{" * 100_000, b"[" * 100_000, b"x"])
def test_junk_raises_nothing_but_input_error(made: InputFormat, data: bytes) -> None:
    for source in sample(made, "good"):
        try:
            made.parse(SourceFile(source.name, data))
        except InputError as error:
            assert str(error)

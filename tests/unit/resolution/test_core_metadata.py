"""Core metadata: what counts, and hostile text that must end in a reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from depscan.resolution.metadata import LEGACY_BUILD, Metadata, build_requires, is_static, read_metadata
from tests.unit.resolution.samples import metadata


def read(text: str | bytes) -> Metadata:
    made = read_metadata(text.encode() if isinstance(text, str) else text)
    assert isinstance(made, Metadata), made
    return made


def test_requirements_and_extras_are_read_whatever_the_line_ends() -> None:
    text = metadata("Pkg", "1.0", "a>=1", 'b; extra == "x"', more="Provides-Extra: x\n")
    for made in (read(text), read(text.replace("\n", "\r\n"))):
        assert made.requires == ("a>=1", 'b; extra == "x"')
        assert made.extras == ("x",)
        assert (made.name, made.version) == ("Pkg", "1.0")


def test_a_description_that_looks_like_headers_is_none() -> None:
    assert read(metadata("p", "1") + "Requires-Dist: evil\n").requires == ()


@pytest.mark.parametrize(
    ("form", "more", "static"),
    [
        ("2.1", "", False),
        ("2.2", "", True),
        ("2.4", "Dynamic: License\n", True),
        ("2.2", "Dynamic: Requires-Dist\n", False),
        ("2.2", "Dynamic: requires-dist\n", False),
        ("3.0", "", True),
        ("2.2a", "", False),
        ("2", "", False),
    ],
)
def test_an_sdist_is_believed_from_metadata_2_2_on_and_when_not_dynamic(form: str, more: str, static: bool) -> None:  # noqa: FBT001
    assert is_static(read(metadata("p", "1", "a", form=form, more=more))) is static


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\nName: p\n",
        "Name: p\nVersion: 1\n",
        "Metadata-Version: 2.1\nMetadata-Version: 2.2\nName: p\nVersion: 1\n",
        "Metadata-Version: 2.1\nName: p\nName: q\nVersion: 1\n",
        "Metadata-Version: 2.1\nName: p\nVersion: 1\nno header here\nRequires-Dist: hidden\n\n",
        "Metadata-Version: 2.1\nName: p\nVersion: 1\n" + "Requires-Dist: a\n" * 5001,
        "Metadata-Version: 2.1\nName: p\nVersion: 1\nRequires-Dist: " + "a" * 5000 + "\n",
        "X: " + "a" * (1 << 21),
        b"Metadata-Version: 2.1\nName: p\nVersion: 1\nRequires-Dist: \xff\xfe\n",
    ],
)
def test_what_cannot_be_told_is_a_reason(text: str | bytes) -> None:
    assert isinstance(read_metadata(text.encode() if isinstance(text, str) else text), str)


@given(st.binary(max_size=300))
def test_no_bytes_raise(data: bytes) -> None:
    read_metadata(data)
    read_metadata(b"Metadata-Version: 2.1\nName: p\nVersion: 1\n" + data)
    build_requires(data)


def test_build_requirements_are_those_of_the_build_system() -> None:
    assert build_requires(b'[build-system]\nrequires = ["hatchling", "x>=2"]\n') == ("hatchling", "x>=2")
    assert build_requires(None) == LEGACY_BUILD
    assert build_requires(b"[tool.x]\n") == LEGACY_BUILD


@pytest.mark.parametrize(
    "data",
    [b"[build-system]\n", b"[build-system]\nrequires = 3\n", b"[[", b"build-system = 1\n", b"\xff", b"#" * 2**21],
)
def test_a_build_system_that_cannot_be_read_is_a_reason(data: bytes) -> None:
    assert isinstance(build_requires(data), str)

"""Programs under the names of models, and formats that are data."""

from __future__ import annotations

import struct

import pytest

from tests.unit.loading.model_folder import ask, read, verdicts, worst

APE = b"MZqFpD='\n#!/bin/sh\ntrue\nexit\n'\0\0" + bytes(64)
ELF = b"\x7fELF\x02\x01\x01" + bytes(64)


def test_a_llamafile_is_a_program_that_nobody_vouches_for() -> None:
    report = read({"m.llamafile": APE})
    assert verdicts(report) == [("foreign", "llamafile")]
    assert "true" in worst(report).values


@pytest.mark.parametrize("data", [APE, ELF, b"#!/bin/sh\nid\n"])
@pytest.mark.parametrize("name", ["m.gguf", "m.pt", "m.onnx", "pytorch_model.bin", "m.safetensors"])
def test_a_program_under_the_name_of_a_model_is_hostile(name: str, data: bytes) -> None:
    assert worst(read({name: data})).verdict == "hostile"


@pytest.mark.parametrize("name", ["run.sh", "lib.so", "tool", "setup.exe"])
def test_programs_under_their_own_names_are_nobodys(name: str) -> None:
    assert ask({name: ELF}) is None
    assert ask({name: b"#!/bin/sh\n"}) is None


def test_firmware_of_a_project_is_nobodys() -> None:
    assert ask({"firmware.bin": ELF, "pyproject.toml": ""}) is None


@pytest.mark.parametrize(
    ("name", "data"),
    [("t.parquet", b"PAR1" + bytes(20) + b"PAR1"), ("d.arrow", b"ARROW1\0\0"),
     ("d.arrow", b"\xff\xff\xff\xff\x10\0\0\0"),
     ("m.cbm", b"CBM1" + bytes(8)), ("lid.ftz", struct.pack("<ii", 793712314, 12)), ("m.txt", b"tree\nversion=v4\n"),
     ("x.json", b'{"learner": {"attributes": {}}, "version": [2, 1, 0]}'),
     ("x.ubj", b"{L\0\0\0\0\0\0\0\x07learner{")],
)  # fmt: skip
def test_tables_and_boosters_are_data(name: str, data: bytes) -> None:
    report = read({name: data})
    assert report.verdict == "data only"
    assert report.steps == []


def test_unknown_bytes_are_nobodys() -> None:
    for name in ("a.dat", "b.txt", "c.json", "d.md", "e.py"):
        for data in (b"\x80\x81\x82", b"plain text", b'{"a": [1]}', b"\xff\xfe\0\1"):
            assert ask({name: data}) is None, (name, data)


@pytest.mark.parametrize("text", [b"import os\nos.system('true')\n", b"# x\nfrom os import system\n"])
def test_python_under_the_name_of_a_model_is_hostile(text: bytes) -> None:
    assert worst(read({"m.pt": text})).verdict == "hostile"
    assert worst(read({"m.safetensors": text})).slug == "python"


def test_start_lines_of_python_and_words_about_imports_are_none() -> None:
    found = ask({"demo.pth": b"import demo\n"})
    assert found is not None
    assert found.steps == []
    found = ask({"m.pt": b"import of wheat: none\n"})
    assert found is not None
    assert found.steps == []


def test_a_native_library_beside_code_that_runs_at_load_is_foreign() -> None:
    settings = {"auto_map": {"AutoModel": "modeling_m.M"}}
    files = {"fast.so": ELF, "modeling_m.py": "from . import fast\n", "config.json": settings}
    assert verdicts(read(files)) == [("foreign", "library")]
    assert ask({"fast.so": ELF, "tool.py": "", "config.json": {"model_type": "x"}}) is None
    assert ask({"fast.so": ELF, "pyproject.toml": "", "handler.py": "import torch\n"}) is None

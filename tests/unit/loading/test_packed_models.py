"""Models in archives: what stands between members, bombs of one byte, layers, indexes of weights, storages."""

from __future__ import annotations

import gzip
import io
import json
import struct
import tarfile
import zipfile
from pathlib import Path

import pytest

from depscan.facts.engine import inspect_path
from depscan.loading.file import File, file_of
from depscan.loading.formats import file_index
from depscan.loading.route import read_file
from depscan.loading.steps import Report

CALL = b"\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x04true\x85R."
DATA = b"\x80\x04}."
OWN = b"\x80\x02c__torch__.m\nNet\n)\x81}b."
BOUND = b"\x80\x02c__torch__.torch.classes.%s\nParams\n)\x81}b."


def verdicts(tmp_path: Path, name: str, data: bytes) -> set[str]:
    path = tmp_path / name
    path.write_bytes(data)
    return {step[2] for model in inspect_path(str(path)).models for step in model.program}


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, data in members.items():
            archive.writestr(path, data)
    return out.getvalue()


def with_gap(gap: bytes) -> bytes:
    """Return a zip with bytes in front of its directory."""
    data = zipped({"m/data.pkl": DATA, "m/version": b"3\n"})
    at = data.index(b"PK\x01\x02")
    end = bytearray(data[-22:])
    end[16:20] = struct.pack("<L", at + len(gap))
    return data[:at] + gap + data[at:-22] + bytes(end)


def test_bytes_that_no_member_accounts_for_are_hostile(tmp_path: Path) -> None:
    assert "hostile" in verdicts(tmp_path, "m.pt", with_gap(CALL))


@pytest.mark.parametrize("gap", [b"", bytes(64), b"PK\x07\x08" + bytes(20), b"PK\x07\x08" + bytes(12) + bytes(48)])
def test_padding_and_data_descriptors_are_no_gap(tmp_path: Path, gap: bytes) -> None:
    assert "hostile" not in verdicts(tmp_path, "m.pt", with_gap(gap))


def test_a_packed_file_of_one_byte_is_a_bomb_whatever_its_name(tmp_path: Path) -> None:
    assert "hostile" in verdicts(tmp_path, "notes.gz", gzip.compress(bytes(8 << 20)))


def test_many_layers_around_nothing_else_are_hostile(tmp_path: Path) -> None:
    data = DATA
    for _ in range(8):
        data = gzip.compress(data)
    assert "hostile" in verdicts(tmp_path, "notes.gz", data)


def test_archives_with_more_in_them_may_be_deep(tmp_path: Path) -> None:
    data = zipped({"a.txt": b"text"})
    for _ in range(6):
        data = zipped({"inner.zip": data, "b.txt": b"text", "c.txt": b"other"})
    assert verdicts(tmp_path, "data.zip", data) == set()


def test_old_files_of_joblib_may_have_one_more_space(tmp_path: Path) -> None:
    import zlib

    packed = zlib.compress(CALL)
    assert "hostile" in verdicts(tmp_path, "m.joblib", b"ZF" + f"{len(CALL):#x}".encode().ljust(20) + packed)


@pytest.mark.parametrize("name", ["../x.safetensors", "/x.bin", "hub://x/y.bin", "C:\\x.bin"])
def test_weights_outside_of_the_folder_are_hostile(name: str) -> None:
    data = json.dumps({"metadata": {}, "weight_map": {"a": "model-1.safetensors", "w": name}}).encode()
    file = file_of(data, "model.safetensors.index.json")
    report = read_file(file)
    assert report is not None
    assert [(step.what, step.values) for step in report.steps] == [("load.path", (name,))]
    assert report.verdict == "hostile"


def test_an_index_of_files_beside_it_is_data() -> None:
    data = json.dumps({"weight_map": {"w": "model-00001-of-00002.safetensors", "v": "sub/x.bin"}}).encode()
    report = read_file(file_of(data, "pytorch_model.bin.index.json"))
    assert report is not None
    assert (report.format, report.verdict) == (file_index.TITLE, "data only")


def read_in(members: dict[str, bytes], path: str) -> Report:
    beside: dict[str, File] = {}
    for name, data in members.items():
        beside[name] = file_of(data, name, beside=beside)
    report = read_file(beside[path])
    assert report is not None
    return report


def test_a_class_of_torchscript_needs_its_code_beside() -> None:
    code = b"class Net(Module):\n  pass\n"
    assert read_in({"data.pkl": OWN}, "data.pkl").verdict == "foreign code needed"
    both = {"data.pkl": OWN, "constants.pkl": b"\x80\x02).", "code/__torch__/m.py": code}
    assert read_in(both, "data.pkl").verdict == "known constructors"


@pytest.mark.parametrize(("space", "verdict"), [(b"quantized", "known constructors"), (b"mine", "foreign code needed")])
def test_classes_that_torch_binds_need_no_code(space: bytes, verdict: str) -> None:
    assert read_in({"data.pkl": BOUND % space}, "data.pkl").verdict == verdict


def test_storages_are_not_given_to_any_reader(tmp_path: Path) -> None:
    numbers = b"\x93NUMPY\x01\x00" + bytes(100)
    data = zipped({"m/data.pkl": DATA, "m/data/0": numbers, "m/data/1": CALL, "m/version": b"3\n"})
    path = tmp_path / "m.pt"
    path.write_bytes(data)
    read = {model.path: model.verdict for model in inspect_path(str(path)).models}
    assert read == {"data.pkl": "data only", "data/1": "hostile"}


def test_a_storage_that_is_shorter_than_its_tensor_is_hostile() -> None:
    ident = b"(X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\x000X\x03\0\0\0cpuK\x09tQ"
    assert read_in({"data.pkl": b"\x80\x02" + ident + b".", "data/0": bytes(8)}, "data.pkl").verdict == "hostile"
    assert read_in({"data.pkl": b"\x80\x02" + ident + b".", "data/0": bytes(36)}, "data.pkl").verdict != "hostile"


def test_lines_for_site_are_no_damaged_model_among_other_files() -> None:
    text = b"import site_tool\n"
    beside: dict[str, File] = {"other.py": file_of(b"", "other.py")}
    beside["tool.pth"] = file_of(text, "tool.pth", beside=beside)
    assert read_file(beside["tool.pth"]) is None
    assert read_file(file_of(text, "tool.pth")) is not None


@pytest.mark.parametrize(
    ("links", "out"),
    [
        ({"m/b": "..", "m/c": "b/../x"}, True),
        ({"a": "b", "b": "c/..", "c": "d", "d": "a/../../x"}, True),
        ({"m/b": ".", "m/c": "b/model.pkl"}, False),
        ({"m/b": "..", "m/c": "b/m/model.pkl"}, False),
        ({"m/a": "a/b", "m/b": "a"}, False),
    ],
)
def test_links_that_leave_through_each_other_are_hostile(tmp_path: Path, links: dict[str, str], *, out: bool) -> None:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as archive:
        for name, data in {"m/model.pkl": DATA, "n/other.txt": b"text"}.items():
            row = tarfile.TarInfo(name)
            row.size = len(data)
            archive.addfile(row, io.BytesIO(data))
        for name, target in links.items():
            row = tarfile.TarInfo(name)
            row.type, row.linkname = tarfile.SYMTYPE, target
            archive.addfile(row)
    path = tmp_path / "m.tar"
    path.write_bytes(held.getvalue())
    steps = [step[1] for model in inspect_path(str(path)).models for step in model.program if step[2] == "hostile"]
    assert any("out of the archive" in text for text in steps) == out

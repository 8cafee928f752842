"""Git LFS pointers: the file they stand for is told, and not being there is no lie about a format."""

import pytest

from depscan.loading.file import file_of
from depscan.loading.route import read_file

POINTER = b"version https://git-lfs.example/spec/v1\noid sha256:" + b"0f" * 32 + b"\nsize 4096\n"


@pytest.mark.parametrize("name", ["model.safetensors", "pytorch_model.bin", "model.pt", "model.gguf", "model.onnx"])
def test_a_pointer_is_told_as_one_under_every_name(name: str) -> None:
    report = read_file(file_of(POINTER, name))
    assert report is not None
    assert (report.format, report.verdict, report.gaps) == ("Git LFS pointer", "data only", [])
    assert [step.slug for step in report.steps] == ["lfs-pointer"]
    assert report.about == {"sha256": "0f" * 32, "bytes": "4096"}


def test_text_that_begins_like_one_is_none() -> None:
    report = read_file(file_of(POINTER[:30], "model.safetensors"))
    assert report is not None
    assert report.verdict == "incomplete"

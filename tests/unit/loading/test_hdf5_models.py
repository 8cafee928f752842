import json
import random
import struct
from typing import Any

import pytest

from depscan.loading.file import file_of
from depscan.loading.formats import hdf5
from depscan.loading.steps import CONSTRUCTORS, DATA_ONLY, HOSTILE_FILE, INCOMPLETE, Report
from tests.unit.loading.messages import report_of, slugs

NONE = b"\xff" * 8
LAMBDA = {
    "class_name": "Sequential",
    "config": {"layers": [{"class_name": "Lambda", "config": {"function": ["4wEAAAAA"]}}]},
}
DENSE = {"class_name": "Sequential", "config": {"layers": [{"class_name": "Dense", "config": {}}]}}


def attribute(name: str, value: bytes) -> tuple[int, bytes]:
    """Return an attribute message of version 3 with one text of fixed length."""
    label = name.encode() + b"\0"
    datatype = struct.pack("<B3xI", 0x13, len(value))
    space = struct.pack("<BBBB", 2, 0, 0, 0)
    sizes = struct.pack("<BBHHHB", 3, 0, len(label), len(datatype), len(space), 0)
    return 12, sizes + label + datatype + space + value


def link(name: str, kind: int, value: bytes) -> tuple[int, bytes]:
    label = name.encode()
    return 6, struct.pack("<BBBB", 1, 8, kind, len(label)) + label + value


def header(*messages: tuple[int, bytes]) -> bytes:
    """Return an object header of version 1."""
    body = b""
    for kind, data in messages:
        padded = data + b"\0" * (-len(data) % 8)
        body += struct.pack("<HHB3x", kind, len(padded), 0) + padded
    return struct.pack("<BxHII4x", 1, len(messages), 1, len(body)) + body


def hdf(*messages: tuple[int, bytes], before: bytes = b"") -> bytes:
    """Return a file whose root group has the messages; addresses count from ``before``'s end."""
    root = 96
    start = b"\x89HDF\r\n\x1a\n" + bytes((0, 0, 0, 0, 0, 8, 8, 0)) + struct.pack("<HHI", 4, 16, 0)
    start += struct.pack("<Q", len(before)) + NONE + struct.pack("<Q", 0) + NONE + struct.pack("<QQ", 0, root)
    return before + start.ljust(root, b"\0") + header(*messages)


def test_a_model_in_an_attribute_is_read() -> None:
    found = report_of(hdf(attribute("model_config", json.dumps(DENSE).encode())), "m.h5")
    assert (found.verdict, found.gaps) == (CONSTRUCTORS, [])
    assert report_of(hdf(attribute("model_config", json.dumps(LAMBDA).encode())), "m.h5").verdict == HOSTILE_FILE


def test_a_configuration_is_read_under_any_name_and_behind_a_user_block() -> None:
    data = hdf(attribute("other", json.dumps(LAMBDA).encode()), before=b"#!/bin/sh\n".ljust(512, b"\0"))
    assert report_of(data, "m.h5").verdict == HOSTILE_FILE


def test_a_link_into_another_file_is_hostile_where_it_leaves_or_the_file_is_a_model() -> None:
    def linked(target: bytes, *more: tuple[int, bytes]) -> Report:
        value = b"\0" + target + b"\0/x\0"
        return report_of(hdf(*more, link("a", 64, struct.pack("<H", len(value)) + value)), "m.h5")

    assert linked(b"/nonexistent/x.h5").verdict == HOSTILE_FILE
    assert slugs(linked(b"near.h5")) == [("odd", "external-link")]
    assert linked(b"near.h5", attribute("keras_version", b"3")).verdict == HOSTILE_FILE


def test_links_inside_the_file_are_data_and_types_of_users_need_code() -> None:
    soft = link("a", 1, struct.pack("<H", 2) + b"/b")
    assert report_of(hdf(soft), "m.h5").verdict == DATA_ONLY
    assert slugs(report_of(hdf(link("a", 200, struct.pack("<H", 2) + b"xx")), "m.h5")) == [("foreign", "user-link")]


def test_an_announced_model_that_cannot_be_read_is_incomplete_and_found_by_its_text_hostile() -> None:
    broken = (12, struct.pack("<BBHHHB", 3, 0, 13, 60000, 4, 0) + b"model_config\0")
    assert report_of(hdf(broken), "m.h5").verdict == INCOMPLETE
    assert report_of(hdf(broken) + json.dumps(LAMBDA).encode(), "m.h5").verdict == HOSTILE_FILE


def test_a_header_that_goes_round_in_a_circle_ends() -> None:
    circle = (16, struct.pack("<QQ", 112, 24))
    assert report_of(hdf(circle), "m.h5").verdict == INCOMPLETE


def test_no_mutation_raises() -> None:
    chance = random.Random(6)
    seed = hdf(attribute("model_config", json.dumps(LAMBDA).encode()), link("a", 64, b"\x05\0\0x\0/\0"))
    for _ in range(800):
        data = bytearray(seed)
        for _ in range(chance.randrange(1, 6)):
            data[chance.randrange(len(data))] = chance.choice((0, 1, 127, 255, chance.randrange(256)))
        file = file_of(bytes(data[: chance.randrange(len(data) + 1)]), "m.h5")
        if hdf5.looks(file):
            hdf5.read(file, Report())


@pytest.mark.parametrize("version", ["earliest", "latest"])
@pytest.mark.filterwarnings("ignore")
def test_files_of_h5py_have_no_gap(version: str, tmp_path: Any) -> None:
    h5py = pytest.importorskip("h5py")
    path = str(tmp_path / "m.h5")
    with h5py.File(path, "w", libver=version) as f:
        for number in range(40):
            f.create_group(f"layer{number}").attrs["weight_names"] = "a/b"
            f.attrs[f"a{number}"] = "text"
        f.create_dataset("w", data=[1.0, 2.0], chunks=(2,), compression="gzip")
        f.attrs["model_config"] = json.dumps(LAMBDA)
    with open(path, "rb") as stream:
        found = report_of(stream.read(), "m.h5")
    assert (found.verdict, found.gaps, found.about["objects"]) == (HOSTILE_FILE, [], "42")

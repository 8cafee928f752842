"""No reader of this part raises, whatever the bytes are."""

from __future__ import annotations

import io
import json
import random
import zipfile

import pytest

from depscan.loading.repository import code_at_load
from depscan.loading.route import read_file
from depscan.loading.steps import VERDICTS
from tests.unit.loading.model_folder import folder
from tests.unit.loading.test_msgpack import array, tree
from tests.unit.loading.test_rds import HEADER, call, frame, promise, strings


def _skops() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        inner = {"__class__": "call", "__module__": "operator", "__loader__": "OperatorFuncNode", "attrs": [1, {}]}
        made.writestr("schema.json", json.dumps({"content": [inner], "__loader__": "MethodNode"}))
    return stream.getvalue()


GOOD: dict[str, bytes] = {
    "config.json": b'{"model_type": "x", "auto_map": {"AutoModel": ["m.M", null]}, "attn_implementation": {"": "b/c"}}',
    "model_index.json": b'{"_class_name": ["p", "P"], "unet": ["evil", "U"], "x": [[1], null]}',
    "modules.json": b'[{"type": "a.B", "path": "0"}, {"type": 3}]',
    "adapter_config.json": b'{"auto_mapping": {"parent_library": "os", "base_model_class": "system"}}',
    "MLmodel": b"flavors:\n  python_function:\n    loader_module: evil\n    code: [a, b]\n",
    "model_config.yaml": b"a: &a\n  _target_: os.system\n  _args_: [*a, 1]\nb: !!python/object/apply:os.system [id]\n",
    "r.json": b'{"version": 1, "refs": {"a": ["{{u}}", 0, 1]}, "templates": {"u": "{{ x.__y__ }}"}}',
    "requirements.txt": b"--index-url http://[::1]/simple\nx @ http://a:b@files.example/x\ngit+ssh://x\n",
    "a.ipynb": b'{"cells": [{"cell_type": "code", "source": ["!pip install --index-url http://x y"]}]}',
    "config.pbtxt": b'backend: "python"\nparameters: {value: {string_value: "http://x"}}',
    "MAR-INF/MANIFEST.json": b'{"model": {"handler": "h.py:f", "extensions": 3}}',
    "config.cfg": b'[nlp]\n@callbacks = "x.v1"\n',
    "m.skops": _skops(),
    "m.rds": HEADER + frame("x", promise(call("system", strings("id")))),
    "m.msgpack": tree(array("float32", bytes(24))),
    "m.llamafile": b"MZqFpD='\n#!/bin/sh\ntrue\n",
    "m.parquet": b"PAR1PAR1",
}


def _changed(data: bytes, chance: random.Random) -> bytes:
    made = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(made)) if made else 0
        kind = chance.randrange(4)
        if kind == 0 and made:
            made[at] = chance.randrange(256)
        elif kind == 1:
            del made[at : at + chance.randint(1, 8)]
        elif kind == 2:
            made[at:at] = bytes(chance.randrange(256) for _ in range(chance.randint(1, 6)))
        else:
            made = made[: chance.randint(0, len(made))]
    return bytes(made)


@pytest.mark.parametrize("name", sorted(GOOD))
def test_changed_bytes_never_raise(name: str) -> None:
    chance = random.Random(name)
    for _ in range(120):
        files = folder({**GOOD, name: _changed(GOOD[name], chance)})
        report = read_file(files[name])
        assert report is None or all(step.verdict in VERDICTS for step in report.steps)


def test_changed_folders_never_raise() -> None:
    chance = random.Random(7)
    for _ in range(60):
        assert isinstance(
            code_at_load(folder({name: _changed(data, chance) for name, data in GOOD.items()}), "x"), dict
        )


def test_deep_json_and_yaml_never_raise() -> None:
    for name in GOOD:
        for data in (
            b"[" * 100_000,
            b'{"a":' * 50_000,
            b"- " * 5_000,
            b"",
            b"\xff\xfe{",
            b"\xef\xbb\xbf{}",
            b"null",
            b"3",
        ):
            read_file(folder({name: data})[name])

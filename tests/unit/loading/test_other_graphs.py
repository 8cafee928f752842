"""Formats of one page each: TFLite, ExecuTorch, Core ML, Caffe, Paddle, CNTK, TensorRT."""

import random
import struct

import pytest

from depscan.loading.file import file_of
from depscan.loading.paths import leaves
from depscan.loading.route import declared
from depscan.loading.steps import CONSTRUCTORS, FOREIGN_CODE, HOSTILE_FILE, INCOMPLETE, Report
from tests.unit.loading.messages import message, report_of, slugs


def tflite(custom: str) -> bytes:
    """Return a model with one operator code, by hand: root, tables and vectors one after the other."""
    name = custom.encode()
    head = struct.pack("<I4s", 16, b"TFL3")
    model = struct.pack("<HHHH", 8, 8, 0, 4) + struct.pack("<iI", 8, 4)  # its table stands at 16
    vector = struct.pack("<II", 1, 16)  # at 24: the code's table stands at 44
    code = b"\0" * 4 + struct.pack("<HHHH", 8, 8, 0, 4) + struct.pack("<iI", 8, 4) + struct.pack("<I", len(name)) + name
    return head + model + vector + code + b"\0" * 8


@pytest.mark.parametrize(
    ("operator", "verdict"),
    [("", CONSTRUCTORS), ("EvilOp", FOREIGN_CODE), ("FlexReadFile", HOSTILE_FILE), ("FlexRelu", CONSTRUCTORS)],
)
def test_custom_operators_of_tflite(operator: str, verdict: str) -> None:
    found = report_of(tflite(operator), "m.tflite")
    assert (found.verdict, found.gaps) == (verdict, [])


def test_a_pickle_behind_the_identifier_of_executorch_is_hostile() -> None:
    assert report_of(b"\0\0\0\0ET12\x80\x04}.", "m.pte").verdict == HOSTILE_FILE
    assert report_of(b"\0\0\0\0ET12nothing", "m.pte").verdict == INCOMPLETE


def test_custom_layers_and_models_of_core_ml_need_foreign_code() -> None:
    def model(kind: int, inside: bytes) -> bytes:
        return message((1, 4), (2, message((100, "x"))), (kind, inside))

    layer = message((1, "a"), (500, message((10, "EvilLayer"))))
    assert report_of(model(500, message((1, message((1, "a"), (140, "x"))))), "m.mlmodel").verdict == CONSTRUCTORS
    assert report_of(model(500, message((1, layer))), "m.mlmodel").verdict == FOREIGN_CODE
    assert report_of(model(555, message((10, "Evil"))), "m.mlmodel").verdict == FOREIGN_CODE
    nested = model(202, message((1, model(403, message((1, layer))))))
    assert report_of(nested, "m.mlmodel").verdict == FOREIGN_CODE


def test_python_layers_of_caffe_name_their_module() -> None:
    text = b'name: "n"\nlayer {\n type: "Python"\n python_param { module: "mine" layer: "L" param_str: "{}" }\n}\n'
    found = report_of(text, "deploy.prototxt")
    assert (found.verdict, found.steps[0].package, found.steps[0].line) == (FOREIGN_CODE, "mine", 4)
    assert report_of(text.replace(b'"mine"', b'"os"'), "deploy.prototxt").verdict == HOSTILE_FILE
    layer = message((1, "a"), (2, "Python"), (130, message((1, "mine"), (2, "L"))))
    assert report_of(message((1, "n"), (100, layer)), "m.caffemodel").verdict == FOREIGN_CODE
    assert (
        report_of(message((1, "n"), (100, message((1, "a"), (2, "Pooling")))), "m.caffemodel").verdict == CONSTRUCTORS
    )


def test_python_in_a_program_of_paddle_is_hostile() -> None:
    def program(operator: str) -> bytes:
        return message((1, message((1, 0), (2, 0), (4, message((3, operator))))), (4, message((1, 0))))

    assert report_of(program("relu"), "m.pdmodel").verdict == CONSTRUCTORS
    assert report_of(program("py_func"), "m.pdmodel").verdict == HOSTILE_FILE


def test_a_native_function_of_cntk_is_hostile() -> None:
    start = "BCN\0".encode("utf-16-le")
    assert report_of(start + b"NativeUserFunction libx.so", "m.dnn").verdict == HOSTILE_FILE
    assert report_of(start + "NativeUserFunction libx.dll".encode("utf-16-le"), "m.dnn").verdict == HOSTILE_FILE
    assert report_of(start + b"Times Plus", "m.dnn").verdict == CONSTRUCTORS


def test_a_compiled_engine_is_odd_and_a_library_inside_it_hostile() -> None:
    assert slugs(report_of(b"ptrt" + b"\0" * 40, "m.engine")) == [("odd", "compiled")]
    assert report_of(b"ptrt" + b"\0" * 40 + b"\x7fELF\x02\x01\x01", "m.engine").verdict == HOSTILE_FILE


@pytest.mark.parametrize("path", ["a/b", "a/./b", "a/../b", "", "model.onnx.data", "ab:c d", "..a/b", "x\\y"])
def test_paths_that_stay_inside(path: str) -> None:
    assert leaves(path) == ""


def test_no_format_claims_ordinary_text_and_none_raises_on_noise() -> None:
    chance = random.Random(7)
    texts = [
        b"import os\n",
        b'{"name": "x", "version": 1}',
        b"<html></html>",
        b"# layer {\n",
        b"a,b\n1,2\n",
        b"",
        b"\n\n",
    ]
    noise = [bytes(chance.randrange(256) for _ in range(chance.randrange(60))) for _ in range(300)]
    ours = [one for one in declared() if one.asked]
    for data in texts:
        assert not [one.title for one in ours if one.load().looks(file_of(data, "file.txt"))]
    for data in noise:
        for one in ours:
            file = file_of(data, "file.bin")
            one.load().looks(file)
            one.load().read(file, Report())


def test_operators_of_a_broken_model_of_tflite_are_found_by_their_names() -> None:
    found = report_of(b"\x10\0\0\0TFL3" + b"\xff" * 16 + b"\x0c\0\0\0FlexReadFile\0", "m.tflite")
    assert found.verdict == HOSTILE_FILE
    assert report_of(b"\x10\0\0\0TFL3" + b"\xff" * 32, "m.tflite").verdict == INCOMPLETE


def test_python_operators_of_mxnet_are_foreign() -> None:
    node = '{"op": "%s", "name": "n", "attrs": {"op_type": "evil"}, "inputs": []}'
    graph = '{"nodes": [%s], "arg_nodes": [0], "heads": [[0, 0, 0]]}'
    assert report_of((graph % node % "Custom").encode(), "m-symbol.json").verdict == FOREIGN_CODE
    assert report_of((graph % node % "FullyConnected").encode(), "m-symbol.json").verdict == CONSTRUCTORS


def test_a_program_of_paddle_that_was_written_by_hand_is_read() -> None:
    block = message((1, 0), (4, message((3, "py_func"))))
    assert report_of(message((1, block)), "m.pdmodel").verdict == HOSTILE_FILE

"""TensorFlow Lite: the operator codes of the flatbuffer. Source: tensorflow/lite/schema/schema.fbs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from depscan.loading.flatbuffer import Flatbuffer
from depscan.loading.steps import FOREIGN, KNOWN, ODD, Step

if TYPE_CHECKING:
    from depscan.loading.file import File
    from depscan.loading.steps import Report

STARTS = "*"
NAMES = "*.tflite"
TITLE = "TensorFlow Lite"

_CODES, _CUSTOM = 1, 1
_FLEX = "Flex"
_NAMED = re.compile(rb"Flex([A-Z][A-Za-z0-9]{1,60})")
_MOST_BROKEN = 16 << 20
"""Bytes of a broken file that are searched for operators of TensorFlow by their names."""
_SHIPPED = frozenset({
    "TFLite_Detection_PostProcess", "Mfcc", "AudioSpectrogram", "NumericVerify", "RFFT2D", "Irfft2d", "HashtableV2",
    "edgetpu-custom-op", "ethos-u", "Convolution2DTransposeBias", "MaxPoolingWithArgmax2D", "MaxUnpooling2D",
    "TransformTensorBilinear", "TransformLandmarks", "Landmarks2TransformMatrix", "RandomStandardNormal",
    "RandomUniform", "Multinomial", "AssignVariable", "ReadVariable", "VarHandle", "Roll", "Dense_Image_Warp",
    "TFSentencepieceTokenizeOp", "TFSentencepieceDetokenizeOp", "WhitespaceTokenizeWithOffsetsV2",
    "NGramsStringJoin", "RaggedTensorToTensor", "XNNPACKConv2D", "TfLiteXNNPackDelegate",
    "odml.scaled_dot_product_attention", "Ngrams", "tftext:WhitespaceTokenizeWithOffsetsV2",
})  # fmt: skip


def looks(file: File) -> bool:
    """Return whether the identifier of the schema stands at offset 4."""
    return file.head[4:8] == b"TFL3"


def read(file: File, report: Report) -> None:
    """Add a step for every operator that the interpreter does not bring itself."""
    from depscan.loading.graphdef import Graphs
    from depscan.loading.protobuf import wire_of

    buffer = Flatbuffer(file.source)
    graphs = Graphs(wire_of(b""), report)
    count = 0
    try:
        for code in buffer.tables(buffer.root(), _CODES):
            count += 1
            name = buffer.text(code, _CUSTOM)
            if name.startswith(_FLEX):
                graphs.operator(name.removeprefix(_FLEX), code)
            elif name:
                shipped = name in _SHIPPED
                why = (
                    "an operator of MediaPipe or TensorFlow's own extras"
                    if shipped
                    else "native code must bring this operator"
                )
                report.add(
                    Step(
                        "load.operator",
                        ODD if shipped else FOREIGN,
                        "custom-operator",
                        f"{name}(...)",
                        why,
                        callee=name,
                        does="code.load-native",
                        at=code,
                    )
                )
    except ValueError as error:
        for match in _NAMED.finditer(file.bytes(_MOST_BROKEN)):
            graphs.operator(match[1].decode("ascii"), match.start())
        report.gap(f"broken: {error}")
    if count and not report.steps:
        report.add(Step("load.operator", KNOWN, "operators", f"{count} operators", "all are TensorFlow's own"))

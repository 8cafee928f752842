"""Judge operators of torch that a program in a file names: TorchScript text and exported graphs.

Nearly all of them only compute. Some read or write files, call other machines or Python; those of other namespaces come
from a native library that a package has to register.
"""

from __future__ import annotations

from typing import NamedTuple

from depscan.loading.steps import FOREIGN, HOSTILE, KNOWN, ODD

_COMPUTING = frozenset({
    "aten", "prim", "prims", "quantized", "_quantized", "quantized_decomposed", "quantization", "mkldnn",
    "mkldnn_prepacked", "mkl", "onednn", "onnx", "sparse", "inductor", "inductor_prims", "static_runtime", "profiler",
    "prepacked", "vulkan_prepack", "metal_prepack", "vulkan", "metal", "rngprims", "export", "higher_order", "_native",
    "_caffe2", "streams", "cuda", "xnnpack", "debug_mode_ops", "torchao", "cudnn", "nvprims", "caffe2",
})  # fmt: skip
"""Namespaces that torch itself registers and that compute; torchao's are registered by torch.ao."""

_VOUCHED = {
    "torchvision": "torchvision",
    "torchaudio": "torchaudio",
    "image": "torchvision",
    "video_reader": "torchvision",
}
_DEVICES = frozenset({"c10d", "_c10d_functional", "_c10d_functional_autograd", "_dtensor", "symm_mem"})
_PACKAGES = {
    "torch_scatter": "torch-scatter", "torch_sparse": "torch-sparse", "torch_cluster": "torch-cluster",
    "torchtext": "torchtext", "fbgemm": "fbgemm-gpu", "tensorrt": "torch-tensorrt", "neuron": "torch-neuron",
    "pyg": "pyg-lib", "torch_spline_conv": "torch-spline-conv", "executorch": "executorch",
    "ipex": "intel-extension-for-pytorch",
    "torch_ipex": "intel-extension-for-pytorch",
    "flash_attn": "flash-attn", "xformers": "xformers", "llama": "executorch",
}  # fmt: skip


class Judged(NamedTuple):
    """What an operator is: verdict and slug of a step, why, what it does, whose it is."""

    verdict: str
    slug: str
    why: str
    does: str = ""
    package: str = ""


_HARMFUL = {
    "save": ("file.write", "writes a file wherever the program wants"),
    "from_file": ("file.read", "maps a file into memory and, when shared, creates or writes it"),
    "load": ("deserialize", "loads another file"),
    "load_tensor": ("deserialize", "loads a tensor from a file"),
    "load_library": ("code.load-native", "loads a native library"),
    "rpc_async": ("net.send", "calls a function on another machine"),
    "rpc_sync": ("net.send", "calls a function on another machine"),
    "rpc_remote": ("net.send", "calls a function on another machine"),
    "PythonOp": ("code.eval", "calls into Python"),
    "IgnoredPythonOp": ("code.eval", "calls into Python"),
    "read_file": ("file.read", "reads a file"),
    "write_file": ("file.write", "writes a file"),
}
HARMFUL = frozenset(_HARMFUL)

COMPUTES = Judged(KNOWN, "operator", "computes on tensors")


def judge(namespace: str, name: str) -> Judged:
    """Return what an operator is.

    Args:
        namespace: ``aten``.
        name: ``linear``, with or without its overload (``linear.default``).
    """
    harm = _HARMFUL.get(name.partition(".")[0])
    if harm is not None and namespace not in _PACKAGES:
        return Judged(HOSTILE, "operator", f"an operator that {harm[1]}: a model has no use for it", harm[0])
    if namespace in _COMPUTING:
        return COMPUTES
    if namespace in _VOUCHED:
        return Judged(KNOWN, "operator", f"computes; registered by {_VOUCHED[namespace]}", "", _VOUCHED[namespace])
    if namespace in _DEVICES:
        return Judged(ODD, "operator", "exchanges tensors with other processes of a running group")
    package = _PACKAGES.get(namespace, "")
    whose = f"the package {package} registers" if package else "nobody here knows"
    return Judged(FOREIGN, "operator", f"an operator of a native library that {whose}", "", package or namespace)

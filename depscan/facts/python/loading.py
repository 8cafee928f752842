"""What loaders of models and data sets call in the modules that come along, as soon as they have imported them.

Sources: inference toolkits (``EndpointHandler``, ``PreTrainedPipeline``, ``model_fn``), TorchServe (``initialize``),
Triton (``TritonPythonModel.initialize``), MLflow (``load_context``, ``_load_pyfunc``), datasets (``_info`` ...),
``torch.hub`` (every public function of hubconf.py may be the entry), ``generate(custom_generate=...)``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.facts.fact import LOAD
from depscan.facts.python.invoke import call_function
from depscan.facts.python.values import Class, Func, Obj

if TYPE_CHECKING:
    from collections.abc import Callable

    from depscan.facts.python.machine import Machine, Module

_MADE = frozenset({"EndpointHandler", "PreTrainedPipeline", "TritonPythonModel"})
"""Classes that servers make by their names."""
_BASES = (
    "PreTrainedModel", "PretrainedConfig", "PreTrainedConfig", "PreTrainedTokenizer", "PreTrainedTokenizerFast",
    "ProcessorMixin", "ModelMixin", "ConfigMixin", "DiffusionPipeline", "nn.Module", "torch.nn.Module", "Pipeline",
    "ImageProcessingMixin", "FeatureExtractionMixin", "BaseImageProcessor", "BaseHandler", "PythonModel", "Tool",
    "SequenceFeatureExtractor", "InputModule",
)  # fmt: skip
"""Ends of the names of classes whose children a loader makes."""
_BUILDERS = ("GeneratorBasedBuilder", "ArrowBasedBuilder", "BeamBasedBuilder", "DatasetBuilder")
_AT_ONCE = ("__new__", "__init__", "setup", "initialize", "load_context", "load")
_OF_DATA = ("__init__", "_info", "_split_generators", "_generate_examples", "_generate_tables", "_download_and_prepare")
_FUNCTIONS = frozenset({"_load_pyfunc", "model_fn", "generate", "init", "load_model", "load_pipeline"})
_FUEL = 60_000
_MOST = 200


def run_loading(m: Machine, module: Module) -> None:
    """Call what a loader calls of a module that was just run."""
    hub = module.path.rpartition("/")[2] == "hubconf.py"
    for name, value in list(module.scope.names.items())[:_MOST]:
        if isinstance(value, Func) and (name in _FUNCTIONS or (hub and not name.startswith("_"))):
            _run(m, module, lambda fn=value: call_function(m, fn, [], {}, fn.node))  # type: ignore[misc]
        elif isinstance(value, Class):
            _class(m, module, name, value)


def _class(m: Machine, module: Module, name: str, cls: Class) -> None:
    base = cls.foreign()
    data = base.endswith(_BUILDERS)
    if not data and name not in _MADE and not base.endswith(_BASES):
        return
    made = cls.made = cls.made or Obj(cls)
    for method in _OF_DATA if data else _AT_ONCE:
        found = cls.find(method)
        if isinstance(found, Func) and id(found.node) not in m.reached:
            fn = found if found.kind in {"static", "class"} else found.bind(made)
            _run(m, module, lambda fn=fn: call_function(m, fn, [], {}, fn.node))  # type: ignore[misc]


def _run(m: Machine, module: Module, job: Callable[[], object]) -> None:
    """Run a part of a module as loading does, with the machine's place put back afterwards."""
    held = (m.when, m.module, m.container, m.guards, m.frames)
    m.when, m.module, m.container, m.guards, m.frames = LOAD, module, module.container, [], []
    try:
        m.granted(_FUEL, job, share=False)
    finally:
        m.when, m.module, m.container, m.guards, m.frames = held

"""MLmodel of MLflow: flavours name a module that loads the model, code that goes on the import path, and pickles.

Source: MLflow model format; ``mlflow.pyfunc.load_model`` imports ``loader_module`` after adding ``code`` to sys.path.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.loading.dotted import add_library, listed
from depscan.loading.plain import key_of, text_of, walk
from depscan.loading.steps import HOSTILE, KNOWN, ODD, Report, Step
from depscan.loading.yamltext import read_yaml

if TYPE_CHECKING:
    from depscan.loading.file import File

STARTS = "*"
NAMES = "mlmodel"
TITLE = "MLflow model"

_LIMIT = 1 << 20
_PATHS = frozenset({"code", "python_model", "model_path", "data", "pickled_model", "model_code_path", "path", "uri",
                    "model_data"})  # fmt: skip
_FLAVORS = frozenset(f"mlflow.{name}" for name in (
    "catboost", "diviner", "dspy", "fastai", "gluon", "h2o", "haystack", "johnsnowlabs", "keras", "langchain",
    "langchain.chat_agent_langgraph", "lightgbm", "llama_index", "mleap", "onnx", "openai", "paddle", "pmdarima",
    "promptflow", "prophet", "pyfunc", "pyfunc.model", "pytorch", "sentence_transformers", "shap", "sklearn", "spacy",
    "spark", "statsmodels", "tensorflow", "transformers", "xgboost",
))  # fmt: skip
"""Modules of MLflow that load a flavor of its own: what they read lies beside and is read by itself."""


def looks(file: File) -> bool:
    """Return whether it is a YAML mapping of this name with flavours."""
    return file.name == "mlmodel" and b"flavors" in file.bytes(_LIMIT)


def read(file: File, report: Report) -> None:
    """Add the loader, the code and the pickles that loading uses."""
    from depscan.loading.tags import read_tags

    document = read_yaml(text_of(file, _LIMIT))
    read_tags(document, file, report)
    if document.error:
        report.gap(f"MLmodel: {document.error}")
    for value in document.values:
        for path, held in walk(value):
            if isinstance(held, str) and held not in {"null", "~", ""}:
                _entry(file, report, path, held)


def _entry(file: File, report: Report, path: str, value: str) -> None:
    key = key_of(path)
    if key == "loader_module":
        _loader(file, report, value)
    elif key in _PATHS and "flavors" in path and _leads_out(value):
        report.add(Step("load.path", HOSTILE, "external-path", f"{path}: {value}", "leads out of the model's folder",
                        "", (value,)))  # fmt: skip
    elif key in {"code", "model_code_path"} and "flavors" in path:
        why = "goes on the import path and is imported when the model is loaded; it is read by itself"
        report.add(Step("load.code", ODD, "bundled-code", f"{path}: {value}", why, "", (value,)))


def _loader(file: File, report: Report, module: str) -> None:
    shown = f"loader_module: {module}"
    first = module.partition(".")[0]
    local = next((p for p in sorted(file.beside) if p.endswith((f"/{first}.py", f"/{first}/__init__.py"))
                  or p == f"{first}.py"), "")  # fmt: skip
    if module in _FLAVORS or module.startswith("mlflow.pyfunc.loaders."):
        report.add(
            Step(
                "load.import",
                KNOWN,
                "loader-module",
                shown,
                "a flavor of MLflow itself: what it loads lies beside and is read by itself",
                module,
            )
        )
    elif listed("libraries", first) is None or local:
        add_library(report, module, shown, "loader-module", local=local)


def _leads_out(value: str) -> bool:
    return value.startswith(("/", "~", "\\")) or ".." in value.replace("\\", "/").split("/") or "://" in value

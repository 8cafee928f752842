"""Judge a class or function that a Keras configuration names, by its module and name.

Keras looks first among objects that are registered in the process, then below ``keras``, then imports the module
that the configuration names (``keras.src.saving.serialization_lib._retrieve_class_or_fn``).
"""

from __future__ import annotations

import sys
from functools import lru_cache
from typing import NamedTuple

from depscan.loading.data import acts, table
from depscan.loading.steps import FOREIGN, HOSTILE, KNOWN

_ROOTS = ("keras", "tf_keras", "keras_core", "tensorflow.keras", "tensorflow.python.keras", "tensorflow_core.keras")
_PLAIN = frozenset({
    "__tensor__", "__numpy__", "__bytes__", "__ellipsis__", "__keras_tensor__", "__slice__", "__tuple__", "__complex__",
    "TensorShape", "TypeSpec", "CompositeTensor", "__dtype__", "__set__", "__dict__",
})  # fmt: skip
_TAGS = frozenset({"__tensor__", "__numpy__", "__bytes__", "__ellipsis__", "__slice__", "__keras_tensor__"})
"""Those that every Keras takes for data before it looks at the module."""
_BUILTIN_FUNCTIONS = frozenset({
    "eval", "exec", "compile", "__import__", "open", "getattr", "setattr", "delattr", "input", "breakpoint", "globals",
    "vars", "map", "filter", "type", "memoryview", "print", "help", "exit", "quit", "locals", "dir",
})  # fmt: skip
_SHELL = frozenset({"os", "posix", "nt", "subprocess", "pty", "commands", "_posixsubprocess"})
_TYPE_SPECS = ("tensorflow", "keras", "tf_keras")


class Judged(NamedTuple):
    """What a name stands for."""

    verdict: str
    slug: str
    why: str
    does: str = ""
    package: str = ""


_DATA = Judged(KNOWN, "class", "plain data")


@lru_cache(maxsize=1)
def _classes() -> frozenset[str]:
    return frozenset(name for row in table("keras")["classes"] for name in row["names"].split())


@lru_cache(maxsize=1)
def _functions() -> frozenset[str]:
    return frozenset(name for row in table("keras")["functions"] for name in row["names"].split())


@lru_cache(maxsize=1)
def _acting() -> frozenset[str]:
    return frozenset(part for row in table("keras")["acting"] for part in row["modules"])


def of_class(name: str, module: str | None, registered: str | None) -> Judged:
    """Judge a class.

    Args:
        name: ``class_name``.
        module: ``module``; None where the configuration has none (older Keras, registered objects).
        registered: ``registered_name``.
    """
    if name in _PLAIN and (name in _TAGS or not module or module == "builtins" or _keras(module) is not None):
        return _DATA
    if registered and ">" in registered and registered != name:
        return _custom(name, registered)
    if module and module != "builtins" and _keras(module) is None:
        return of_import(name, module)
    act = acts("keras").get(name)
    if act is not None:
        return Judged(act.verdict, "keras-function" if act.verdict == HOSTILE else "keras-class", act.why, act.does)
    inside = _keras(module or "keras") or ""
    if _acts(inside, name):
        return Judged(
            HOSTILE, "keras-function", "keras has no layer there, but functions that act", "code.import-dynamic"
        )
    if name in _classes() and module != "builtins":
        return Judged(KNOWN, "class", "a class of Keras that is built from numbers and text")
    if module == "builtins" and name in _BUILTIN_FUNCTIONS:
        return Judged(HOSTILE, "import", "a function of Python, not a layer", "code.eval")
    if module and module != "builtins":
        return Judged(FOREIGN, "keras-class", "a name of keras that is not on the list of its classes", package="keras")
    return _custom(name, registered or "")


def of_function(name: str, module: str | None) -> Judged:
    """Judge a function that is named by ``class_name: function``."""
    inside = _keras(module) if module else None
    if module and module != "builtins" and inside is None:
        return of_import(name, module)
    act = acts("keras").get(name)
    if act is not None:
        return Judged(act.verdict, "keras-function", act.why, act.does)
    if inside is not None and _acts(inside, name):
        return Judged(HOSTILE, "keras-function", "that module of keras holds functions that act", "code.import-dynamic")
    if name in _functions():
        return Judged(KNOWN, "function", "a function of Keras on tensors")
    if inside is None and name in _BUILTIN_FUNCTIONS:
        return Judged(HOSTILE, "import", "a function of Python itself", "code.eval")
    if inside is not None:
        return Judged(FOREIGN, "keras-function", "a function of keras that is not on the list", package="keras")
    return _custom(name, "")


def of_type_spec(module: str | None) -> Judged:
    """Judge the module of a ``__typespec__``: it is imported."""
    if not module or module.partition(".")[0] in _TYPE_SPECS:
        return _DATA
    return of_import("", module)


def of_operator(name: str) -> Judged:
    """Judge a function of TensorFlow that a TFOpLambda layer calls."""
    (row,) = table("keras")["operators"]
    parts = name.split(".")
    if any(part in row["refused"] or part.startswith("_") for part in parts if part != "__operators__"):
        return Judged(HOSTILE, "operator", "a function of TensorFlow that touches more than tensors", "file.read")
    if len(parts) == 1 or any(name.startswith(f"{prefix}.") for prefix in row["prefixes"]):
        return Judged(KNOWN, "operator", "arithmetic of TensorFlow")
    return Judged(FOREIGN, "operator", "a function of TensorFlow that is not on the list", package="tensorflow")


def _keras(module: str) -> str | None:
    """Return the part of a module's name below Keras; None when it is not of Keras."""
    for root in _ROOTS:
        if module == root:
            return ""
        if module.startswith(f"{root}."):
            return module[len(root) + 1 :]
    return None


def _acts(inside: str, name: str) -> bool:
    """Whether a module of Keras is one that holds what acts, apart from the classes that stand there too."""
    rest = inside.removeprefix("src.")
    found = any(rest == part or rest.startswith(f"{part}.") for part in _acting())
    return found and name not in _classes()


def _custom(name: str, registered: str) -> Judged:
    package, mark, _ = registered.partition(">")
    why = f"a class or function of somebody's own ({registered or name}): loading needs the code that registers it"
    return Judged(FOREIGN, "custom-object", why, package=_distribution(package) if mark else "")


def _distribution(package: str) -> str:
    word = package.strip().lower().replace("_", "-")
    known = {
        "keras-hub",
        "keras-nlp",
        "keras-cv",
        "keras-tuner",
        "tensorflow-addons",
        "tensorflow-probability",
        "keras-rs",
    }
    return {"addons": "tensorflow-addons", "kerastuner": "keras-tuner"}.get(word, word if word in known else "")


def of_import(name: str, module: str) -> Judged:
    """Judge a name of a module that is not of Keras: the loader imports it."""
    top = module.partition(".")[0]
    if top in sys.stdlib_module_names or top.startswith("_") or top == "builtins":
        does = "shell.run" if top in _SHELL else "code.eval" if top == "builtins" else "code.import-dynamic"
        why = f"{module}.{name} is Python's own and no layer: the loader imports what the file names (CVE-2025-1550)"
        return Judged(HOSTILE, "import", why, does)
    if top == "__main__":
        return _custom(name, "")
    why = f"the loader imports {module} because the configuration says so"
    return Judged(FOREIGN, "import", why, "code.import-dynamic", top.replace("_", "-"))

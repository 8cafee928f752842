"""Code that the settings of a model name: ``auto_map`` and its relations, in whatever settings file they stand.

Sources: transformers ``dynamic_module_utils.get_class_from_dynamic_module`` (``[repo--]module.Class``; the second
repository is pinned by ``code_revision``, not by ``revision``), ``PreTrainedModel`` (``attn_implementation`` that
names a kernel of the hub), ``pipelines`` (``custom_pipelines``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from depscan.loading.plain import key_of, walk
from depscan.loading.steps import FOREIGN, HOSTILE, ODD, Report, Step

if TYPE_CHECKING:
    from depscan.loading.file import File

_SECOND = re.compile(r"(?P<repo>[^\s]*?)--(?P<rest>.*)", re.DOTALL)
_LOCAL = re.compile(r"[A-Za-z_][\w./-]*\Z")
_KERNEL = re.compile(r"(?:[\w|]+\|)?[\w.-]+/[\w.-]+(?:@[\w./-]+)?(?::[\w.]+)?\Z")
_DTYPE = re.compile(
    r"(?:torch\.|jnp\.|numpy\.)?(?:auto|none|half|float|double|bool|long|short|int|byte|u?int\d{1,2}|b?float\d{1,2}"
    r"(?:_e\d+m\d+(?:fn|fnuz)*)?|complex\d+|fp\d+|bf16|tf32|q?u?int\d|mxfp\d|nvfp\d|nf\d)\Z",
    re.IGNORECASE,
)
_ATTENTION = frozenset({"attn_implementation", "_attn_implementation", "_attn_implementation_internal",
                        "_experts_implementation", "experts_implementation"})  # fmt: skip
_DTYPES = frozenset({"torch_dtype", "dtype"})
_PATHS = frozenset({"_name_or_path", "name_or_path", "base_model_name_or_path"})


def code_references(settings: object) -> Iterator[tuple[str, str]]:
    """Yield (key, reference) for every piece of code that settings name: ``module.Class`` or ``repo--module.Class``."""
    for path, value in walk(settings):
        if isinstance(value, str) and value and _names_code(path, value):
            yield path, value


def _names_code(path: str, value: str) -> bool:
    parts = [part.partition(" (")[0] for part in path.split(".")]
    if "auto_map" in parts[:-1] or parts[-1] in {"auto_map", "custom_pipeline", "custom_generate"}:
        return True
    if "custom_pipelines" in parts[:-1]:
        return parts[-1] == "impl" or "--" in value
    return parts[-1] == "pretrained_cfg_code"


def module_path(reference: str) -> str:
    """Return the path of the module file that a reference without a second repository names.

    ``modeling_x.Model`` is ``modeling_x.py``; a name without a dot is a module itself.
    """
    module = reference.rpartition(".")[0] or reference
    return module.removesuffix(".py").replace(".", "/").lstrip("/") + ".py"


def read_settings(settings: object, file: File, report: Report) -> None:
    """Add the steps of everything in a settings object that leads to code.

    Args:
        settings: what the JSON (or YAML) holds.
        file: where it stands; the files beside it decide whether the code it names comes along.
        report: takes the steps.
    """
    for path, reference in code_references(settings):
        add_reference(file, report, path, reference)
    for path, value in walk(settings):
        key = key_of(path)
        judge = _BY_KEY.get(key)
        if judge is not None:
            judge(path, value, report)


def add_reference(file: File, report: Report, path: str, reference: str) -> None:
    """Add the step of one reference to code."""
    second = _SECOND.match(reference)
    shown = f"{path}: {reference}"
    if _leads_out(reference):
        why = "the code it names stands outside the repository: a path or an address in place of a module"
        report.add(Step("load.code", HOSTILE, "code-outside", shown, why, "", (reference,), "code.import-dynamic"))
    elif second is not None:
        repository = second["repo"]
        why = (
            f"the code comes from a second repository ({repository[:100]}), which the pin of this one (revision) does "
            "not hold: only code_revision does"
        )
        report.add(
            Step("load.code", FOREIGN, "second-repository", shown, why, "", (reference,), "code.import-dynamic",
                 repository[:200])
        )  # fmt: skip
    elif local_module(file, reference):
        why = "remote code: loading with trust_remote_code runs this module; it comes along and is read by itself"
        report.add(Step("load.code", ODD, "remote-code", shown, why, "", (reference, local_module(file, reference))))
    else:
        why = "the module it names does not come along: code from elsewhere runs when the model is loaded"
        report.add(Step("load.code", FOREIGN, "missing-module", shown, why, "", (reference,), "code.import-dynamic"))


def local_module(file: File, reference: str) -> str:
    """Return the path, as in ``beside``, of the module file that a reference names; "" when it does not come along."""
    whole = reference.removesuffix(".py").replace(".", "/")
    candidates = (module_path(reference), f"{whole}.py", f"{whole}/__init__.py", f"{whole}/pipeline.py",
                  f"{whole}/generate.py")  # fmt: skip
    for candidate in candidates:
        for folder in (file.folder, ""):
            if folder + candidate in file.beside:
                return folder + candidate
    return ""


def _leads_out(reference: str) -> bool:
    rest = _SECOND.sub(lambda match: match["rest"], reference)
    return (
        ".." in reference or "://" in reference or "\\" in reference or "\0" in reference
        or rest.startswith(("/", "~")) or not _LOCAL.match(rest)
    )  # fmt: skip


def _attention(path: str, value: object, report: Report) -> None:
    """Judge the name of an attention: one with a slash is a kernel that is downloaded and loaded as native code."""
    for held in value.values() if isinstance(value, Mapping) else (value,):
        if isinstance(held, str) and ("/" in held or "--" in held or "://" in held):
            kernel = bool(_KERNEL.match(held))
            why = "names a kernel: native code of another repository is downloaded and loaded, no trust is asked for"
            report.add(
                Step("load.native", FOREIGN if kernel else HOSTILE, "hub-kernel", f"{path}: {held}", why, "", (held,),
                     "code.load-native", held.partition(":")[0].partition("@")[0][:200])
            )  # fmt: skip


def _dtype(path: str, value: object, report: Report) -> None:
    if isinstance(value, str) and value and not _DTYPE.match(value):
        why = "no type of tensors: loaders look this name up in a module"
        report.add(Step("load.layout", ODD, "odd-dtype", f"{path}: {value}", why, "", (value,)))


def _path(path: str, value: object, report: Report) -> None:
    if isinstance(value, str) and (value.startswith(("/", "~", "\\\\")) or value[1:3] in {":\\", ":/"}):
        why = "a path of the machine it was made on: a loader may look there"
        report.add(Step("load.path", ODD, "absolute-name", f"{path}: {value}", why, "", (value,)))


def _activation(path: str, value: object, report: Report) -> None:
    """Judge an activation by a dotted name: sentence encoders import it."""
    from depscan.loading.dotted import add_name

    if isinstance(value, str) and "." in value:
        add_name(report, value, f"{path}: {value}", "activation")


def _trust(path: str, value: object, report: Report) -> None:
    if value is True or (isinstance(value, str) and value.lower() in {"true", "1", "yes"}):
        why = "the settings themselves ask for code of a repository to be run; the caller should decide that"
        report.add(Step("load.code", ODD, "trust-in-file", f"{path}: true", why))


def _loader(path: str, value: object, report: Report) -> None:
    from depscan.loading.dotted import add_library

    if isinstance(value, str):
        add_library(report, value, f"{path}: {value}", "loader-module")


_BY_KEY: dict[str, Callable[[str, object, Report], None]] = {
    **dict.fromkeys(_ATTENTION, _attention),
    **dict.fromkeys(_DTYPES, _dtype),
    **dict.fromkeys(_PATHS, _path),
    **dict.fromkeys(
        ("activation_function", "activation_fn", "similarity_fct", "loss_fct", "tokenizer_class"), _activation
    ),
    "trust_remote_code": _trust,
    "loader_module": _loader,
}

"""Which folders are model repositories, and which of their Python files run when the model is loaded.

An ordinary Python project is none: weights or a ``handler.py`` beside a project file prove nothing; settings that only
models have do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from depscan.loading.automap import code_references, local_module
from depscan.loading.plain import json_of, object_of, text_of

if TYPE_CHECKING:
    from depscan.loading.file import File

SETTINGS = frozenset({
    "config.json", "tokenizer_config.json", "preprocessor_config.json", "processor_config.json",
    "video_preprocessor_config.json", "generation_config.json", "feature_extractor_config.json",
    "image_processor_config.json", "adapter_config.json", "config_sentence_transformers.json",
    "scheduler_config.json", "model_index.json", "modules.json", "configuration.json",
})  # fmt: skip
"""Settings files that loaders of models read by their names."""

MODEL_KEYS = frozenset({
    "auto_map", "model_type", "architectures", "transformers_version", "_diffusers_version", "peft_type",
    "tokenizer_class", "processor_class", "image_processor_type", "feature_extractor_type", "custom_pipelines",
    "quantization_config", "_class_name", "_name_or_path", "attn_implementation", "_attn_implementation",
    "_attn_implementation_internal", "_commit_hash", "torch_dtype", "auto_mapping", "loader_module",
    "chat_template", "added_tokens_decoder", "model_max_length",
})  # fmt: skip
"""Keys that only settings of models have."""

_WEIGHTS = ("*.safetensors", "*.gguf", "*.onnx", "pytorch_model*.bin", "*.ckpt", "*.pt", "*.pth", "*.h5", "*.keras",
            "*.msgpack", "*.pkl", "*.joblib", "*.skops", "tf_model*", "*.nemo", "*.bin")  # fmt: skip
_PROJECT = frozenset({"pyproject.toml", "setup.py", "setup.cfg", "package.json", "pipfile", "tox.ini"})
_REMOTE = ("modeling_*.py", "configuration_*.py", "tokenization_*.py", "processing_*.py", "image_processing_*.py",
           "feature_extraction_*.py", "modular_*.py", "pipeline.py", "custom_generate.py")  # fmt: skip
_FIXED = {
    "handler.py": "an inference server imports it and makes its EndpointHandler when the model is loaded",
    "hubconf.py": "torch.hub.load runs it",
    "custom_generate/generate.py": "generate() loads and runs it",
    "code/inference.py": "an inference server imports it when the model is loaded",
    "custom_generate.py": "generate() loads and runs it",
    "__init__.py": "an import of the folder runs it: node collections and tools are loaded so",
    "sitecustomize.py": "Python runs it at its start, when the folder is on its path",
    "usercustomize.py": "Python runs it at its start, when the folder is on its path",
    "conftest.py": "pytest runs it, whatever it was started for",
}
_ENDPOINT = re.compile(
    rb"\bEndpointHandler\b|^\s*(?:import|from)\s+(?:torch|transformers|diffusers|tensorflow|onnxruntime|keras|peft|"
    rb"sentence_transformers|safetensors|optimum|vllm|llama_cpp|huggingface_hub)\b",
    re.MULTILINE,
)
_BUILDER = re.compile(rb"class\s+\w+\s*\(\s*(?:[\w.]+\.)?(?:GeneratorBased|ArrowBased|Beam|Dataset)Builder\s*\)")
DATA_SET = "load_dataset runs it (datasets before 4.0"
"""How the reason of a data set's script begins."""
_CARD = re.compile(
    r"^(?:library_name|pipeline_tag|base_model|task_categories|dataset_info|datasets|model-index|model_name)\s*:",
    re.MULTILINE,
)
_SPACE = re.compile(r"^sdk\s*:\s*['\"]?(?:gradio|streamlit|docker|static)\b", re.MULTILINE)
_APP_FILE = re.compile(r"^app_file\s*:\s*['\"]?([\w./-]+\.py)", re.MULTILINE)
_METADATA = frozenset({"metadata", "pkg-info", "record"})
_IMPORT = re.compile(rb"^\s*from\s+(\.[\w.]*)\s+import\s+([\w, ()*]+)|^\s*import\s+([\w.]+)", re.MULTILINE)
_PYTHON_BACKEND = re.compile(rb"(?:^|[\s,;])(?:backend|platform)\s*:\s*[\"']python[\"']", re.MULTILINE)
_VERSIONED = re.compile(r"\d+/model\.py\Z")
_LIMIT = 1 << 20
_BARE = 16
"""Bytes up to which settings can be empty."""
_DATA = (".csv", ".json", ".jsonl", ".parquet", ".arrow", ".md", ".txt", ".yaml", ".yml", ".tsv", ".zip", ".gz",
         ".gitattributes", ".tar")  # fmt: skip


def model_folders(files: Mapping[str, File]) -> dict[str, str]:
    """Return the folders ("" or with a slash at the end) that are model repositories, and what says so."""
    found: dict[str, str] = {}
    projects = set(_project_folders(files))
    for path in sorted(files):
        folder = path[: path.rfind("/") + 1]
        if folder in found:
            continue
        inside_project = any(folder.startswith(project) for project in projects)
        why = _marks(files[path], weak=not inside_project)
        if why:
            top = folder.removesuffix("custom_generate/").removesuffix("MAR-INF/")
            found[top] = f"{why}: {path[-200:]}"
    return found


def _project_folders(files: Mapping[str, File]) -> Iterator[str]:
    """Yield the folders of Python projects and installed packages."""
    for path in files:
        folder, name = path[: path.rfind("/") + 1], path.rpartition("/")[2].lower()
        if name in _PROJECT:
            yield folder
        elif name in _METADATA and (folder.endswith((".dist-info/", ".egg-info/")) or name == "pkg-info"):
            yield folder[: folder.rstrip("/").rfind("/") + 1] if "-info/" in folder else folder


def in_model(file: File) -> bool:
    """Return whether a file stands in a model repository, or by itself, where the reader cannot know."""
    if len(file.beside) <= 1:
        return True
    if not _LAST or _LAST[0][0] is not file.beside:
        _LAST[:] = [(file.beside, tuple(model_folders(file.beside)))]
    return any(file.path.startswith(folder) for folder in _LAST[0][1])


_LAST: list[tuple[Mapping[str, File], tuple[str, ...]]] = []
"""The folder or archive that was asked about last: many of its files ask the same."""


def _marks(file: File, *, weak: bool) -> str:
    name = file.name
    if name in SETTINGS:
        return _marks_settings(file) or (_weak_mark(file) if weak else "")
    if name in {"config.pbtxt", "manifest.json"}:
        return _marks_server(file)
    if name == "mlmodel" and b"flavors:" in file.bytes(_LIMIT):
        return "an MLflow model"
    if name in {"generate.py", "hubconf.py"}:
        whole = name == "hubconf.py" or file.folder.endswith("custom_generate/")
        return "code that loading runs" if whole else ""
    if name == "readme.md":
        return "a model card" if _is_card(file) else "an application" if _SPACE.search(_front(file)) else ""
    if name == "tool_config.json":
        return "a tool of an agent" if "tool_class" in object_of(file) else ""
    return _weak_mark(file) if weak else ""


def _marks_settings(file: File) -> str:
    if file.name == "modules.json":
        value = json_of(file)
        listed = isinstance(value, list) and value and all(isinstance(v, dict) and "type" in v for v in value)
        return "modules of a sentence encoder" if listed else ""
    settings = object_of(file)
    return "settings of a model" if any(key in settings for key in MODEL_KEYS) else ""


def _marks_server(file: File) -> str:
    if file.name == "config.pbtxt":
        return "settings of a model server" if _PYTHON_BACKEND.search(file.bytes(_LIMIT)) else ""
    return "a manifest of a model server" if file.folder.endswith("MAR-INF/") and "model" in object_of(file) else ""


def _is_card(file: File) -> bool:
    return bool(_CARD.search(_front(file)))


def _front(file: File) -> str:
    """Return the settings at the top of a page; "" when it has none."""
    head = file.bytes(1 << 14).decode("utf-8", "replace").lstrip("\ufeff")
    return head.partition("\n---")[0] if head.startswith("---") else ""


def _weak_mark(file: File) -> str:
    if file.name == "config.json":
        return "settings that are empty" if file.size < _BARE and json_of(file) == {} else ""
    if file.name == "handler.py":
        return "a handler of an inference server" if _ENDPOINT.search(file.bytes(_LIMIT)) else ""
    if file.name.endswith(".py"):
        return "a loading script of a data set" if _BUILDER.search(file.bytes(_LIMIT >> 2)) else ""
    if file.name == "dataset_infos.json":
        return "the description of a data set"
    weights = any(fnmatchcase(file.name, glob) for glob in _WEIGHTS) and file.size > 0
    return "weights" if weights and not file.folder.startswith(("test", "doc", "example")) else ""


def code_at_load(files: Mapping[str, File], name: str = "") -> dict[str, str]:
    """Return the Python files that run when a model or data set is loaded, and why each does.

    Args:
        files: every file of a folder or archive by path.
        name: of the folder or archive: a data set's script has it.
    """
    found: dict[str, str] = {}
    folders = model_folders(files)
    for folder in folders:
        for path, why in _of_folder(files, folder):
            found.setdefault(path, why)
    if name:
        for path, why in _script(files, name):
            found.setdefault(path, why)
    _follow_imports(files, found)
    return found


def _of_folder(files: Mapping[str, File], folder: str) -> Iterator[tuple[str, str]]:
    for path in sorted(files):
        if not path.startswith(folder):
            continue
        file = files[path]
        relative = path[len(folder) :]
        if file.name in SETTINGS or relative.lower() == "mlmodel":
            yield from _named_by(file)
        elif file.name == "tool_config.json":
            yield from _of_tool(file)
        elif relative.lower() == "readme.md":
            yield from _of_space(file)
        elif relative == "MAR-INF/MANIFEST.json":
            yield from _of_manifest(file, folder)
        elif _VERSIONED.match(relative) and f"{folder}config.pbtxt" in files:
            yield path, "the Python back end of an inference server runs it when the model is loaded"
        elif relative in _FIXED:
            yield path, _FIXED[relative]
        elif relative.endswith(".py") and "/" not in relative:
            yield from _by_name(file)


def builds_data(file: File) -> bool:
    """Return whether a Python file has a class that ``load_dataset`` looks for."""
    return bool(_BUILDER.search(file.bytes(_LIMIT)))


def _by_name(file: File) -> Iterator[tuple[str, str]]:
    if builds_data(file):
        yield file.path, f"{DATA_SET}, with trust_remote_code since 2.20)"
    elif any(fnmatchcase(file.name, glob) for glob in _REMOTE):
        yield file.path, "has the name of remote code: loading with trust_remote_code runs it"


def _named_by(file: File) -> Iterator[tuple[str, str]]:
    if file.name == "mlmodel":
        yield from _of_mlmodel(file)
        return
    for key, reference in (*code_references(json_of(file)), *_components(file)):
        path = local_module(file, reference)
        if path:
            yield path, f"{file.name} names it ({key[:100]}): loading with trust_remote_code runs it"


def _of_tool(file: File) -> Iterator[tuple[str, str]]:
    reference = object_of(file).get("tool_class")
    path = local_module(file, reference) if isinstance(reference, str) else ""
    if path:
        yield path, "tool_config.json names it: an agent that loads the tool runs it"


def _of_space(file: File) -> Iterator[tuple[str, str]]:
    """Yield the program of a hosted application."""
    front = _front(file)
    if not _SPACE.search(front):
        return
    named = _APP_FILE.search(front)
    path = file.folder + (named[1] if named else "app.py")
    if path in file.beside:
        yield path, "the application's page names it: hosting starts it"


def _components(file: File) -> Iterator[tuple[str, str]]:
    """Yield the modules that a pipeline's or sentence encoder's parts name."""
    if file.name == "modules.json":
        value = json_of(file)
        for part in value if isinstance(value, list) else ():
            dotted = part.get("type") if isinstance(part, dict) else None
            if isinstance(dotted, str):
                yield "type", dotted
    elif file.name == "model_index.json":
        for key, value in object_of(file).items():
            if isinstance(value, list) and value and isinstance(value[0], str):
                dotted = f"{value[0]}.{value[1] if len(value) > 1 else ''}"
                own = f"{key}.{dotted}"
                yield key, own if local_module(file, own) else dotted


def _of_mlmodel(file: File) -> Iterator[tuple[str, str]]:
    text = text_of(file, _LIMIT)
    code = [value.strip().strip("'\"") for value in re.findall(r"^\s*code:\s*(\S.*)$", text, re.MULTILINE)]
    loaders = {value.partition(".")[0] for value in re.findall(r"^\s*loader_module:\s*([\w.]+)", text, re.MULTILINE)}
    scripts = {v.strip().strip("'\"") for v in re.findall(r"^\s*model_code_path:\s*(\S.*)$", text, re.MULTILINE)}
    for path in sorted(file.beside):
        relative = path.removeprefix(file.folder)
        if not relative.endswith(".py") or not path.startswith(file.folder):
            continue
        in_code = any(relative.startswith(f"{c.rstrip('/')}/") for c in (*code, "code") if c not in {"null", "~"})
        named = relative.removesuffix(".py").rpartition("/")[2] in loaders
        if in_code or named or relative in scripts or relative.rpartition("/")[2] in scripts:
            yield path, "MLflow puts it on the import path and imports it when the model is loaded"


def _of_manifest(file: File, top: str) -> Iterator[tuple[str, str]]:
    model = object_of(file).get("model")
    for field in ("handler", "modelFile"):
        value = model.get(field) if isinstance(model, dict) else None
        if isinstance(value, str):
            path = f"{top}{value.partition(':')[0].removesuffix('.py')}.py"
            if path in file.beside:
                yield path, f"MANIFEST.json names it ({field}): the server imports it when the model is loaded"


def _script(files: Mapping[str, File], name: str) -> Iterator[tuple[str, str]]:
    """Yield the script of a data set: the one Python file, named as its folder, among nothing but data."""
    stem = name.rstrip("/").rpartition("/")[2]
    scripts = [path for path in files if path.endswith(".py")]
    others = [path for path in files if not path.endswith(".py")]
    if scripts == [f"{stem}.py"] and all(path.lower().endswith(_DATA) for path in others):
        yield scripts[0], f"{DATA_SET}: a script that has its folder's name)"


def _follow_imports(files: Mapping[str, File], found: dict[str, str]) -> None:
    """Add the files beside that found ones import: loaders fetch them along."""
    todo = list(found)
    while todo:
        path = todo.pop()
        folder = path[: path.rfind("/") + 1]
        for match in _IMPORT.finditer(files[path].bytes(_LIMIT)):
            for module in _imported(match):
                target = f"{folder}{module}.py"
                if target in files and target not in found:
                    found[target] = f"{path[-200:]} imports it"
                    todo.append(target)


def _imported(match: re.Match[bytes]) -> Iterator[str]:
    relative, names, absolute = (part.decode("utf-8", "replace") if part else "" for part in match.groups())
    module = (relative or absolute).lstrip(".").replace(".", "/")
    if module:
        yield module
    else:
        yield from (name.strip(" ()") for name in names.split(","))

"""Settings of models and processors (config.json and its kin): code they name is what matters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.loading.automap import read_settings
from depscan.loading.instantiate import read_targets
from depscan.loading.plain import key_of, object_of, walk
from depscan.loading.repository import MODEL_KEYS, SETTINGS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from depscan.loading.file import File
    from depscan.loading.steps import Report

STARTS = "*"
NAMES = "config_sentence_transformers.json"
TITLE = "model settings"

_OTHERS = frozenset({"model_index.json", "modules.json", "adapter_config.json"})
_IMPORTED = ("activation_function", "tokenizer_class")
_INNER = ("auto_map", "trust_remote_code", "_attn_implementation_internal")
"""Keys that matter one level down too."""
_ENDINGS = ("_config.json", "config.json")


def looks(file: File) -> bool:
    """Return whether it is a JSON object with keys that only settings of models have, under a name loaders read."""
    if file.name in _OTHERS or not (file.name.endswith(_ENDINGS) or file.name in SETTINGS):
        return False
    settings = object_of(file)
    if not settings:
        return False
    if file.name in SETTINGS - {"config.json", "configuration.json"} or any(key in settings for key in MODEL_KEYS):
        return True
    return _imports(settings) or any(
        key in held for held in settings.values() if isinstance(held, dict) for key in _INNER
    )


def _imports(settings: Mapping[str, object]) -> bool:
    """Return whether settings of a sentence encoder's module name what is imported for it."""
    return any(isinstance(held := settings.get(key), str) and "." in held for key in _IMPORTED)


def read(file: File, report: Report) -> None:
    """Add the code that the settings name."""
    settings = object_of(file)
    read_settings(settings, file, report)
    read_targets(settings, file, report)
    from depscan.loading.tokenizer import judge_settings

    if any("chat_template" in key for key in settings):
        judge_settings(settings, [], file, report)
    for path, held in walk(settings):
        if "." in path and "chat_template" in key_of(path):
            judge_settings({"chat_template": held}, [], file, report)

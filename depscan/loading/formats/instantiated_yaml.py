"""YAML of models: objects made by name (Hydra, NeMo, Lightning) and tags that a full loader would run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from depscan.loading.automap import read_settings
from depscan.loading.formats import langchain
from depscan.loading.instantiate import WORDS, read_targets
from depscan.loading.keras.config import read_value
from depscan.loading.plain import text_of
from depscan.loading.tags import read_tags, worth_reading
from depscan.loading.yamltext import read_yaml

if TYPE_CHECKING:
    from depscan.loading.file import File
    from depscan.loading.steps import Report

STARTS = "*"
NAMES = "model_config.yaml hparams.yaml"
TITLE = "YAML settings"

_ESCAPED = re.compile(rb'"[^"\n]*\\[xuU][0-9a-fA-F]{2}[^"\n]*"\s*:').search
"""A key with written-out characters: what hides a word from a search."""
_LIMIT = 4 << 20
_ENDINGS = (".yaml", ".yml")
_ALWAYS = frozenset({"model_config.yaml", "hparams.yaml"})


def looks(file: File) -> bool:
    """Return whether it is a YAML file in which something is made by name, tagged, or expanded."""
    if not file.name.endswith(_ENDINGS):
        return False
    if file.name in _ALWAYS:
        return True
    data = file.bytes(_LIMIT)
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        data = data.replace(b"\0", b"")
    return any(word in data for word in WORDS) or worth_reading(data) or bool(_ESCAPED(data)) or _is_keras(data)


def _is_keras(data: bytes) -> bool:
    """Return whether it is the architecture of a model as older Keras wrote it (CVE-2021-37678)."""
    return b"class_name" in data and b"config" in data and (b"keras_version" in data or b"Sequential" in data)


def read(file: File, report: Report) -> None:
    """Add what is made by name and what tags call."""
    if file.size > _LIMIT:
        report.gap(f"YAML of more than {_LIMIT >> 20} MiB: only its start was read")
    document = read_yaml(text_of(file, _LIMIT))
    read_tags(document, file, report)
    found = sum(read_targets(value, file, report) for value in document.values)
    for value in document.values:
        read_settings(value, file, report)
        if isinstance(value, dict) and "class_name" in value and "config" in value:
            read_value(value, report)
    if langchain.looks(file):
        langchain.read_objects(document.values, report)
    if document.error and (found or report.steps):
        report.gap(f"only a part of it could be read: {document.error}")

"""config.json of a model: where its weights were taken from, as ``save_pretrained`` writes it (``_name_or_path``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.inputs.format import InputFormat
from depscan.inputs.models._claims import claim_model, document_of, hub_name, line_of
from depscan.text.lines import locate_line
from depscan.text.load import load_json
from depscan.text.shape import string, table

if TYPE_CHECKING:
    from depscan.model.document import Document
    from depscan.text.source import SourceFile

PATTERNS = "config.json"
BESIDE = "yes"

_KEY = "_name_or_path"
_MARKS = (b'"model_type"', b'"architectures"', b'"transformers_version"', b'"_diffusers_version"')


def accepts(source: SourceFile) -> bool:
    """Return whether it has the key, and one that only settings of models have."""
    return b'"_name_or_path"' in source.data and any(mark in source.data for mark in _MARKS)


def parse(source: SourceFile) -> Document:
    """Return the model of the folder and the one it says it was made from.

    Raises:
        InputError: no JSON, or a value of a wrong type.
    """
    settings = table(load_json(source), "the file")
    text = string(settings.get(_KEY), _KEY)
    line = line_of(source, f'"{_KEY}"')
    document = document_of(source, "model-settings", line)
    name = hub_name(text, whole=True)
    if name:
        claim_model(document, name, line)
        document.use(document.root, _KEY, line, base_model=name)
    return document


FORMAT = InputFormat("model-settings", "settings of a model", "huggingface", parse, locate_line, accepts)

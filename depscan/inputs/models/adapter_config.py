"""adapter_config.json of PEFT: the base model that loading the adapter loads first, at the revision it names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.inputs.format import InputFormat
from depscan.inputs.models._claims import commit_or_none, document_of, hub_name, line_of
from depscan.model.package import Package
from depscan.text.lines import locate_line
from depscan.text.load import load_json
from depscan.text.shape import string, table

if TYPE_CHECKING:
    from depscan.model.document import Document
    from depscan.text.source import SourceFile

PATTERNS = "adapter_config.json"
BESIDE = "yes"

_KEY = "base_model_name_or_path"


def accepts(source: SourceFile) -> bool:
    """Return whether it names a base model."""
    return b'"base_model_name_or_path"' in source.data


def parse(source: SourceFile) -> Document:
    """Return the adapter of the folder and its base model.

    Raises:
        InputError: no JSON, or a value of a wrong type.
    """
    settings = table(load_json(source), "the file")
    text = string(settings.get(_KEY), _KEY)
    revision = string(settings.get("revision"), "revision")
    task = string(settings.get("task_type"), "task_type")
    line = line_of(source, f'"{_KEY}"')
    document = document_of(source, "adapter-config", line)
    name = hub_name(text)
    document.use(document.root, "adapter", line, task=task[:80], base_model=name)
    if name:
        commit = commit_or_none(revision)
        node = document.add(Package("huggingface", name, commit, "hub"), line)
        document.link(document.root, node, "loads", requested=revision, at=line)
        document.use(node, _KEY, line, revision=revision, pinned="yes" if commit else "no")
    return document


FORMAT = InputFormat("adapter-config", "adapter settings (PEFT)", "huggingface", parse, locate_line, accepts)

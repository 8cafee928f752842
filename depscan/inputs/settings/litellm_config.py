"""LiteLLM proxy configurations: the models behind each name, their endpoints and the names of their keys.

Source: LiteLLM documentation, "Proxy config.yaml".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.inputs.format import InputFormat
from depscan.text.lines import locate_line

if TYPE_CHECKING:
    from depscan.model.document import Document
    from depscan.text.source import SourceFile

PATTERNS = "*.yaml *.yml"
BESIDE = "yes"


_OWN = frozenset({"auto_router", "complexity_router"})
"""What stands before the slash of a name that LiteLLM itself routes to other entries of the list."""


def accepts(source: SourceFile) -> bool:
    """Return whether the file has ``litellm_params``."""
    from depscan.inputs.settings._claims import claimed

    return claimed(source) == "litellm-config"


def parse(source: SourceFile) -> Document:
    """Return the hosted models of the ``model_list`` with their services, and what ``environment_variables`` name.

    Raises:
        InputError: not YAML.
    """
    from depscan.inputs.settings._filled import filled

    return filled(source, "litellm-config", lambda document: _fill(source, document))


def _fill(source: SourceFile, document: Document) -> None:
    from depscan.inputs.settings._groups import groups_of
    from depscan.inputs.settings._keys import Reader
    from depscan.inputs.settings._variables import Variable, read_variables

    reader = Reader(document, source.data)
    kept = []
    for group in groups_of(source):
        if group.path[-1:] == ("litellm_params",):
            model = group.get("model")
            # LiteLLM routes by what stands before the first slash, whatever the rest looks like.
            head = model.text.partition("/")[0] if model and "/" in model.text else ""
            if head not in _OWN:
                kept.append((group, head))
        elif group.path[-1:] == ("environment_variables",):
            found = [Variable(name, value.text, value.line) for name, value in group.values.items()]
            read_variables(document, found, "environment_variables.{name}")
    for group, head in kept:
        reader.group(group, head)


FORMAT = InputFormat("litellm-config", "LiteLLM proxy configuration", "hosted-model", parse, locate_line, accepts)

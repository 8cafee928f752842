"""Flows of Langflow and Flowise: the models of their components, endpoints, never keys.

Langflow writes ``template: {model_name: {value: ...}}``, Flowise ``inputs: {modelName: ...}``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.inputs.format import InputFormat
from depscan.text.lines import locate_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from depscan.inputs.settings._groups import Group
    from depscan.model.document import Document
    from depscan.text.source import SourceFile

PATTERNS = "*.json"
BESIDE = "yes"


def accepts(source: SourceFile) -> bool:
    """Return whether the file has nodes with templates or inputs."""
    from depscan.inputs.settings._claims import claimed

    return claimed(source) == "flow"


def parse(source: SourceFile) -> Document:
    """Return the models and services of a flow's components.

    Raises:
        InputError: not JSON.
    """
    from depscan.inputs.settings._filled import filled
    from depscan.inputs.settings._groups import groups_of
    from depscan.inputs.settings._keys import Reader

    return filled(source, "flow", lambda made: Reader(made, source.data).read(_components(groups_of(source))))


def _components(groups: list[Group]) -> Iterator[Group]:
    """Yield what each component is set to as one table."""
    held: Group | None = None
    for group in groups:
        if group.path[-1:] == ("template",):
            if held is not None:
                yield held
            held = group._replace(values=dict(group.values))
        elif held is not None and group.path[:-1] == held.path and "value" in group.values:
            held.values[group.path[-1]] = group.values["value"]
        elif group.path[-1:] == ("inputs",):
            yield group
    if held is not None:
        yield held


FORMAT = InputFormat("flow", "Langflow or Flowise flow", "hosted-model", parse, locate_line, accepts)

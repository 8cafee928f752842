"""What compose files and Kubernetes manifests set for containers: variables, and options of servers of models.

Images are read by other formats. Sources: Compose specification, Kubernetes API (Container).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.inputs.format import InputFormat
from depscan.text.lines import locate_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from depscan.inputs.settings._groups import Group
    from depscan.inputs.settings._variables import Variable
    from depscan.model.document import Document
    from depscan.text.source import SourceFile

PATTERNS = "*.yaml *.yml"
BESIDE = "yes"

_TABLES = frozenset({"environment", "args", "data", "stringData"})
_COMMANDS = ("command", "args", "entrypoint")


def accepts(source: SourceFile) -> bool:
    """Return whether the file lists services or containers and may set models for them."""
    from depscan.inputs.settings._claims import claimed

    return claimed(source) == "container-settings"


def parse(source: SourceFile) -> Document:
    """Return the models and services that variables and command lines of containers name.

    Raises:
        InputError: not YAML.
    """
    from depscan.inputs.settings._filled import filled

    return filled(source, "container-settings", lambda document: _fill(source, document))


def _fill(source: SourceFile, document: Document) -> None:
    from depscan.inputs.settings._groups import groups_of
    from depscan.inputs.settings._options import read_options
    from depscan.inputs.settings._variables import read_variables

    groups = groups_of(source)
    for path, variables in _environments(groups):
        read_variables(document, variables, ".".join((*path, "{name}")))
    for group in groups:
        for key in _COMMANDS:
            words = list(group.lists.get(key, ()))
            if key in group.values:
                words = [group.values[key]]
            if words:
                read_options(document, words, ".".join((*group.path, key)))


def _environments(groups: list[Group]) -> Iterator[tuple[tuple[str, ...], list[Variable]]]:
    """Yield the variables of each service or container (or ConfigMap) with the path of their table."""
    at: tuple[str, ...] = ()
    listed: list[Variable] = []
    for group in groups:
        if listed and group.path[: len(at)] != at:  # the tables of one container follow each other
            yield at, listed
            listed = []
        if group.path[-2:] == ("env", "*") and "name" in group.values:
            at = group.path[:-1]
            listed.append(_named(group))
        yield from _of_table(group)
    if listed:
        yield at, listed


def _named(group: Group) -> Variable:
    """Return the variable of ``{name: X, value: Y}``; one that comes from a secret has no value."""
    from depscan.inputs.settings._variables import Variable

    name, value = group.values["name"], group.values.get("value")
    return Variable(name.text, value.text if value else "", value.line if value else name.line)


def _of_table(group: Group) -> Iterator[tuple[tuple[str, ...], list[Variable]]]:
    from depscan.inputs.settings._variables import Variable

    if group.path and group.path[-1] in _TABLES:
        yield group.path, [Variable(k, v.text, v.line) for k, v in group.values.items()]
    if "environment" in group.lists:
        pairs = [(*v.text.partition("=")[::2], v.line) for v in group.lists["environment"]]
        yield (*group.path, "environment"), [Variable(*pair) for pair in pairs]


FORMAT = InputFormat(
    "container-settings", "Settings of containers", "hosted-model", parse, locate_line, accepts, templated=True
)

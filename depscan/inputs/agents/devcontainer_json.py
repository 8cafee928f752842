"""``devcontainer.json``: image, features, and the commands of a container's life (https://containers.dev/implementors/json_reference/)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.inputs.agents import _spec
from depscan.inputs.agents._hooks import add_command
from depscan.inputs.agents._json_lines import JsonLines
from depscan.inputs.agents._servers import Place, Started
from depscan.inputs.agents._settings import add_settings
from depscan.inputs.format import InputFormat
from depscan.model.document import Document
from depscan.text.lines import locate_line
from depscan.text.load import load_jsonc
from depscan.text.shape import string, table

if TYPE_CHECKING:
    from depscan.text.source import SourceFile

PATTERNS = "devcontainer.json .devcontainer.json"
BESIDE = "yes"

_COMMANDS = (
    "initializeCommand", "onCreateCommand", "updateContentCommand", "postCreateCommand", "postStartCommand",
    "postAttachCommand",
)  # fmt: skip


def parse(source: SourceFile) -> Document:
    """Return the image, the features and the commands of a development container.

    Raises:
        InputError: not JSON, or a part of the wrong type.
    """
    return read(source, [])


def read(source: SourceFile, started: list[Started]) -> Document:
    """Do the same, and collect the commands that are run by themselves, unmasked, for those who follow what they do."""
    config = table(load_jsonc(source), "the file")
    document = Document(source.path, "devcontainer")
    place = Place(document, document.add_root(source.path), JsonLines(source.text).line, started)
    _image(place, ("image",), string(config.get("image"), "image"))
    for name in table(config.get("features"), "features"):
        if not name.startswith((".", "/", "http")):
            _image(place, ("features", name), name)
    for key in _COMMANDS:
        value = config.get(key)
        if isinstance(value, (str, list)):
            add_command(place, (key,), value, key)
        for name, command in value.items() if isinstance(value, dict) else ():
            if isinstance(command, (str, list)):
                add_command(place, (key, name), command, key)
    editor = table(table(config.get("customizations"), "customizations").get("vscode"), "vscode")
    add_settings(place._replace(line=lambda route: place.line(("customizations", "vscode", *route))), editor)
    return document


def _image(place: Place, at: tuple[str | int, ...], name: str) -> None:
    launch = _spec.image(name, "devcontainer") if name and "$" not in name else None
    if launch is not None:
        line = place.line(at)
        child = place.document.add(launch.package, line)
        place.document.link(place.root, child, "runs", requested=name[:200], at=line)
        place.document.use(
            child, str(at[0]), line, runner=launch.runner, revision=launch.revision, pinned=launch.pinned
        )


FORMAT = InputFormat("devcontainer", "Development container", "npm", parse, locate_line)

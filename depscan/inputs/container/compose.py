"""Compose files: images, build contexts, models and indexes of services.

Source: Compose specification. ``${NAME:-default}`` gets its default; ``.env`` is not read.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Any

from depscan.inputs.format import InputFormat
from depscan.model.document import Document
from depscan.text.lines import locate_line

if TYPE_CHECKING:
    from depscan.text.source import SourceFile

PATTERNS = "docker-compose*.yml docker-compose*.yaml compose*.yml compose*.yaml"

_SERVICES = re.compile(rb"(?m)^(?:\xef\xbb\xbf)?[\"'{ ]*(?:services|include|models|version)[\"']?\s*:").search
_WEAK = re.compile(r"(?i)passw|_ur[li]$|_dsn$").search
"""Secrets of a local database stand in most compose files of developers: they are no news."""


def accepts(source: SourceFile) -> bool:
    """Return whether the file lists services."""
    return _SERVICES(source.data) is not None


def parse(source: SourceFile) -> Document:
    """Return the images, remote build contexts and models of a compose file.

    Raises:
        InputError: not YAML, or a value of the wrong type.
    """
    from depscan.text.placed import line_of, load_placed
    from depscan.text.shape import table

    document = Document(source.path, "compose")
    document.add_root(source.path, 1)
    for content in load_placed(source):
        for name, service in table(table(content, "the file").get("services"), "services").items():
            if isinstance(service, dict):
                _service(document, service, f"services.{name}")
            elif service is not None:
                document.problem(f"services.{name[:80]} should be a table", line_of(name))
        models = content.get("models") if content else None
        for name, model in models.items() if isinstance(models, dict) else ():
            if isinstance(model, dict):
                _image(document, model.get("model"), f"models.{name}.model", "loads")
    return document


def _service(document: Document, service: dict[str, Any], key: str) -> None:
    build = service.get("build")
    if build is None or not isinstance(service.get("image"), str):
        _image(document, service.get("image"), f"{key}.image", "runs")
    context = build.get("context") if isinstance(build, dict) else build
    if isinstance(context, str):
        _context(document, context, f"{key}.build")
    if isinstance(build, dict):
        _inline(document, build, key)
        others = build.get("additional_contexts")
        for other in others.values() if isinstance(others, dict) else ():
            if isinstance(other, str) and other.startswith("docker-image://"):
                _image(document, other, f"{key}.build.additional_contexts", "runs")
        _variables(document, build.get("args"), f"{key}.build.args")
    _variables(document, service.get("environment"), f"{key}.environment")
    for name in ("entrypoint", "command"):
        _command(document, service.get(name))


def _command(document: Document, value: Any) -> None:  # noqa: ANN401
    """Add what a container fetches when it starts; models its server is given are read with the settings."""
    from depscan.inputs.code._commands import read_command
    from depscan.inputs.container._substitute import substitute
    from depscan.text.placed import line_in, line_of

    if isinstance(value, str):
        at = line_in(value, 0) if getattr(value, "lined", False) else line_of(value)
        read_command(substitute(value, {}), document, document.root, at, "run")
    elif isinstance(value, list) and value and all(isinstance(word, str) for word in value):
        read_command(substitute(shlex.join(value), {}), document, document.root, line_of(value[0]), "run")


def _image(document: Document, value: Any, how: str, label: str) -> None:  # noqa: ANN401 - a value of the file
    from depscan.inputs.container._image import image_facts, image_named
    from depscan.inputs.container._substitute import substitute
    from depscan.text.placed import line_of

    if not isinstance(value, str):
        return
    text = substitute(value, {}).removeprefix("docker-image://")
    package = image_named(text)
    if package is not None:
        at = line_of(value)
        node = document.add(package, at)
        document.link(document.root, node, label, requested=text, at=at)
        document.use(node, how, at, **image_facts(text, package), stage="run")


def _context(document: Document, text: str, how: str) -> None:
    """Add a build context that is a repository."""
    from depscan.inputs.code._names import commit_of
    from depscan.model.package import Package, mask
    from depscan.text.placed import line_of

    found = re.match(r"(?:(?:https?|git|ssh)://(?:[^@/]*@)?|git@)(?P<place>[^#\s]+)(?:#(?P<ref>[^:\s]*))?", text)
    if found is None or "$" in found["place"]:
        return
    ref, at = found["ref"] or "", line_of(text)
    place = found["place"].replace(":", "/", 1).removesuffix(".git").rstrip("/")
    package = Package("repository", place, ref or None, "git", url=mask(text.partition("#")[0]), commit=commit_of(ref))
    node = document.add(package, at)
    document.link(document.root, node, "runs", requested=ref, at=at)
    document.use(node, how, at, revision=ref, pinned="yes" if commit_of(ref) else "no", stage="build")


def _inline(document: Document, build: dict[str, Any], key: str) -> None:
    """Read ``dockerfile_inline``."""
    from depscan.inputs.container.dockerfile import read_into
    from depscan.text.placed import line_in, line_of

    text = build.get("dockerfile_inline")
    if isinstance(text, str):
        exact = bool(getattr(text, "lined", False))
        read_into(document, str(text), line_in(text, 0) if exact else line_of(text), key)


def _variables(document: Document, value: Any, how: str) -> None:  # noqa: ANN401
    """Record indexes that variables choose, and secrets whose value stands in the file."""
    from depscan.inputs.container._variables import is_placeholder, is_secret, read_variable
    from depscan.text.placed import line_of

    if isinstance(value, dict):
        pairs = [(str(k), v, line_of(k)) for k, v in value.items() if isinstance(v, str)]
    elif isinstance(value, list):
        pairs = [(*v.partition("=")[::2], line_of(v)) for v in value if isinstance(v, str) and "=" in v]
    else:
        return
    for name, text, at in pairs:
        if not is_secret(name):
            read_variable(document, name, text, at)
        elif not (is_placeholder(text) or "$" in text or _WEAK(name)):
            document.use(document.root, how, at, secret=name, stage="run")


FORMAT = InputFormat("compose", "Compose file", "image", parse, locate_line, accepts)

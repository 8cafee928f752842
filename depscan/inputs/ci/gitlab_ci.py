"""GitLab CI: images, included pipelines, and what scripts install and download.

Source: GitLab docs, "CI/CD YAML syntax reference". Included files are not fetched.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from depscan.inputs.format import InputFormat
from depscan.model.document import Document
from depscan.text.lines import locate_line

if TYPE_CHECKING:
    from depscan.text.source import SourceFile

PATTERNS = ".gitlab-ci.yml .gitlab-ci.yaml *.gitlab-ci.yml *.gitlab-ci.yaml"

_SCRIPTS = ("before_script", "script", "after_script")
_COMPONENT = re.compile(r"(?P<name>\S+)@(?P<ref>[^\s@]+)").fullmatch
_MAX_DEPTH = 12
_MAX_LINES = 20_000


def parse(source: SourceFile) -> Document:
    """Return the images, included pipelines, packages and models of a pipeline.

    Raises:
        InputError: not YAML, or no table.
    """
    from depscan.text.placed import load_placed
    from depscan.text.shape import table

    document = Document(source.path, "gitlab-ci")
    document.add_root(source.path, 1)
    # A header document (spec: inputs:) may stand in front of the pipeline.
    pipelines = [table(part, "the file") for part in load_placed(source)]
    for pipeline in pipelines:
        if "spec" in pipeline and len(pipelines) > 1:
            continue
        _include(document, pipeline.get("include"))
        _job(document, pipeline, "", pipeline.get("variables"))
        for name, job in pipeline.items():
            if isinstance(job, dict) and name not in {"variables", "include", "workflow", "image", "cache", "spec"}:
                _job(document, job, f"{name}.", pipeline.get("variables"))
    if not pipelines:
        document.problem("an empty pipeline", 1)
    return document


def _job(document: Document, job: dict[str, Any], key: str, outer: Any) -> None:  # noqa: ANN401 - a value of the file
    from depscan.inputs.ci._scope import Scope
    from depscan.inputs.ci._steps import read_script, read_variables

    read_variables(document, job, "variables")
    own = job.get("variables")
    scope = Scope(env={**(outer if isinstance(outer, dict) else {}), **(own if isinstance(own, dict) else {})})
    _image(document, job.get("image"), f"{key}image", scope.env)
    services = job.get("services")
    for number, service in enumerate(services if isinstance(services, list) else ()):
        _image(document, service, f"{key}services[{number}]", scope.env)
    for part in _SCRIPTS:
        for text in _lines(job.get(part)):
            read_script(document, text, scope, f"{key}{part}")


def _image(document: Document, value: Any, how: str, variables: dict[str, Any]) -> None:  # noqa: ANN401
    from depscan.inputs.ci._refs import add_image
    from depscan.inputs.container._substitute import substitute
    from depscan.text.placed import line_of

    name = value.get("name") if isinstance(value, dict) else value
    if isinstance(name, str):
        known = {k: v for k, v in variables.items() if isinstance(v, str)} if "$" in name else {}
        add_image(document, substitute(str(name), known), how, line_of(name), stage="build")


def _lines(value: Any) -> list[str]:  # noqa: ANN401
    """Return the texts of a script: a text, or an array that may hold arrays (anchors)."""
    found: list[str] = []
    todo = [(value, 0)]
    while todo and len(found) < _MAX_LINES:
        held, depth = todo.pop()
        if isinstance(held, str):
            found.append(held)
        elif isinstance(held, list) and depth < _MAX_DEPTH:
            todo.extend((item, depth + 1) for item in reversed(held))
    return found


def _include(document: Document, value: Any) -> None:  # noqa: ANN401
    from depscan.text.placed import line_of

    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, str):
            if "://" in item:
                _remote(document, item, line_of(item), pinned=False)
        elif isinstance(item, dict):
            remote, project, component = (item.get(k) for k in ("remote", "project", "component"))
            if isinstance(remote, str):
                _remote(document, remote, line_of(remote), pinned=isinstance(item.get("integrity"), str))
            if isinstance(project, str):
                ref = item.get("ref")
                _project(
                    document, project, str(ref) if isinstance(ref, str) else "", line_of(project), "include.project"
                )
            found = _COMPONENT(component) if isinstance(component, str) else None
            if found:
                _project(document, found["name"], found["ref"], line_of(component), "include.component")


def _remote(document: Document, url: str, at: int, *, pinned: bool) -> None:
    from depscan.inputs.code._names import host_of, service

    host = host_of(url)
    if host:
        node = document.add(service(host), at)
        document.link(document.root, node, "runs", requested=url[:200], at=at)
        word = "yes" if pinned else "no"
        document.use(node, "include.remote", at, endpoint=url[:200], pinned=word, stage="build")


def _project(document: Document, name: str, ref: str, at: int, how: str) -> None:
    from depscan.inputs.code._names import commit_of
    from depscan.model.package import Package

    if "$" in name:
        return
    commit = commit_of(ref)
    node = document.add(Package("repository", name.strip("/"), ref or None, "hub", commit=commit), at)
    document.link(document.root, node, "runs", requested=ref, at=at)
    document.use(node, how, at, revision=ref, pinned="yes" if commit else "no", stage="build")


FORMAT = InputFormat("gitlab-ci", "GitLab CI pipeline", "image", parse, locate_line)

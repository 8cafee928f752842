"""GitHub Actions: workflows and composite actions (Gitea and Forgejo read the same).

Source: GitHub docs, "Workflow syntax for GitHub Actions" and "Metadata syntax for GitHub Actions". Nothing is
fetched: an action that uses further actions is judged where it is scanned itself.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from depscan.inputs.format import InputFormat
from depscan.model.document import Document
from depscan.text.lines import locate_line

if TYPE_CHECKING:
    from depscan.inputs.ci._scope import Scope
    from depscan.text.source import SourceFile

PATTERNS = "*.yml *.yaml"
BESIDE = "yes"

_JOBS = re.compile(rb"(?m)^(?:\xef\xbb\xbf)?[\"'{ ]*jobs[\"']?\s*:").search
_ON = re.compile(rb"(?m)^(?:\xef\xbb\xbf)?[\"'{ ]*(?:on|true)[\"']?\s*:").search
_RUNS = re.compile(rb"(?m)^(?:\xef\xbb\xbf)?[\"'{ ]*runs[\"']?\s*:").search
_USING = re.compile(rb"(?m)^[\"'{ ]+using[\"']?\s*:|\{ *using *:").search
_ACTIONS = frozenset({"action.yml", "action.yaml"})
_MATRIX = re.compile(r"\$\{\{\s*matrix\.([\w-]+)\s*\}\}")


def accepts(source: SourceFile) -> bool:
    """Return whether it is a composite action, or a workflow where workflows stand."""
    if source.name.lower() in _ACTIONS:
        return _RUNS(source.data) is not None and _USING(source.data) is not None
    folder = source.path.replace("\\", "/").rpartition("/")[0].rpartition("/")[2]
    # Without a folder in its path it was named by somebody who stands in it, or is a file of the top folder.
    return folder in {"workflows", "", "."} and _JOBS(source.data) is not None and _ON(source.data) is not None


def parse(source: SourceFile) -> Document:
    """Return the actions, images, packages and models that a workflow or composite action uses.

    Raises:
        InputError: not YAML, or neither of both.
    """
    from depscan.inputs.ci._scope import Scope, triggers_of
    from depscan.inputs.ci._steps import read_steps, read_variables
    from depscan.text.placed import line_of, load_placed
    from depscan.text.shape import table

    documents = load_placed(source)
    content = table(documents[0] if documents else None, "the file")
    document = Document(source.path, "github-workflow")
    document.add_root(source.path, 1)
    if "jobs" in content:
        triggers = triggers_of(content.get("on", content.get("true")))
        scope = Scope(() if triggers == ("workflow_call",) else triggers).inside(content)
        read_variables(document, content)
        for name, job in table(content["jobs"], "jobs").items():
            if isinstance(job, dict):
                _job(document, source, job, scope.inside(job), f"jobs.{name}")
            else:
                document.problem(f"jobs.{name[:80]} should be a table", line_of(name))
        return document
    runs = content.get("runs")
    if not isinstance(runs, dict):
        raise source.error("neither a workflow (jobs) nor an action (runs)")
    read_steps(document, source, runs.get("steps"), Scope(), "runs")
    _image(document, runs.get("image"), {}, Scope(), "runs.image")
    return document


def _job(document: Document, source: SourceFile, job: dict[str, Any], scope: Scope, key: str) -> None:
    from depscan.inputs.ci._expressions import secrets_in
    from depscan.inputs.ci._refs import add_action
    from depscan.inputs.ci._steps import read_steps, read_variables
    from depscan.text.placed import line_of

    read_variables(document, job)
    called = job.get("uses")
    if isinstance(called, str):
        at = line_of(called)
        secrets = (
            "inherit" if job.get("secrets") == "inherit" else ", ".join(secrets_in(job.get("secrets"), job.get("with")))
        )
        add_action(document, called, f"{key}.uses", at, source.line(at), secret=secrets, **scope.facts)
    strategy = job.get("strategy")
    matrix = strategy.get("matrix") if isinstance(strategy, dict) else None
    matrix = matrix if isinstance(matrix, dict) else {}
    _image(document, job.get("container"), matrix, scope, f"{key}.container")
    services = job.get("services")
    for name, service in services.items() if isinstance(services, dict) else ():
        _image(document, service, matrix, scope, f"{key}.services.{name}")
    read_steps(document, source, job.get("steps"), scope, key)


def _image(document: Document, value: Any, matrix: dict[str, Any], scope: Scope, how: str) -> None:  # noqa: ANN401
    """Add an image that is a text or the ``image`` of a table; values of a matrix are put in."""
    from depscan.inputs.ci._refs import add_image
    from depscan.text.placed import line_of

    text = value.get("image") if isinstance(value, dict) else value
    if not isinstance(text, str):
        return
    at = line_of(text)
    found = _MATRIX.search(text)
    choices = matrix.get(found[1]) if found else None
    for choice in choices if isinstance(choices, list) else ("",):
        name = text.replace(found[0], choice) if found and isinstance(choice, str) else text
        add_image(document, name.removeprefix("docker://"), how, at, **scope.facts)


FORMAT = InputFormat("github-workflow", "GitHub Actions workflow", "GitHub Actions", parse, locate_line, accepts)

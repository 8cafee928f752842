"""Steps of a job: what they use, run and publish."""

from __future__ import annotations

from typing import Any

from depscan.inputs.ci._agents import action_facts, agent_action, command_facts
from depscan.inputs.ci._publishing import publishing_action, publishing_command
from depscan.inputs.ci._refs import add_action
from depscan.inputs.ci._scope import Scope
from depscan.inputs.code._commands import read_command
from depscan.inputs.code._inline import read_inline, read_python
from depscan.inputs.container._variables import read_variable
from depscan.model.document import Document
from depscan.text.placed import line_in, line_of
from depscan.text.source import SourceFile

_CHECKOUT = "actions/checkout"
MAX_STEPS = 2_000
"""Steps read of one job."""


def read_variables(document: Document, block: dict[str, Any], key: str = "env") -> None:
    """Record the indexes that the variables of a workflow, job or step choose."""
    values = block.get(key)
    for name, value in values.items() if isinstance(values, dict) else ():
        if isinstance(value, str):
            read_variable(document, name, value, line_of(value))


def read_steps(document: Document, source: SourceFile, steps: Any, scope: Scope, key: str) -> None:  # noqa: ANN401
    """Read the steps of a job or composite action; what has the wrong shape is a problem of the document."""
    if not isinstance(steps, list):
        if steps is not None:
            document.problem(f"{key}.steps should be an array", line_of(steps))
        return
    if len(steps) > MAX_STEPS:
        document.problem(f"{key} has more than {MAX_STEPS} steps; the rest was not read", line_of(steps))
    for number, step in enumerate(steps[:MAX_STEPS]):
        if not isinstance(step, dict):
            document.problem(f"{key}.steps[{number}] should be a table", line_of(step))
            continue
        inside, how = scope.inside(step), f"{key}.steps[{number}]"
        read_variables(document, step)
        if isinstance(step.get("uses"), str):
            _uses(document, source, step, inside, f"{how}.uses")
        elif isinstance(step.get("run"), str):
            read_script(document, step["run"], inside, f"{how}.run", str(step.get("shell") or ""))
        elif "uses" in step or "run" in step:
            document.problem(f"{how} has a value of the wrong type", line_of(step))


def _uses(document: Document, source: SourceFile, step: dict[str, Any], scope: Scope, how: str) -> None:
    text, at = str(step["uses"]), line_of(step["uses"])
    inputs = step["with"] if isinstance(step.get("with"), dict) else {}
    name = text.partition("@")[0]
    facts = {**scope.facts, "secret": scope.secrets_with(inputs)}
    agent = agent_action(name)
    if agent is not None:
        facts.update(action_facts(agent, inputs, scope))
    facts.update(publishing_action(name, inputs, scope))
    ref = inputs.get("ref")
    if name.lower() == _CHECKOUT and isinstance(ref, str) and (change := scope.change(ref)):
        facts.update(task="checkout", untrusted=change)
    script = inputs.get("script")
    if isinstance(script, str):
        inserted(document, script, scope, f"{how.removesuffix('uses')}with.script", facts)
    add_action(document, text, how, at, source.line(at), **facts)


def inserted(document: Document, text: str, scope: Scope, how: str, facts: dict[str, str]) -> None:
    """Record text of strangers that is put into a script before it runs: it becomes part of its code."""
    texts = scope.inserted(text)
    if texts:
        at = line_in(text, max(0, text.lower().find(texts[0].lower())))
        document.use(document.root, how, at, **{**facts, "task": "script", "untrusted": ", ".join(texts[:8])})


def read_script(document: Document, text: str, scope: Scope, how: str, shell: str = "") -> None:
    """Read the script of a step: what it installs and downloads, asks of models, and publishes."""
    at = line_in(text, 0)
    facts = {**scope.facts, "secret": scope.secrets_with(text)}
    asked, offset = command_facts(text, scope)
    if asked:
        document.use(document.root, how, line_in(text, offset), **{**facts, **asked})
    inserted(document, text, scope, how, facts)
    published, line = publishing_command(text, scope)
    if published:
        place = at + line if getattr(text, "lined", False) else at
        document.use(document.root, how, place, **{**facts, **published})
    if shell.partition(" ")[0] == "python":
        read_python(text, document, at)
        return
    read_command(text, document, document.root, at, "build")
    read_inline(text, document, at)

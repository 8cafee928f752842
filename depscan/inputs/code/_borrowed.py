"""Models whose code runs with what is loaded from another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.inputs.code import _names as names
from depscan.inputs.code._items import flat
from depscan.inputs.code._names import Named

if TYPE_CHECKING:
    from collections.abc import Iterator

    from depscan.inputs.code._arguments import Arguments
    from depscan.inputs.code._table import Spec


def code_from(arguments: Arguments, spec: Spec, folders: frozenset[str], facts: dict[str, str]) -> Iterator[Named]:
    """Yield models whose code runs with what is loaded (``custom_pipeline="org/name"``).

    Args:
        arguments: of the call.
        spec: what it names.
        folders: see ``_names.is_path``.
        facts: of what is loaded; its ``code`` says that code of another one runs.
    """
    for value in flat(arguments.ev, arguments.get(spec.arguments.get("code-from", ())) or []):
        text = value.text if value.kind == "text" and not value.open else ""
        if value.kind == "constant" or names.is_path(text, folders):
            continue  # none, or code of the project itself
        facts["code"] = "yes" if text or facts.get("code") == "yes" else "unknown"
        if names.is_hub(text):
            revision, pinned = arguments.revision(spec.arguments.get("code-revision", ()))
            more = {"revision": revision, "pinned": pinned, "code": "yes", "model-from": value.origin or "literal"}
            yield Named(names.hub_model(text, names.commit_of(revision)), more)

"""Look at every list and table of points in ``rules/names`` strictly."""

from __future__ import annotations

import os

from depscan.errors import RuleError
from depscan.names.lists import name_list
from depscan.names.parts import AFFIX_CLASSES
from depscan.names.points import points_of
from depscan.text.folder import rules_folder

_POINTS = {"points-pypi": "PyPI", "points-npm": "npm"}
_ECOSYSTEMS = {"PyPI", "npm", "huggingface", "GitHub Actions"}


def lint(folder: str = "") -> list[str]:
    """Return every problem as ``file:line: message``."""
    top = folder or os.path.join(rules_folder(), "names")
    problems = []
    for name in sorted(n[:-5] for n in os.listdir(top) if n.endswith(".toml")):
        try:
            if name in _POINTS:
                points_of(_POINTS[name], folder)
            else:
                problems += [f"{os.path.join(top, name)}.toml: {text}" for text in _of_list(name, folder)]
        except RuleError as error:
            problems.append(str(error))
    return problems


def _of_list(name: str, folder: str) -> list[str]:
    held = name_list(name, folder)
    found = [f"no ecosystem {e!r}" for e in held.ecosystems if e not in _ECOSYSTEMS]
    if not held.names:
        found.append("no names")
    found += [f"{key!r} has blanks around it" for key in held.names if key != key.strip()]
    if name == "affixes":
        found += [f"{key}: no class {note!r}" for key, note in held.names.items() if note not in AFFIX_CLASSES]
    return found

"""Who a release says made it, and where its source is: fields that change when a project changes hands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from depscan.release.requirements import headers, metadata_path, toml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from depscan.artifacts.artifact import Member

_FIELDS = {"author": "author", "author-email": "author", "maintainer": "maintainer", "maintainer-email": "maintainer",
           "home-page": "home page"}  # fmt: skip
_SOURCE = re.compile(r"(?:source|repository|code|github|git|homepage|home)\b", re.IGNORECASE).match
_MOST = 1 << 20


def people(members: Mapping[str, Member]) -> dict[str, str]:
    """Return field (author, maintainer, publisher, repository, home page) to what a release says there."""
    found: dict[str, list[str]] = {}
    for field, value in (*_python(members), *_npm(members)):
        held = found.setdefault(field, [])
        if value and value not in held:
            held.append(value)
    return {field: ", ".join(values)[:500] for field, values in found.items() if values}


def _python(members: Mapping[str, Member]) -> Iterator[tuple[str, str]]:
    path = metadata_path(members)
    if not path:
        return
    for key, values in headers(members[path].read()[:_MOST]).items():
        if key in _FIELDS:
            yield from ((_FIELDS[key], value) for value in values if value not in {"UNKNOWN", "None"})
        elif key == "project-url":
            for value in values:
                label, _, url = value.partition(",")
                if _SOURCE(label.strip()):
                    yield ("home page" if label.strip().lower().startswith("home") else "repository"), url.strip()


def _npm(members: Mapping[str, Member]) -> Iterator[tuple[str, str]]:
    member = members.get("package.json")
    if member is None:
        return
    from depscan.artifacts.identity import load_json

    manifest = load_json(member.read()[:_MOST])
    for key, field in (("author", "author"), ("maintainers", "maintainer"), ("_npmUser", "publisher"),
                       ("repository", "repository"), ("homepage", "home page")):  # fmt: skip
        value = manifest.get(key)
        for item in value if isinstance(value, list) else [value]:
            yield field, _words(item)


def _words(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return " ".join(str(value[k]) for k in ("name", "email", "url") if isinstance(value.get(k), str))
    return ""


def backend(members: Mapping[str, Member]) -> tuple[str, ...]:
    """Return the build back end that a source tree names, and the folders it is looked for in (PEP 517)."""
    member = members.get("pyproject.toml")
    build: Any = toml(member.read()[:_MOST]).get("build-system") if member is not None else None
    if not isinstance(build, dict):
        return ()
    paths = build.get("backend-path")
    folders = [p for p in paths if isinstance(p, str)] if isinstance(paths, list) else []
    name = build.get("build-backend")
    return (name if isinstance(name, str) else "setuptools", *folders)

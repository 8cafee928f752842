"""What ``uses:`` names: an action or workflow of a repository, a folder of the project, an image.

Source: GitHub docs, "Workflow syntax", ``jobs.<job_id>.steps[*].uses``.
"""

from __future__ import annotations

import re

from depscan.inputs.container._image import image_facts, image_named
from depscan.model.document import Document
from depscan.model.package import Package

_ACTION = re.compile(r"(?P<name>[\w.-]+/[\w.-]+(?:/[\w.@ -]+)*?)@(?P<ref>[^\s@]+)").fullmatch
_COMMIT = re.compile(r"(?i)[0-9a-f]{40}").fullmatch
_TAG = re.compile(r"(?i)(?:[a-z][a-z0-9]*[-_])*v?\d[\w.+-]*").fullmatch
_CLAIM = re.compile(r"#.*?(?<![\w.])(v?\d+(?:\.\d+){0,3}(?:[-+][\w.]+)?)(?![\w.])").search
_DOCKER = "docker://"
_LONGEST = 300


def kind_of(ref: str) -> str:
    """Return commit, tag or branch: what a ref looks like. Only the repository knows whether it is a tag."""
    if _COMMIT(ref):
        return "commit"
    return "tag" if _TAG(ref) else "branch"


def claimed_version(line: str) -> str:
    """Return the release that a comment behind a commit names (``# v4.2.2``); "" without one."""
    found = _CLAIM(line[line.find("#") :]) if "#" in line else None
    return found[1] if found else ""


def add_action(document: Document, text: str, how: str, at: int, line: str, **facts: str) -> str:
    """Add what a ``uses:`` names and how it is used.

    Args:
        document: where to.
        text: as written.
        how: the key it stands under.
        at: its line number.
        line: the whole line, whose comment may say what release a commit is.
        facts: more facts of the use.

    Returns:
        The node id; "" for an action of the project itself, and where ``text`` names nothing, which is then a
        problem of the document.
    """
    text = text.strip()
    if text.startswith(_DOCKER):
        return add_image(document, text[len(_DOCKER) :], how, at, **facts)
    if text.startswith((".", "$/")):
        return ""  # the project's own: nobody else is trusted by it, and its file is read like any other
    found = _ACTION(text) if len(text) <= _LONGEST else None
    if found is None:
        document.problem(f"uses: {text[:80]!r} is no action with a version", at)
        return ""
    ref, kind = found["ref"], kind_of(found["ref"])
    package = _action(found["name"], ref, kind)
    made = {"revision": ref, "pinned": "yes" if kind == "commit" else "no"}
    if kind == "commit":
        made["release"] = claimed_version(line)
    node = document.add(package, at)
    document.link(document.root, node, "runs", requested=text, at=at)
    document.use(node, how, at, **{**made, **facts})
    return node


def add_image(document: Document, text: str, how: str, at: int, **facts: str) -> str:
    """Add an image and how it is used; "" where its name is none, or not known before it runs."""
    package = image_named(text.strip())
    if package is None:
        return ""
    node = document.add(package, at)
    document.link(document.root, node, "runs", requested=text, at=at)
    document.use(node, how, at, **{**image_facts(text, package), **facts})
    return node


def _action(name: str, ref: str, kind: str) -> Package:
    lowered = "/".join([*name.lower().split("/")[:2], *name.split("/")[2:]])
    commit = ref.lower() if kind == "commit" else ""
    version = None if kind == "branch" else commit or ref
    raw = name if name != lowered else ""
    return Package("GitHub Actions", lowered, version, "git", raw_name=raw, commit=commit)

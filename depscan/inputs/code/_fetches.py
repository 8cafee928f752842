"""What command lines download other than packages: models, data sets, images, repositories, scripts.

Each reader takes (document, node id that asks, words, line, stage) and adds nodes, edges and uses.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from depscan.inputs.code._names import (
    commit_of,
    data_set,
    host_of,
    hub_model,
    image_of,
    is_weights,
    library_model,
    path_of,
    service,
)
from depscan.inputs.python._pep508 import is_open
from depscan.model.package import Package, mask

if TYPE_CHECKING:
    from collections.abc import Iterator

    from depscan.model.document import Document

_COMMAND = 200
_HUB_VALUED = frozenset({
    "--revision", "--repo-type", "--include", "--exclude", "--cache-dir", "--local-dir", "--token", "--max-workers",
    "--local-dir-use-symlinks",
})  # fmt: skip
_RUN_FLAGS = frozenset({
    "-i", "-t", "-d", "-it", "-ti", "-dit", "-itd", "--rm", "--init", "--privileged", "-P", "--detach", "--interactive",
    "--tty", "--read-only", "-q", "--quiet", "--no-healthcheck", "--publish-all", "--all-tags", "-a",
})  # fmt: skip
_GIT_VALUED = frozenset({"-b", "--branch", "--depth", "-o", "--origin", "--filter", "-c", "-j", "--jobs", "-C"})
_HASH = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}").search


def hub(document: Document, root: str, words: list[str], line: int, stage: str) -> None:
    """Read ``huggingface-cli download NAME --revision R --repo-type dataset`` and ``hf download``."""
    plain, options = _options(words[1:], _HUB_VALUED)
    if plain[:1] != ["download"] or len(plain) == 1 or is_open(plain[1]) or plain[1].count("/") > 1:
        return
    revision = options.get("--revision", "")
    kind = options.get("--repo-type", "model")
    if kind not in {"model", "dataset"}:
        return
    make = data_set if kind == "dataset" else hub_model
    node = document.add(make(plain[1], commit_of(revision)), line)
    document.link(root, node, "loads", requested=revision, at=line)
    pinned = "unknown" if is_open(revision) else "yes" if commit_of(revision) else "no"
    command = " ".join([words[0], "download", plain[1]])
    document.use(node, f"{words[0]} download", line, pinned=pinned, revision=revision, stage=stage, command=command)


def ollama(document: Document, root: str, words: list[str], line: int, stage: str) -> None:
    """Read ``ollama pull MODEL`` and ``ollama run MODEL``."""
    plain, _ = _options(words[1:], frozenset({"--format", "--keepalive"}))
    if len(plain) > 1 and plain[0] in {"pull", "run"} and not is_open(plain[1]):
        node = document.add(library_model("ollama", plain[1]), line)
        document.link(root, node, "loads", at=line)
        document.use(node, f"ollama {plain[0]}", line, pinned="no", stage=stage, command=" ".join(words)[:_COMMAND])


def image(document: Document, root: str, words: list[str], line: int, stage: str) -> None:
    """Read ``docker pull IMAGE`` and ``docker run ... IMAGE``."""
    todo = [w for w in words[1:] if w not in {"image", "container"}]
    verb = todo[0] if todo else ""
    if verb not in {"pull", "run", "create"}:
        return
    name = _image_word(todo[1:])
    if not name or is_open(name):
        return
    package = image_of(name)
    node = document.add(package, line)
    document.link(root, node, "runs", requested=name, at=line)
    pinned = "yes" if package.hashes else "no"
    command = " ".join(words)[:_COMMAND]
    document.use(node, f"{words[0]} {verb}", line, pinned=pinned, revision=package.version or "", stage=stage,
                 command=command)  # fmt: skip


def _image_word(words: list[str]) -> str:
    """Return the first word that is neither an option nor the value of one: most options of ``run`` take a value."""
    todo = iter(words)
    for word in todo:
        if not word.startswith("-"):
            return word
        if word not in _RUN_FLAGS and "=" not in word:
            next(todo, "")
    return ""


def git(document: Document, root: str, words: list[str], line: int, stage: str) -> None:
    """Read ``git clone URL``; a checkout of a commit behind it pins the repository cloned last."""
    plain, options = _options(words[1:], _GIT_VALUED)
    if plain[:1] == ["checkout"] and len(plain) > 1 and commit_of(plain[1]):
        _pin_clone(document, plain[1])
    plain = [w for w in plain if w != "lfs"]
    if plain[:1] != ["clone"] or len(plain) == 1 or is_open(plain[1]) or not re.search(r"://|^git@", plain[1]):
        return
    url = mask(plain[1])
    branch = options.get("-b") or options.get("--branch") or ""
    place = re.sub(r"^(?:[a-z+]+://)?(?:[^@/]*@)?", "", url).replace(":", "/", 1).removesuffix(".git").rstrip("/")
    node = document.add(Package("repository", place, branch or None, "git", url=url, commit=commit_of(branch)), line)
    document.link(root, node, "loads", requested=branch, at=line)
    document.use(node, "git clone", line, pinned="yes" if commit_of(branch) else "no", revision=branch, stage=stage,
                 endpoint=url)  # fmt: skip


def _pin_clone(document: Document, commit: str) -> None:
    last = next((use for use in reversed(document.uses) if use.how == "git clone"), None)
    if last is None or last.get("pinned") == "yes":
        return
    document.uses.remove(last)
    package = document.nodes[last.node]._replace(commit=commit_of(commit))
    document.nodes[last.node] = package
    facts = {**dict(last.facts), "pinned": "yes", "revision": commit}
    document.use(last.node, last.how, last.at, **facts)


def url(document: Document, root: str, words: list[str], line: int, stage: str) -> None:
    """Read ``curl URL`` and ``wget URL`` of model files; other downloads are left to what reads them."""
    for address in _urls(words[1:]):
        if is_weights(path_of(address)):
            _served(document, root, address, words[0], (line, stage, "loads"))


def piped(document: Document, root: str, words: list[str], line: int, stage: str) -> None:
    """Add a script that is fetched and run: ``curl URL | sh``."""
    for address in _urls(words[1:]):
        _served(document, root, address, f"{words[0]} | sh", (line, stage, "runs"))


def _served(document: Document, root: str, address: str, how: str, facts: tuple[int, str, str]) -> None:
    line, stage, label = facts
    host = host_of(address)
    if not host:
        return
    node = document.add(service(host), line)
    document.link(root, node, label, requested=address[:_COMMAND], at=line)
    code = "yes" if label == "runs" else ""
    pinned = "yes" if _HASH(address) else "no"
    document.use(node, how, line, endpoint=address[:_COMMAND], stage=stage, code=code, pinned=pinned)


def _urls(words: list[str]) -> Iterator[str]:
    for word in words:
        if re.match(r"https?://", word) and not is_open(host_of(word)):
            yield mask(word)


def _options(words: list[str], valued: frozenset[str]) -> tuple[list[str], dict[str, str]]:
    """Return the plain words, and options with their values."""
    plain: list[str] = []
    options: dict[str, str] = {}
    todo = iter(words)
    for word in todo:
        if not word.startswith("-"):
            plain.append(word)
            continue
        name, equals, value = word.partition("=")
        options[name] = value if equals else next(todo, "") if name in valued else ""
    return plain, options

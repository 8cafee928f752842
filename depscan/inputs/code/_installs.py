"""What installers' command lines ask for: pip, uv, pipx, conda, npm and their like.

Each reader takes (document, node id that asks, words, line, stage) and adds nodes, edges, uses and indexes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from depscan.inputs.agents._launch import launches
from depscan.inputs.agents._spec import npm as npm_package
from depscan.inputs.conda._spec import read_spec
from depscan.inputs.python._pep508 import NotARequirement, is_open, package_of, read_requirement
from depscan.model.document import IndexUse
from depscan.model.package import Package

if TYPE_CHECKING:
    from collections.abc import Iterator

    from depscan.model.document import Document

_ROLES = {
    "-i": "index", "--index-url": "index", "--pypi-url": "index", "--default-index": "index",
    "--extra-index-url": "extra", "--index": "extra", "-f": "find-links", "--find-links": "find-links",
    "--trusted-host": "trusted-host",
}  # fmt: skip
_VALUED = frozenset({
    *_ROLES, "-r", "--requirement", "--requirements", "-c", "--constraint", "--constraints", "-t", "--target",
    "--root", "--prefix", "--src", "--python", "-p", "--upgrade-strategy", "--cache-dir", "--proxy", "--retries",
    "--timeout", "--cert", "--client-cert", "--log", "--progress-bar", "--global-option", "--config-settings", "-C",
    "--no-binary", "--only-binary", "--platform", "--abi", "--implementation", "--python-version", "--exists-action",
    "--report", "--group", "--index-strategy", "--torch-backend", "--exclude-newer", "--overrides",
    "--keyring-provider",
    "--link-mode", "--resolution", "--prerelease", "--build-constraint", "-P", "--upgrade-package", "--extra",
    "--optional", "--tag", "--branch", "--rev", "--env-file", "--directory", "--project", "--suffix", "--pip-args",
    "--refresh-package", "--no-build-isolation-package", "--python-platform",
})  # fmt: skip
_NPM_VALUED = frozenset({"--registry", "--prefix", "-C", "--tag", "--loglevel", "--cache", "-w", "--workspace"})
_CONDA_VALUED = frozenset({"-n", "--name", "-p", "--prefix", "-f", "--file", "--solver", "--subdir", "--platform"})
_VERSION = re.compile(r"[vV]?\d[\w.+-]*").fullmatch
_COMMAND = 200


def pip(document: Document, root: str, words: list[str], line: int, stage: str) -> None:
    """Read ``pip install``, ``download`` and ``wheel``."""
    verb, rest = _verb(words[1:])
    if verb in {"install", "download", "wheel"}:
        _python(document, root, f"{words[0]} {verb}", rest, (line, stage))


def uv(document: Document, root: str, words: list[str], line: int, stage: str) -> None:
    """Read ``uv pip install``, ``uv add``, ``uv tool install``, ``uv tool run`` and ``uv run --with``."""
    verb, rest = _verb(words[1:])
    second, behind = _verb(rest)
    if verb == "pip" and second == "install":
        _python(document, root, "uv pip install", behind, (line, stage))
    elif verb == "add":
        _python(document, root, "uv add", rest, (line, stage))
    elif verb == "tool" and second in {"install", "upgrade"}:
        _python(document, root, "uv tool install", behind, (line, stage))
    elif verb == "tool" and second == "run":
        launch(document, root, ["uvx", *behind], line, stage)
    elif verb == "run":
        _with(document, root, rest, (line, stage))


def _with(document: Document, root: str, words: list[str], place: tuple[int, str]) -> None:
    todo = iter(words)
    for word in todo:
        option, equals, value = word.partition("=")
        if option == "--with":
            wanted = (value if equals else next(todo, "")).split(",")
            _python(document, root, "uv run --with", wanted, place)
        elif option in _VALUED and not equals:
            next(todo, "")
        elif not word.startswith("-"):
            return


def pipx(document: Document, root: str, words: list[str], line: int, stage: str) -> None:
    """Read ``pipx install`` and ``pipx run``."""
    verb, rest = _verb(words[1:])
    if verb in {"install", "inject"}:
        _python(document, root, f"pipx {verb}", rest[1:] if verb == "inject" else rest, (line, stage))
    else:
        launch(document, root, words, line, stage)


def add(document: Document, root: str, words: list[str], line: int, stage: str) -> None:
    """Read ``poetry add`` and ``pdm add``."""
    verb, rest = _verb(words[1:])
    if verb == "add":
        rest = [w.replace("@", "==", 1) if re.fullmatch(r"[\w.-]+@\d[\w.]*", w) else w for w in rest]
        _python(document, root, f"{words[0]} add", [w for w in rest if "@^" not in w], (line, stage))


def launch(document: Document, root: str, words: list[str], line: int, stage: str) -> None:
    """Read ``npx PACKAGE``, ``uvx PACKAGE`` and their like: fetched and started."""
    for found in launches(words):
        if found.package.ecosystem != "agent-tool" and not is_open(found.package.name):
            _add(document, root, found.package, found.runner, ("runs", line, stage, " ".join(words)))


def npm(document: Document, root: str, words: list[str], line: int, stage: str) -> None:
    """Read ``npm install PACKAGE`` and ``npm exec``; a bare ``npm install`` follows the manifest."""
    verb, rest = _verb(words[1:])
    if verb == "global":
        verb, rest = _verb(rest)
    if verb in {"exec", "x", "dlx"}:
        launch(document, root, [words[0], verb, *rest], line, stage)
    if verb not in {"install", "i", "add", "isntall"}:
        return
    for word in _plain(document, rest, _NPM_VALUED, {"--registry": "index"}, line):
        if word.startswith((".", "/", "~", "file:")) or is_open(word):
            continue
        found = npm_package(word, "")
        if found is not None:
            _add(document, root, found.package, f"{words[0]} {verb}", ("prod", line, stage, word))


def conda(document: Document, root: str, words: list[str], line: int, stage: str) -> None:
    """Read ``conda install``, ``conda create`` and the same of mamba and micromamba."""
    verb, rest = _verb(words[1:])
    if verb == "env":
        return
    if verb not in {"install", "create", "update", "upgrade"}:
        return
    roles = {"-c": "channel", "--channel": "channel"}
    for word in _plain(document, rest, _CONDA_VALUED, roles, line):
        spec = None if is_open(word) else read_spec(word)
        if spec is not None:
            url = spec.url
            package = Package(
                "conda", spec.name, spec.version, "url" if url else "conda", registry=spec.channel, url=url
            )
            _add(document, root, package, f"{words[0]} {verb}", ("prod", line, stage, word))


def _python(document: Document, root: str, how: str, words: list[str], place: tuple[int, str]) -> None:
    """Add the requirements among the words behind an install command of Python."""
    line, stage = place
    for word in _plain(document, words, _VALUED, _ROLES, line):
        try:
            want = read_requirement(word.strip(), paths=True)
        except NotARequirement:
            continue
        package = package_of(want)
        if package.source == "local" or is_open(want.name) or (want.name in {"-", ""} and not want.url):
            continue
        if is_open(want.url):
            package = package._replace(commit="")
        facts = ("prod", line, stage, word)
        _add(document, root, package, how, facts, unknown=bool(is_open(want.specifier + want.url)))


def _add(
    document: Document,
    root: str,
    package: Package,
    how: str,
    facts: tuple[str, int, str, str],
    *,
    unknown: bool = False,
) -> None:
    label, line, stage, command = facts
    exact = package.commit if package.source == "git" else package.version or package.hashes
    pinned = "yes" if exact else "unknown" if unknown else "no"
    node = document.add(package, line)
    document.link(root, node, label, requested=command[:_COMMAND], at=line)
    document.use(node, how, line, pinned=pinned, stage=stage, command=command[:_COMMAND])


def _verb(words: list[str]) -> tuple[str, list[str]]:
    """Return the first word that is no option, and what stands behind it."""
    todo = list(words)
    while todo:
        word = todo.pop(0)
        if not word.startswith("-"):
            return word, todo
        if word in _VALUED and todo:
            del todo[0]
    return "", []


def _plain(
    document: Document, words: list[str], valued: frozenset[str], roles: dict[str, str], line: int
) -> Iterator[str]:
    """Yield the words that are no options or their values; those that name an index become index uses."""
    todo = iter(words)
    for word in todo:
        if not word.startswith("-"):
            yield word
            continue
        option, equals, value = word.partition("=")
        if not word.startswith("--") and option[:2] in roles and len(word) > 2:  # noqa: PLR2004 - -iURL
            option, equals, value = word[:2], "=", word[2:].lstrip("=")
        if option in {"-e", "--editable"}:
            yield value if equals else next(todo, "")
        elif option in roles or option in valued:
            value = value if equals else next(todo, "")
            if option in roles and value and not is_open(value):
                document.indexes.append(IndexUse(value, roles[option], line))

"""Shell text as words: commands, what they install, and what they fetch and hand to an interpreter."""

from __future__ import annotations

import re
from collections.abc import Iterator

from depscan.inputs.agents import _spec
from depscan.inputs.agents._spec import Launch

_MOST_TEXT = 200_000
_MOST_COMMANDS = 2000
_TOKEN = re.compile(
    r"(?P<blank>[ \t]+|\\\n)"
    r"|(?P<comment>(?<![^\s;&|(])\#[^\n]*)|(?P<sub>\$\([^()]*\)|`[^`\n]*`)"
    r"|(?P<end>\n|&&|\|\|?|;+|&|[(){}](?=\s|$)|\$\(|`|\))"
    r"|'(?P<single>[^'\n]*)'|\"(?P<double>(?:[^\"\\]|\\.)*)\"|\\(?P<escaped>.)|(?P<plain>[^\s;&|()'\"\\`$\n]+)|(?P<odd>.)",
    re.DOTALL,
)
_PIPED = re.compile(
    r"\b(?:curl|wget|iwr|irm|invoke-webrequest|invoke-restmethod)\b(?P<args>[^|\n;]{0,400})"
    r"\|\s*(?:sudo\s+(?:-\S+\s+)*)?(?:env\s+)?(?:[\w./]*/)?(?P<how>(?:ba|z|da|k)?sh|python[\d.]*|node|perl|ruby|iex|invoke-expression|powershell|pwsh)\b"
    r"|\b(?P<sub>(?:ba|z|da)?sh|eval|source|\.)\s+(?:-\w+\s+)*[\"']?[<$]\(\s*(?:curl|wget)\b(?P<inner>[^)\n]{0,400})"
    r"|\b(?P<iex>iex|invoke-expression)\b[^\n;|]{0,40}\b(?:curl|iwr|irm|invoke-webrequest|invoke-restmethod|downloadstring)\b(?P<last>[^\n;|]{0,400})",
    re.IGNORECASE,
)
_SUBSTITUTED = re.compile(r"\$\(([^()]*)\)|`([^`]*)`")
_MOST_INSIDE = 50
_LONGEST_INSIDE = 2000
_URL = re.compile(r"https?://[^\s\"'`<>|)]+")
_PIP_VALUE = frozenset([
    "-r", "--requirement", "-c", "--constraint", "-e", "--editable", "-i", "--index-url", "--extra-index-url", "-t",
    "--target", "--prefix", "--root", "-f", "--find-links", "--python", "-p", "--index", "--default-index", "--group",
    "--platform", "--python-version", "--implementation", "--abi", "--trusted-host", "--cache-dir", "--timeout",
])  # fmt: skip
_NPM_VALUE = frozenset(["--registry", "--prefix", "-w", "--workspace", "--tag", "--cache", "--loglevel", "-C"])
_VERBS = {
    ("pip", "install"): ("pypi", "pip install"), ("pip3", "install"): ("pypi", "pip install"),
    ("pipx", "install"): ("pypi", "pipx install"), ("npm", "install"): ("npm", "npm install"),
    ("npm", "i"): ("npm", "npm install"), ("npm", "add"): ("npm", "npm install"),
    ("pnpm", "add"): ("npm", "pnpm add"), ("pnpm", "install"): ("npm", "pnpm add"), ("pnpm", "i"): ("npm", "pnpm add"),
    ("yarn", "add"): ("npm", "yarn add"), ("bun", "add"): ("npm", "bun add"), ("bun", "install"): ("npm", "bun add"),
    ("go", "install"): ("go", "go install"),
}  # fmt: skip


def split_commands(text: str) -> list[list[str]]:
    """Return the words of each simple command of shell text, quotes removed, in order.

    Commands inside ``$(...)`` and backquotes stand as commands of their own. Text after 200,000 characters and
    commands after 2,000 are left out.
    """
    commands: list[list[str]] = [[]]
    inside: list[str] = []
    open_word = False
    for found in _TOKEN.finditer(text[:_MOST_TEXT]):
        kind = found.lastgroup or ""
        if kind in {"blank", "comment"}:
            open_word = False
        elif kind == "end":
            open_word = False
            if commands[-1]:
                commands.append([])
                if len(commands) > _MOST_COMMANDS:
                    break
        else:
            part = found[kind]
            if kind in {"double", "sub"}:
                inside.extend(one or other for one, other in _SUBSTITUTED.findall(part)[:_MOST_INSIDE])
                part = re.sub(r"\\([\"\\$`])", r"\1", part)
            if open_word:
                commands[-1][-1] += part
            else:
                commands[-1].append(part)
            open_word = True
    for code in inside[:_MOST_INSIDE]:  # each is shorter than the text around it
        commands.extend(split_commands(code[:_LONGEST_INSIDE]))
    return [words for words in commands if words]


def installs(words: list[str]) -> Iterator[Launch]:
    """Yield the packages that ``pip install a b==1``, ``npm install -g x``, ``uv add y`` ... ask for."""
    from depscan.inputs.agents._launch import base

    program = base(words[0]) if words else ""
    rest = words[1:]
    if re.fullmatch(r"(?:python|pypy)[\d.]*|py", program) and rest[:2] == ["-m", "pip"]:
        program, rest = "pip", rest[2:]
    if program == "uv" and rest[:1] in (["pip"], ["tool"]) and rest[1:2] == ["install"]:
        yield from _packages("pypi", f"uv {rest[0]} install", rest[2:], _PIP_VALUE)
    elif program == "uv" and rest[:1] == ["add"]:
        yield from _packages("pypi", "uv add", rest[1:], _PIP_VALUE)
    elif rest and (known := _VERBS.get((re.sub(r"^pip[\d.]+$", "pip", program), rest[0]))):
        kind, runner = known
        yield from _packages(kind, runner, rest[1:], _PIP_VALUE if kind == "pypi" else _NPM_VALUE)


def _packages(kind: str, runner: str, words: list[str], with_value: frozenset[str]) -> Iterator[Launch]:
    read = {"pypi": _spec.pypi, "npm": _spec.npm, "go": _spec.go}[kind]
    todo = iter(words)
    for word in todo:
        if word in with_value:
            next(todo, "")
        elif word.startswith(("-", ".", "/", "~", "$", "<", ">", "{")) or not word or word.endswith((".whl", ".tgz")):
            continue
        elif (one := read(word, runner)) is not None:
            yield one


def fetched_scripts(text: str) -> Iterator[Launch]:
    """Yield the services whose answer is handed to an interpreter: ``curl URL | sh``, ``bash <(curl URL)``."""
    for found in _PIPED.finditer(text[:_MOST_TEXT]):
        how = found["how"] or found["sub"] or found["iex"]
        url = _URL.search(found["args"] or found["inner"] or found["last"] or "")
        one = _spec.service(url[0], f"curl | {how.lower()}") if url else None
        if one:
            yield one

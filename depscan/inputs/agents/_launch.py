"""Commands that fetch and start tools: ``npx -y pkg``, ``uvx pkg``, ``docker run image``, ``mcp-remote URL`` ...

Each of them downloads and runs something every time the command starts: a request like one in a manifest. Nothing is
started here. Sources: npm exec (npm CLI documentation), https://docs.astral.sh/uv/guides/tools/,
https://pipx.pypa.io, https://docs.docker.com/reference/cli/docker/container/run/,
https://docs.deno.com/runtime/reference/cli/run/.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from depscan.inputs.agents import _spec
from depscan.inputs.agents._container import CONTAINERS, read_container
from depscan.inputs.agents._spec import Launch
from depscan.inputs.agents._words import options_of, verb_of

_MOST_NESTED = 5
_MOST_WORDS = 2000
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=").match
_NODE = {"npx": (), "bunx": (), "pnpx": (), "pnpm": ("dlx",), "yarn": ("dlx",), "npm": ("exec", "x"), "bun": ("x",)}
_NODE_PACKAGE = frozenset(["-p", "--package"])
_NODE_VALUE = frozenset([
    "--registry", "-w", "--workspace", "--prefix", "--cache", "--loglevel", "--userconfig", "-C", "--dir", "--cwd",
    "--node-options", "-n", "--node-arg", "--script-shell",
])  # fmt: skip
_NODE_TEXT = frozenset(["-c", "--call"])
_UV_FROM = frozenset(["--from", "--spec", "--with", "-w", "--with-editable"])
_UV_VALUE = frozenset([
    "--python", "-p", "--index", "--index-url", "-i", "--extra-index-url", "--default-index", "--find-links", "-f",
    "--directory", "--project", "--cache-dir", "--config-file", "--color", "--env-file", "--with-requirements",
    "--index-strategy", "--keyring-provider", "--exclude-newer", "--refresh-package", "--resolution", "--prerelease",
    "--link-mode", "--python-preference", "--group", "--extra", "--package", "--no-group", "--pip-args", "-P",
    "--upgrade-package", "--allow-insecure-host", "--overrides", "--constraints", "-c", "-b", "--build-constraints",
    "--python-platform", "--suffix", "--backend", "--fetch-missing-python",
])  # fmt: skip
_SHELLS = frozenset(["sh", "bash", "zsh", "dash", "ksh", "fish", "ash"])
_POWERSHELLS = frozenset(["powershell", "pwsh"])
_PYTHONS = re.compile(r"(?:python|pypy|pythonw)[\d.]*|py").fullmatch
_SCRIPTS = frozenset(["node", "nodejs", "tsx", "ts-node", "ruby", "perl", "php", "java"])
_WRAPPERS = {"sudo": "gpuC", "nohup": "", "exec": "", "command": "", "time": "", "nice": "n", "stdbuf": "ioe",
             "setsid": "", "caffeinate": "", "xvfb-run": ""}  # fmt: skip
_BEHIND_DASHES = frozenset(["op", "doppler", "dotenv", "infisical", "dotenvx", "cross-env", "chamber", "aws-vault"])
_REMOTES = frozenset(["mcp-remote", "mcp-proxy", "supergateway", "mcp-client", "@anthropic-ai/mcp-remote"])


def launches(words: Sequence[str]) -> tuple[Launch, ...]:
    """Return what a command, given as an argument list, fetches or runs; in order, without repeats.

    A launcher gives its packages; ``mcp-remote URL`` also the service; ``bash -c TEXT`` what the text fetches; any
    other command one ``agent-tool`` that is local. () for no command.
    """
    return _found(list(words[:_MOST_WORDS]), 0)


def launches_in_text(text: str) -> tuple[Launch, ...]:
    """Return what shell text fetches: launchers, ``pip install``, ``npm install``, ``curl URL | sh``.

    Local programs are left out. Quoting is followed as a shell does; what cannot be split is split at blanks.
    """
    return _text(text, 0)


def _text(text: str, depth: int) -> tuple[Launch, ...]:
    from depscan.inputs.agents._commands import fetched_scripts, installs, split_commands

    found: list[Launch] = []
    if depth > _MOST_NESTED:
        return ()
    for words in split_commands(text):
        found.extend(item for item in _found(words, depth + 1) if item.package.ecosystem != "agent-tool")
        found.extend(installs(unwrapped(words)))
    found.extend(fetched_scripts(text))
    return tuple(dict.fromkeys(found))


def _found(words: list[str], depth: int) -> tuple[Launch, ...]:
    words = unwrapped(words)
    if not words or depth > _MOST_NESTED:
        return ()
    program, rest = base(words[0]), words[1:]
    if program in _SHELLS or program in _POWERSHELLS or program == "cmd":
        return _shell(program, rest, depth)
    reader = _READERS.get(program) or (_python if _PYTHONS(program) else None)
    made = reader(program, rest, depth) if reader else None
    if made is None:
        one = _spec.local(words[0], program)
        made = [one] if one else []
    return tuple(dict.fromkeys(made))


def base(word: str) -> str:
    """Return the name of a program without folder and Windows' endings."""
    name = word.replace("\\", "/").rpartition("/")[2]
    for ending in (".exe", ".cmd", ".bat", ".ps1"):
        name = name.removesuffix(ending)
    return name


def unwrapped(words: list[str]) -> list[str]:
    """Return a command without what only prepares it: assignments, ``env``, ``sudo``, ``timeout 5``, ``op run --``."""
    for _ in range(20):
        while words and _ASSIGNMENT(words[0]):
            words = words[1:]
        program = base(words[0]) if words else ""
        if program == "env":
            words = _afteroptions_of(words[1:], "uCS")
        elif program == "timeout":
            words = _afteroptions_of(words[1:], "ks")[1:]
        elif program in _WRAPPERS:
            words = _afteroptions_of(words[1:], _WRAPPERS[program])
        elif program in _BEHIND_DASHES and "--" in words:
            words = words[words.index("--") + 1 :]
        elif program == "cross-env":
            words = words[1:]
        else:
            break
    return words


def _afteroptions_of(words: list[str], with_value: str) -> list[str]:
    at = 0
    while at < len(words) and words[at].startswith("-"):
        if words[at] == "--":
            return words[at + 1 :]
        at += 2 if words[at][1:] and words[at][1:] in with_value else 1
    return words[at:]


def _shell(program: str, rest: list[str], depth: int) -> tuple[Launch, ...]:
    if program == "cmd":
        at = next((i for i, word in enumerate(rest) if word.lower() in {"/c", "/k"}), None)
        if at is None or at + 1 >= len(rest):
            return ()
        inner = rest[at + 1 :]
        return _text(inner[0], depth + 1) if len(inner) == 1 else _found(inner, depth + 1)
    for at, word in enumerate(rest):
        option = word.lower()
        if re.fullmatch(r"-(?:\w*c|command)", option) and at + 1 < len(rest):
            text = " ".join(rest[at + 1 :]) if program in _POWERSHELLS else rest[at + 1]
            found = _text(text, depth + 1)
            one = _spec.local(program, f"{program} -c")
            return found or ((one,) if one else ())
    script = next((word for word in rest if not word.startswith("-")), program)
    one = _spec.local(script, program)
    return (one,) if one else ()


def _node(program: str, rest: list[str], depth: int) -> list[Launch] | None:
    verbs = _NODE[program]
    runner = program
    if verbs:
        verb, rest = verb_of(rest, _NODE_VALUE)
        if verb not in verbs:
            return None
        runner = f"{program} {verb}"
    specs, text, tail = options_of(rest, _NODE_PACKAGE, _NODE_VALUE, _NODE_TEXT)
    if tail and not specs:
        specs, tail = [tail[0]], tail[1:]
    made = [one for spec in specs for one in (_spec.npm(spec, runner),) if one]
    nested = _text(text, depth + 1) if text else _behind(made, tail, depth)
    return [*made, *nested] if made or nested else None


def _uvx(program: str, rest: list[str], depth: int) -> list[Launch] | None:
    runner = program
    if program != "uvx":
        verb, rest = verb_of(rest, _UV_VALUE)
        if program == "uv" and verb == "tool":
            runner = "uv tool run"
            verb, rest = verb_of(rest, _UV_VALUE)
        elif program == "uv":
            return _uv_run(rest) if verb == "run" else None
        else:
            runner = "pipx run"
        if verb != "run":
            return None
    main = any(word.partition("=")[0] in {"--from", "--spec"} for word in rest)
    specs, _, tail = options_of(rest, _UV_FROM, _UV_VALUE, frozenset())
    if tail and not main:
        specs, tail = [tail[0], *specs], tail[1:]
    elif tail:
        tail = tail[1:]
    made = _pythons(specs, runner)
    return [*made, *_behind(made, tail, depth)] if made else None


def _uv_run(rest: list[str]) -> list[Launch] | None:
    """Return what ``uv run --with X script`` fetches for a program of the project itself, and that program."""
    specs, _, tail = options_of(rest, _UV_FROM, _UV_VALUE | {"-m", "--module"}, frozenset())
    made = _pythons(specs, "uv run --with")
    if tail and (tail[0].startswith("http://") or tail[0].startswith("https://")):
        script = _spec.service(tail[0], "uv run")
        return [*made, script] if script else made
    module = next((rest[i + 1] for i, word in enumerate(rest[:-1]) if word in {"-m", "--module"}), "")
    program = _spec.local(module or _script(tail), "uv run")
    return made or ([program] if program else None)


def _script(words: list[str]) -> str:
    """Return what ``python server.py`` or ``python -m server`` runs; the program itself for others."""
    if len(words) > 1 and _PYTHONS(base(words[0])):
        return next((word for word in words[1:] if not word.startswith("-")), words[0])
    return words[0] if words else ""


def _pythons(specs: list[str], runner: str) -> list[Launch]:
    parts = [part for spec in specs for part in (spec.split(",") if "[" not in spec else [spec])]
    found = (_spec.pypi(part.strip(), runner) for part in parts if part and not part.startswith((".", "/", "-", "~")))
    return [one for one in found if one]


def _behind(made: list[Launch], tail: list[str], depth: int) -> tuple[Launch, ...]:
    """Return what a launched tool itself is told to launch or to connect to."""
    found: list[Launch] = []
    if any(one.package.name in _REMOTES for one in made):
        urls = (_spec.service(word, "mcp-remote") for word in tail if word.startswith(("http://", "https://")))
        found.extend([one for one in urls if one][:1])
    for at, word in enumerate(tail):
        if word == "--" or _ASSIGNMENT(word):
            found.extend(i for i in _found(tail[at + 1 :], depth + 1) if i.package.source != "local")
            break
        if base(word) in _LAUNCHERS:
            found.extend(i for i in _found(tail[at:], depth + 1) if i.package.source != "local")
            break
        if " " in word and base(word.split()[0] if word.split() else "") in _LAUNCHERS:
            found.extend(_text(word, depth + 1))
    return tuple(found)


def _deno(program: str, rest: list[str], depth: int) -> list[Launch] | None:  # noqa: ARG001 - one signature
    verb, rest = verb_of(rest, frozenset())
    target = next((word for word in rest if not word.startswith("-")), "")
    runner = f"{program} {verb}"
    one: Launch | None
    if target.startswith("npm:"):
        one = _spec.npm(target.removeprefix("npm:").removeprefix("/"), runner)
    elif target.startswith("jsr:"):
        one = _spec.jsr(target, runner)
    else:
        one = _spec.service(target, runner) or _spec.local(target, runner)
    return [one] if one else None


def _go(program: str, rest: list[str], depth: int) -> list[Launch] | None:  # noqa: ARG001
    target = next((word for word in rest[1:] if not word.startswith("-")), "")
    one = _spec.go(target, "go run") if rest[:1] == ["run"] else None
    return [one] if one else None


def _python(program: str, rest: list[str], depth: int) -> list[Launch] | None:  # noqa: ARG001
    for at, word in enumerate(rest):
        if word == "-m" and at + 1 < len(rest):
            one = _spec.local(rest[at + 1], f"{program} -m")
            return [one] if one else None
        if word == "-c":
            return None
        if not word.startswith("-"):
            one = _spec.local(word, program)
            return [one] if one else None
    return None


def _interpreter(program: str, rest: list[str], depth: int) -> list[Launch] | None:  # noqa: ARG001
    target = next((word for word in rest if not word.startswith("-")), "")
    one = _spec.local(target, program)
    return [one] if one else None


def _remote(program: str, rest: list[str], depth: int) -> list[Launch] | None:  # noqa: ARG001
    found = [one for one in (_spec.service(word, program) for word in rest) if one][:1]
    return found or None


_READERS: dict[str, Callable[[str, list[str], int], list[Launch] | None]] = {
    **dict.fromkeys(_NODE, _node),
    **dict.fromkeys(("uvx", "uv", "pipx"), _uvx),
    **dict.fromkeys(CONTAINERS, read_container),
    **dict.fromkeys(_SCRIPTS, _interpreter),
    **dict.fromkeys(("mcp-remote", "mcp-proxy"), _remote),
    "deno": _deno,
    "go": _go,
}
_LAUNCHERS = frozenset([*_NODE, "uvx", "uv", "pipx", *CONTAINERS, "deno"])

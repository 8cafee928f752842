"""``docker run`` and its kin: options, and the image that is fetched (https://docs.docker.com/reference/cli/docker/container/run/)."""

from __future__ import annotations

import re

from depscan.inputs.agents import _spec
from depscan.inputs.agents._spec import Launch
from depscan.inputs.agents._words import verb_of

CONTAINERS = frozenset(["docker", "podman", "nerdctl", "finch"])
_CONTAINER_FLAGS = "itdPqlh"
_CONTAINER_SWITCHES = frozenset([
    "--rm", "--init", "--interactive", "--tty", "--detach", "--privileged", "--read-only", "--publish-all", "--quiet",
    "--no-healthcheck", "--oom-kill-disable", "--sig-proxy", "--disable-content-trust", "--replace", "--tls-verify",
    "--no-hosts", "--rmi", "--help", "--debug", "--tls", "--tlsverify",
])  # fmt: skip


def read_container(program: str, rest: list[str], depth: int) -> list[Launch] | None:  # noqa: ARG001
    verb, rest = verb_of(rest, frozenset(["--context", "-c", "-H", "--host", "--config", "-l", "--log-level"]))
    if verb == "container":
        verb, rest = verb_of(rest, frozenset())
    if verb not in {"run", "create"}:
        return None
    name = next(iter(container_arguments(rest)[1]), "")
    one = _spec.image(name, f"{program} {verb}") if name else None
    return [one] if one else None


def container_arguments(words: list[str]) -> tuple[list[tuple[str, str]], list[str]]:
    """Return the options of ``docker run`` as (option, value) pairs, and the image with what follows it."""
    options: list[tuple[str, str]] = []
    at = 0
    while at < len(words) and words[at].startswith("-") and words[at] != "-":
        name, equals, value = words[at].partition("=")
        at += 1
        if not name.startswith("--"):
            letter = re.match(rf"-[{_CONTAINER_FLAGS}]*(.?)(.*)", words[at - 1])
            if letter is None or not letter[1]:
                continue
            name, value, equals = f"-{letter[1]}", letter[2].removeprefix("="), letter[2]
        elif name in _CONTAINER_SWITCHES:
            options.append((name, value))
            continue
        if not equals:
            value = words[at] if at < len(words) else ""
            at += 1
        options.append((name, value))
    return options, words[at:]

"""Options in requirements files: which there are, which take a value, how a line of them is split.

Source: https://pip.pypa.io/en/stable/reference/requirements-file-format/#supported-options and
pip's own list of options it once supported (a file that still carries them is read, not refused).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_TOKEN = re.compile(r"""(?:[^\s"']+|"[^"]*"|'[^']*')+""").findall
_HASH = re.compile(r"[A-Za-z0-9_]+:[0-9A-Fa-f]+").fullmatch

ROLES = {
    "--requirement": "requirement",
    "--constraint": "constraint",
    "--index-url": "index",
    "--pypi-url": "index",
    "--extra-index-url": "extra",
    "--find-links": "find-links",
    "--trusted-host": "trusted-host",
}
"""Option to the role of the file or index it names."""

_SHORT = {"-r": "--requirement", "-c": "--constraint", "-i": "--index-url", "-f": "--find-links"}
_SHORT |= {"-C": "--config-settings", "-e": "--editable", "-Z": "--always-unzip"}
_VALUED = {
    *ROLES,
    *("--editable", "--no-binary", "--only-binary", "--use-feature", "--hash", "--global-option"),
    *("--install-option", "--config-settings", "--config-setting", "--exists-action"),
    *("--only-final", "--all-releases", "--uploaded-prior-to", "--timeout", "--cert", "--proxy", "--progress-bar"),
}
KNOWN = {
    *_VALUED,
    *("--no-index", "--pre", "--prefer-binary", "--require-hashes", "--always-unzip", "--no-deps", "--no-use-wheel"),
    *("--use-wheel", "--process-dependency-links", "--allow-all-external", "--no-allow-insecure", "--upgrade"),
    *("--no-build-isolation", "--no-cache-dir", "--use-pep517", "--no-use-pep517", "--allow-external"),
    *("--allow-unverified", "--no-allow-external"),
}
"""Every long option that is no mistake in a requirements file."""


def split(text: str) -> list[tuple[str, str]]:
    """Return (long option, value) pairs of a line; unknown words come with an empty value.

    Short options may carry their value (``-rbase.txt``) and long ones may be shortened while they
    stay unambiguous, both as optparse allows.
    """
    tokens = [_unquote(t) for t in _TOKEN(text)]
    pairs, at = [], 0
    while at < len(tokens):
        token = tokens[at]
        at += 1
        if token.startswith("--"):
            name, given, value = token.partition("=")
            name = _full(name)
        else:
            name, value = _SHORT.get(token[:2], token), token[2:].lstrip("=")
            given = value
            value = value if name in _VALUED else ""
        if name in _VALUED and not given and at < len(tokens):
            value = tokens[at]
            at += 1
        pairs.append((name, value))
    return pairs


def _full(name: str) -> str:
    if name in KNOWN:
        return name
    fits = [k for k in KNOWN if k.startswith(name)] if len(name) > len("--x") else []
    return fits[0] if len(fits) == 1 else name


def _unquote(token: str) -> str:
    return re.sub(r"([\"'])(.*?)\1", r"\2", token) if '"' in token or "'" in token else token


def hashes(text: str, problem: Callable[[str], None]) -> tuple[str, ...]:
    """Return the ``algorithm:hex`` values of ``--hash`` in the options behind a requirement.

    Args:
        text: the options, "" for none.
        problem: called with a sentence for what is wrong with them.
    """
    if not text:
        return ()
    found = []
    for name, value in split(text):
        if name == "--hash" and _HASH(value):
            found.append(value)
        elif name == "--hash":
            problem(f"--hash {value[:80]!r} is not algorithm:hex")
        elif name not in KNOWN:
            problem(f"unknown option {name[:80]!r} behind a requirement")
    return tuple(found)

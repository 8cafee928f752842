"""Conditions that facts stand under: which system, in CI, at install, after a date, under a debugger."""

from __future__ import annotations

import ast

_NAMES = {
    "gettrace": "debugger", "IsDebuggerPresent": "debugger", "datetime": "date", "TYPE_CHECKING": "typing",
    "localtime": "date", "gmtime": "date",
}  # fmt: skip
_WORDS = (
    (("win", "nt", "cygwin"), "os:nt"), (("linux", "darwin", "mac", "posix"), "os:posix"),
)  # fmt: skip
_CI = frozenset({"CI", "GITHUB_ACTIONS", "GITLAB_CI", "TRAVIS", "JENKINS_URL", "CIRCLECI", "TF_BUILD", "BUILDKITE"})


def is_main(test: ast.expr) -> bool:
    """Whether a condition holds only in a started script: ``__name__ == "__main__"``, alone or with ``and``."""
    if isinstance(test, ast.BoolOp):
        return isinstance(test.op, ast.And) and any(map(is_main, test.values))
    return (
        isinstance(test, ast.Compare)
        and isinstance(test.ops[0], ast.Eq)
        and any(isinstance(p, ast.Name) and p.id == "__name__" for p in (test.left, *test.comparators))
        and any(isinstance(p, ast.Constant) and p.value == "__main__" for p in (test.left, *test.comparators))
    )


def guards_of(test: ast.expr) -> list[str]:
    """Return the guards a condition stands for."""
    found: list[str] = []
    system = argv = False
    words: list[str] = []
    for count, node in enumerate(ast.walk(test)):
        if count > 60:  # noqa: PLR2004 - a condition, not a program
            break
        name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
        if name in _NAMES:
            found.append(_NAMES[name])
        system = system or name in {"platform", "system", "name"}
        argv = argv or name == "argv"
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            words.append(node.value)
    for word in words:
        low = word.lower()
        if argv and low in {"install", "develop", "bdist_wheel", "sdist", "egg_info", "build"}:
            found.append(f"argv:{low}")
        if word in _CI:
            found.append("ci")
        if system:
            found.extend(tag for heads, tag in _WORDS if low.startswith(heads))
    return list(dict.fromkeys(found))

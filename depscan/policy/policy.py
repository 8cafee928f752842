"""The policy file: ``depscan.toml``, or ``[tool.depscan]`` in pyproject.toml.

What it does not say has a default; what it says wrongly is an error with file and line, because a typing
mistake in a gate must not open it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from depscan.errors import InputError, PolicyError
from depscan.model.cooldown import CooldownOptions
from depscan.model.decision import Waiver
from depscan.model.driftoptions import DriftOptions
from depscan.model.nameoptions import NameOptions
from depscan.text.load import load_toml
from depscan.text.source import read_source

if TYPE_CHECKING:
    from collections.abc import Container

    from depscan.policy.reader import Reader

CLASSES = ("malicious", "vulnerability", "name", "behaviour", "loading", "integrity", "trust", "policy")
SEVERITIES = ("low", "medium", "high", "critical")
_NAME = "depscan.toml"
_TABLE = rb"(?m)^[ \t]*\[{1,2}[ \t]*[\"']?tool[\"']?[ \t]*\.[ \t]*[\"']?depscan\b"
"""A header of our table: tells a broken policy from a broken file that holds none."""


class Policy(NamedTuple):
    """What blocks, what is accepted, and how old the advisories may be.

    Attributes:
        path: the policy file as shown to the user; "" for the default policy.
        fail_on: class words, severity words and rule ids; any one that fits a finding blocks it.
        fixable_only: vulnerabilities without a known fix warn instead of block.
        undecidable: block, warn or allow what cannot be decided.
        max_db_age: days the newest advisory may be old; None for no limit.
        exceptions: in file order.
        disabled_checks: ids of checks that are switched off.
        accept_unchecked: ecosystems whose packages may go without advisory data.
        names: private and allowed names.
        cooldown: how old releases have to be.
        inspect_needed: whether a package whose code was not looked at makes the scan incomplete.
        drift: what of ``depscan drift`` fails.
        drifting: whether drift is what is judged: exceptions for it hold then, and only then.
        db_url: where ``db update`` downloads from; "" for the default.
        lines: policy key to its 1-based line, for the keys the file sets.
        texts: line number to its text, for the lines findings may point at.
    """

    path: str = ""
    fail_on: tuple[str, ...] = (
        "malicious", "vulnerability", "loading", "name/imitation", "name/foreign-script", "name/private-from-elsewhere",
        "trust/cooldown", "integrity/hash-changed", "trust/left-index", "behaviour/new-surface",
        "integrity/local-file-differs", "integrity/index-hash-differs", "agent/inline-secret", "agent/plain-http",
        "agent/hook-fetches-code", "ci/agent-fed-by-strangers",
    )  # fmt: skip
    fixable_only: bool = False
    undecidable: str = "warn"
    max_db_age: int | None = None
    exceptions: tuple[Waiver, ...] = ()
    disabled_checks: tuple[str, ...] = ()
    accept_unchecked: tuple[str, ...] = ()
    names: NameOptions = NameOptions()
    cooldown: CooldownOptions = CooldownOptions()
    inspect_needed: bool = False
    drift: DriftOptions = DriftOptions()
    drifting: bool = False
    db_url: str = ""
    lines: dict[str, int] = {}  # noqa: RUF012 - never changed
    texts: dict[int, str] = {}  # noqa: RUF012 - never changed

    def because(self, key: str) -> str:
        """Return ``file:line`` of a key, or "default policy" where the file does not set it."""
        return f"{self.path}:{self.lines[key]}" if key in self.lines else "default policy"


def load_policy(config: str = "", start: str = "") -> Policy:
    """Return the policy that governs a scan.

    Args:
        config: the file the user named; "" searches.
        start: the first scanned path; the search goes from its folder up to the repository's root (the
            folder that holds ``.git``) or the file system's.

    Raises:
        PolicyError: a named file is missing, or a policy file is unreadable or wrong.
    """
    if config:
        named = _read(config, tool=os.path.basename(config) == "pyproject.toml", named=True)
        if named is None:
            raise PolicyError("no [tool.depscan] table", path=config)
        return named
    folder = os.path.abspath(start or ".")
    if not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    while True:
        for name in (_NAME, "pyproject.toml"):
            path = os.path.join(folder, name)
            if os.path.isfile(path):
                found = _read(path, tool=name != _NAME, named=False)
                if found is not None:
                    return found
        parent = os.path.dirname(folder)
        if parent == folder or os.path.exists(os.path.join(folder, ".git")):
            return Policy()
        folder = parent


def check_names(policy: Policy, rules: Container[str], checks: Container[str]) -> None:
    """Refuse rule and check ids that do not exist: a mistyped one would silently change the gate.

    Args:
        policy: as loaded.
        rules: every rule id, allowed in ``fail-on``.
        checks: every check id, allowed in ``checks.disable``.

    Raises:
        PolicyError: an id is unknown.
    """
    named = [("fail-on", "rule", n, rules) for n in policy.fail_on if "/" in n]
    named += [("checks.disable", "check", n, checks) for n in policy.disabled_checks]
    for key, what, name, known in named:
        if name not in known:
            hint = f"depscan {what}s lists them all"
            raise PolicyError(f"{key}: no {what} {name!r}", path=policy.path, line=policy.lines.get(key, 0), hint=hint)


def _read(path: str, *, tool: bool, named: bool) -> Policy | None:
    """Return the policy in a file; None when a pyproject.toml holds none."""
    from depscan.policy.reader import Reader

    shown = path if named else _shown(path)
    try:
        source = read_source(path, shown)
        if tool and b"depscan" not in source.data:
            return None
        data = load_toml(source)
    except InputError as error:
        if tool and not named and not _holds_table(path):
            return None
        raise PolicyError(error.message, path=error.path or shown, line=error.line, hint=error.hint) from None
    prefix: tuple[str, ...] = ()
    if tool:
        tools = data.get("tool")
        data = tools.get("depscan") if isinstance(tools, dict) else None  # type: ignore[assignment]
        if data is None:
            return None
        prefix = ("tool", "depscan")
    return _policy(Reader(source, prefix), data)


def _holds_table(path: str) -> bool:
    import re

    try:
        with open(path, "rb") as stream:
            return re.search(_TABLE, stream.read(1 << 20)) is not None
    except OSError:
        return False


def _shown(path: str) -> str:
    """Return the path relative to the working directory where it is below it."""
    here = os.getcwd()
    return os.path.relpath(path, here) if path.startswith(here.rstrip(os.sep) + os.sep) else path


def _policy(reader: Reader, data: Any) -> Policy:  # noqa: ANN401 - TOML
    from depscan.policy.cooldown import read_cooldown

    keys = (
        "fail-on", "fixable-only", "undecidable", "max-db-age", "accept-unchecked", "exception", "checks", "db",
        "names", "cooldown", "inspect", "drift",
    )  # fmt: skip
    top = reader.table(data, (), keys)
    checks = reader.table(top.get("checks"), ("checks",), ("disable",))
    db = reader.table(top.get("db"), ("db",), ("url",))
    look = reader.table(top.get("inspect"), ("inspect",), ("needed",))
    names = reader.table(top.get("names"), ("names",), ("private", "private-indexes", "allow"))
    fail_on = reader.words(top.get("fail-on"), ("fail-on",))
    for word in fail_on or ():
        if word not in CLASSES and word not in SEVERITIES and "/" not in word:
            expected = ", ".join((*CLASSES, *SEVERITIES))
            reader.fail(("fail-on",), f"{word!r} is no class, severity or rule id", f"one of: {expected}, or a rule id")
    policy = Policy(
        reader.source.path,
        fixable_only=reader.flag(top.get("fixable-only"), ("fixable-only",)),
        undecidable=reader.choice(top.get("undecidable"), ("undecidable",), ("warn", "block", "allow")),
        max_db_age=reader.days(top.get("max-db-age"), ("max-db-age",)),
        accept_unchecked=reader.words(top.get("accept-unchecked"), ("accept-unchecked",)) or (),
        exceptions=reader.exceptions(top.get("exception")),
        disabled_checks=reader.words(checks.get("disable"), ("checks", "disable")) or (),
        names=NameOptions(
            private=reader.words(names.get("private"), ("names", "private")) or (),
            indexes=reader.words(names.get("private-indexes"), ("names", "private-indexes")) or (),
            allow=reader.reasons(names.get("allow"), ("names", "allow")),
        ),
        cooldown=read_cooldown(reader, top.get("cooldown")),
        inspect_needed=reader.flag(look.get("needed"), ("inspect", "needed")),
        db_url=reader.text(db.get("url"), ("db", "url")),
        drift=_drift(reader, top.get("drift")),
        lines=reader.lines,
        texts=reader.texts,
    )
    return policy if fail_on is None else policy._replace(fail_on=fail_on)


def _drift(reader: Reader, value: Any) -> DriftOptions:  # noqa: ANN401 - TOML
    if value is None:
        return DriftOptions()
    from depscan.policy.drift import read_drift

    return read_drift(reader, value)

"""What holds around a step of a workflow: its triggers, its rights, its variables."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from depscan.inputs.ci._expressions import pointers_in, secrets_in, untrusted_in
from depscan.inputs.ci._tables import untrusted
from depscan.text.placed import Placed

_AUTHOR = re.compile(r"(?i)github\.event\.(\w+)\.author_association").findall
_TRUSTED = re.compile(r"OWNER|MEMBER|COLLABORATOR").search
_OWN_BRANCH = re.compile(
    r"(?i)head\.repo\.full_name\s*==\s*github\.repository|!\s*github\.event\.pull_request\.head\.repo\.fork"
    r"|head\.repo\.fork\s*==\s*false"
).search
"""A condition after which a pull request comes from somebody who may push branches."""
_NAMED = 12


class Scope(NamedTuple):
    """The surroundings of a step.

    Attributes:
        triggers: events that start the workflow; () when others decide (composite actions, reusable workflows).
        permission: what the job's token may write, as written; "" when the file does not say.
        env: variables, the inner ones last.
        conditions: ``if:`` texts around it.
        secrets: names of the secrets in its variables.
    """

    triggers: tuple[str, ...] = ()
    permission: str = ""
    env: dict[str, Any] = {}  # noqa: RUF012 - never changed
    conditions: tuple[str, ...] = ()
    secrets: frozenset[str] = frozenset()

    def inside(self, block: dict[str, Any]) -> Scope:
        """Return the scope inside a job or step."""
        made = self
        if isinstance(block.get("env"), dict):
            held = frozenset(secrets_in(block["env"]))
            made = made._replace(env={**made.env, **block["env"]}, secrets=made.secrets | held)
        if "permissions" in block:
            made = made._replace(permission=permission_of(block["permissions"]))
        if isinstance(block.get("if"), str):
            made = made._replace(conditions=(*made.conditions, block["if"]))
        return made

    @property
    def facts(self) -> dict[str, str]:
        """Return the facts every use in this scope has."""
        return {"trigger": ", ".join(self.triggers[:_NAMED]), "permission": self.permission, "stage": "build"}

    def secrets_with(self, value: Any) -> str:  # noqa: ANN401 - a value of the file
        """Return the names of the secrets that a step with this value can read, sorted."""
        return ", ".join(sorted(self.secrets.union(secrets_in(value))))

    @property
    def open(self) -> bool:
        """Return whether people without rights in the repository can make it run with its secrets."""
        return not untrusted().triggers.isdisjoint(self.triggers)

    def untrusted(self, value: Any) -> list[str]:  # noqa: ANN401 - a value of the file
        """Return what strangers write of a value: expressions in it, directly or by a variable.

        A text whose author a condition asks to be an owner, member or collaborator is none, and so is one of a pull
        request that may not come from a fork.
        """
        found = set(untrusted_in(value))
        found.update(text for name in self._mentioned(value) for text in untrusted_in(self.env[name]))
        known = {o for c in self.conditions if _TRUSTED(c) for o in _AUTHOR(c)}
        if any(_OWN_BRANCH(c) for c in self.conditions):
            known |= {"pull_request", "head_ref"}
        return sorted(t for t in found if known.isdisjoint(t.split(".")[1:3]))

    def change(self, ref: str) -> str:
        """Return the part of a checkout's ref that stands for a stranger's change; "" where it can be none."""
        found = untrusted().changes.search(ref) if self.open else None
        return found[0] if found and not any(_OWN_BRANCH(c) for c in self.conditions) else ""

    def inserted(self, text: str) -> list[str]:
        """Return what strangers write that is put into a text before it runs: expressions, no variables."""
        return self._replace(env={}).untrusted(text) if self.open else []

    def pointers(self, value: Any) -> list[str]:  # noqa: ANN401
        """Return the numbers and addresses in a value, directly or by a variable, that lead to a stranger's text."""
        found = set(pointers_in(value))
        found.update(text for name in self._mentioned(value) for text in pointers_in(self.env[name]))
        return sorted(found)

    def _mentioned(self, value: Any) -> list[str]:  # noqa: ANN401
        from depscan.inputs.ci._expressions import texts_of

        texts = "\n".join(texts_of(value))
        words = set(re.findall(r"[A-Za-z_]\w*", texts)) if "$" in texts or "environ" in texts or "env" in texts else ()
        return [name for name in self.env if name in words]


def triggers_of(value: Any) -> tuple[str, ...]:  # noqa: ANN401
    """Return the sorted events of ``on:``."""
    if isinstance(value, str):
        return (str(value),)
    if isinstance(value, (list, dict)):
        return tuple(sorted({str(v) for v in value if isinstance(v, str)}))
    return ()


def permission_of(value: Any) -> str:  # noqa: ANN401
    """Return what ``permissions:`` let the token write: write-all, ``contents: write, ...``, read, read-all or none."""
    if isinstance(value, str):
        return str(value)[:40]
    if not isinstance(value, dict) or not value:
        return "none"
    written = [f"{k}: write" for k, v in sorted(value.items()) if isinstance(v, Placed) and v == "write"]
    return ", ".join(written[:_NAMED]) or "read"

"""Projects in two states, and an advisory index made by hand."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

from depscan.api import Options
from depscan.difference import Difference, diff
from tests.unit.intel.records import fixed, introduced, made, record

NOW = "2026-03-15T12:00:00Z"
FLAW = record("PYSEC-1", "alpha", introduced(), fixed("2"), aliases=["CVE-2026-1"])
HOSTILE = record("MAL-1", "evil", introduced())
OLD = "2026-01-01T00:00:00Z"


def entry(name: str, version: str, *, upload: str = OLD, digest: str = "aa", index: str = "index.example") -> str:
    """Return one package of a uv.lock."""
    file = f"{name}-{version}-py3-none-any.whl"
    time = f', upload-time = "{upload}"' if upload else ""
    return (
        f'[[package]]\nname = "{name}"\nversion = "{version}"\n'
        f'source = {{ registry = "https://{index}/simple" }}\n'
        f'wheels = [{{ url = "https://files.example/{file}", hash = "sha256:{digest * 32}", size = 1{time} }}]\n'
    )


def lock(*entries: str) -> str:
    return "\n".join(['version = 1\nrequires-python = ">=3.11"\n', *entries])


class Project:
    """Two folders, ``base`` and ``head``, and a policy that governs both.

    Args:
        folder: where they are made.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.base, self.head = folder / "base", folder / "head"
        self.base.mkdir()
        self.head.mkdir()
        made(folder / "db", [FLAW, HOSTILE])
        (folder / ".git").mkdir()

    def locks(self, base: str, head: str) -> None:
        (self.base / "uv.lock").write_text(base, "utf-8")
        (self.head / "uv.lock").write_text(head, "utf-8")

    def policy(self, text: str) -> None:
        (self.base / "depscan.toml").write_text(text, "utf-8")

    def diff(self, **more: Any) -> Difference:
        options = Options(db=str(self.folder / "db"), now=NOW)
        return diff(str(self.base), str(self.head), options, **more)


def rules(found: Difference) -> dict[str, str]:
    """Return rule to action of the findings of a change."""
    return {d.finding.rule: d.action for d in found.result.decisions}


def kinds(found: Difference) -> list[tuple[str, str]]:
    return [(c.kind, c.package.name) for c in found.changes]


def git(folder: Path, *words: str) -> str:
    """Run git without the user's settings."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    env |= {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
    own = ["-c", "user.name=a", "-c", "user.email=a@team.example", "-c", "init.defaultBranch=main"]
    done = subprocess.run(["git", *own, *words], cwd=folder, env=env, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def commit(folder: Path, files: dict[str, str], message: str = "x") -> str:
    """Write files, commit everything, and return the commit."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", message)
    return git(folder, "rev-parse", "HEAD")

"""A repository with dates that a test chooses, and an incident to look for."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from depscan.incident.records import Bad, Incident, Markers, Steal, Step, Words

Commit = Callable[..., None]


@pytest.fixture
def incident() -> Incident:
    window = ("2026-03-24T10:00:00Z", "2026-03-24T16:00:00Z")
    return Incident(
        "demo",
        "demo",
        "2026-03-24",
        ("X-1",),
        "",
        (
            Bad("PyPI", "litellm", ("1.82.7", "1.82.8"), (), *window, "start", ("sha256:" + "ab" * 32,)),
            Bad("npm", "axios", ("1.14.1",), (), *window, "install", ()),
        ),
        Markers(("litellm_init.pth", "~/.config/sysmon/*"), (Words(("~/.bashrc",), ("halt now",)),), ("c2.example",)),
        (Steal("ssh-keys", ""),),
        (Step("stop", "Stop it.", ""),),
    )


@pytest.fixture
def commit(tmp_path: Path) -> Commit:
    """Return what writes files into a repository of its own and commits them at a time; text None takes one away."""
    top = tmp_path / "work"
    top.mkdir()
    bare = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}

    def git(*words: str, **more: str) -> None:
        subprocess.run(["git", "-C", str(top), *words], check=True, env={**bare, **more}, capture_output=True)

    git("init", "-q", "-b", "main")

    def make(when: str, files: dict[str, str | None], author: str = "ana <ana@mail.example>") -> None:
        for name, text in files.items():
            path = top / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if text is None:
                path.unlink()
            else:
                path.write_text(text, "utf-8")
        who = {"GIT_COMMITTER_NAME": "c", "GIT_COMMITTER_EMAIL": "c@mail.example", "GIT_COMMITTER_DATE": when}
        git("add", "-A")
        git("commit", "-q", "--allow-empty", "-m", "x", "--author", author, **who)

    make.git = git  # type: ignore[attr-defined]
    return make

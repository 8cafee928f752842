"""The built wheel, installed away from the source tree, and a hostile folder to run it in."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
IMPOSTOR = 'import os\nos.write(2, b"HACKED " + __name__.encode() + b"\\n")\n'
"""A module that tells on whoever imports it and then behaves as if nothing had happened."""


class Run(NamedTuple):
    """What a finished process left."""

    code: int
    out: str
    err: str


class Installed:
    """The installed wheel as a command.

    Args:
        python: the interpreter it is installed for.
        cwd: where it runs unless a call says otherwise.
    """

    def __init__(self, python: Path, cwd: Path) -> None:
        self.python = python
        self.command = python.parent / "depscan"
        self.cwd = cwd

    def __call__(
        self,
        *words: str | os.PathLike[str],
        stdin: bytes = b"",
        program: list[str] | None = None,
        cwd: Path | None = None,
        **env: str,
    ) -> Run:
        """Run ``depscan WORDS`` with an environment that holds only ``env`` and what a process needs."""
        argv = [*(program or [str(self.command)]), *(os.fspath(word) for word in words)]
        scrubbed = {"PATH": "/usr/bin:/bin", "HOME": str(self.cwd), "SOURCE_DATE_EPOCH": "1785000000", **env}
        done = subprocess.run(
            argv, cwd=cwd or self.cwd, input=stdin, env=scrubbed, capture_output=True, timeout=60, check=False
        )
        out, err = done.stdout.decode("utf-8", "surrogateescape"), done.stderr.decode("utf-8", "surrogateescape")
        assert "Traceback" not in err, err
        assert "HACKED" not in err, err
        return Run(done.returncode, out, err)


@pytest.fixture(scope="session")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel, install it into an environment of its own and return that one's interpreter.

    The dependencies are those of the environment the tests run in; its own depscan is not reachable, because
    a path in a ``.pth`` file does not have its ``.pth`` files read.
    """
    base = tmp_path_factory.mktemp("wheel")
    _make("hatchling", "build", "-t", "wheel", "-d", str(base))
    _make("venv", "--without-pip", str(base / "env"))
    made = base / "env" / "bin" / "python"
    wheel = next(base.glob("*.whl"))
    options = ["--disable-pip-version-check", "--no-cache-dir"]
    _make("pip", "--python", str(made), *options, "install", "--no-deps", "--no-index", str(wheel))
    site = next((base / "env" / "lib").glob("python*")) / "site-packages"
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    return made


def _make(*words: str) -> None:
    subprocess.run([sys.executable, "-m", *words], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)


@pytest.fixture
def depscan(python: Path, tmp_path: Path) -> Installed:
    """Return the command, in a folder whose owner wants to be imported."""
    for name in ("json", "re", "typing", "tomli", "argparse", "yaml", "zlib", "struct", "packaging", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text(IMPOSTOR, "utf-8")
    (tmp_path / "requirements.txt").write_text("jinja2==3.1.4\n", "utf-8")
    (tmp_path / "clean.txt").write_text("tomli==2.2.1\n", "utf-8")
    return Installed(python, tmp_path)

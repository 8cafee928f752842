"""Run ``uv pip compile --no-build`` on requirements that we wrote ourselves; nothing of the scanned project is near it.

The scanned files are not given to uv: their ``-e .``, ``git+https:`` and ``setup.py`` would run. What was read of them
is written as plain requirements into an empty folder. pip is never used for this: its dry run executes sdists.
https://docs.astral.sh/uv/reference/cli/#uv-pip-compile
"""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, NamedTuple

from depscan.resolution.provider import Failed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from depscan.resolution.target import Target

SECONDS = 300.0
_LEADING = frozenset({
    "VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "UV_PROJECT", "UV_WORKING_DIRECTORY",
    "UV_WORKING_DIR", "UV_PYTHON", "UV_NO_BINARY", "UV_OVERRIDE", "UV_EXCLUDE", "UV_REQUIREMENTS",
})  # fmt: skip
"""Variables that name a project, its environment or its code, or that would rather build than take a wheel."""

_MOST_OUTPUT = 8 << 20
_MISSING = "uv is not there: pip install 'depscan-ai[resolve]', or put uv on the PATH"
_SEARCH = re.compile(r"Searching for a compatible version of (\S{1,200}) \(([^()]{0,500})\)").search
_TAKEN = re.compile(r"Selecting: ([A-Za-z0-9._-]{1,200})==(\S{1,200})").search
_SYSTEMS = {"macos": "apple-darwin", "windows": "pc-windows-msvc"}
_MACHINES = {"arm64": "aarch64", "AMD64": "x86_64", "ARM64": "aarch64", "x86": "i686"}
_OLD_MANYLINUX = {"manylinux1": "manylinux_2_5", "manylinux2010": "manylinux_2_12", "manylinux2014": "manylinux2014"}
_LIBC = re.compile(r"(manylinux1|manylinux20\d\d|manylinux_\d+_\d+|musllinux_\d+_\d+)_").match


class Compiled(NamedTuple):
    """What uv answered.

    Attributes:
        requirements: its output, a requirements file with ``# via`` comments.
        passed_over: name and taken version of packages of which uv could not use a newer version.
    """

    requirements: bytes
    passed_over: tuple[tuple[str, str], ...]


def compile_requirements(
    texts: Sequence[str], target: Target, environment: Mapping[str, str] | None = None, seconds: float = SECONDS
) -> Compiled | Failed:
    """Return the pins uv finds for some requirements today, or why there are none.

    Args:
        texts: requirements as PEP 508 writes them.
        target: see ``Target``.
        environment: variables uv gets; the process's own when None. The user's uv settings hold in it.
        seconds: wall time after which it is ended.
    """
    from tempfile import TemporaryDirectory

    environment = os.environ if environment is None else environment
    uv = find_uv(environment)
    if not uv:
        return Failed(_MISSING)
    with TemporaryDirectory(prefix="depscan-resolve-") as folder:
        with open(os.path.join(folder, "asked.in"), "w", encoding="utf-8") as stream:
            stream.writelines(f"{text}\n" for text in texts)
        return _run(command(uv, target), folder, _clean(environment), seconds)


def _clean(environment: Mapping[str, str]) -> dict[str, str]:
    """Return variables without those that lead uv or Python into the scanned project."""
    kept = {name: value for name, value in environment.items() if name not in _LEADING}
    folders = environment.get("PATH", "").split(os.pathsep)
    return {**kept, "PATH": os.pathsep.join(f for f in folders if os.path.isabs(f))}


def command(uv: str, target: Target) -> list[str]:
    """Return the argument list; uv asks our own Python about itself, no interpreter that a project brings along."""
    return [
        uv, "pip", "compile", "asked.in", "--no-build", "--no-header", "--no-python-downloads", "--color", "never",
        "--verbose", "--python", sys.executable, "--python-version", target.python,
        "--python-platform", platform_of(target),
        "--output-file", "pins.txt",
    ]  # fmt: skip


def platform_of(target: Target) -> str:
    """Return uv's word for a platform."""
    machine = _MACHINES.get(target.machine, target.machine)
    if target.system in _SYSTEMS:
        return f"{machine}-{_SYSTEMS[target.system]}"
    libc = _LIBC(target.platform)
    if libc is None:
        return f"{machine}-unknown-linux-gnu"
    if libc[1].startswith("musl"):
        return f"{machine}-unknown-linux-musl"
    return f"{machine}-{_OLD_MANYLINUX.get(libc[1], libc[1])}"


def find_uv(environment: Mapping[str, str]) -> str:
    """Return the path of uv: on the PATH (absolute folders only), else beside the running Python; "" for none.

    Relative entries of the PATH lead into whatever folder is scanned and are passed over.
    """
    name = "uv.exe" if os.name == "nt" else "uv"
    folders = [f for f in environment.get("PATH", "").split(os.pathsep) if os.path.isabs(f)]
    for folder in [*folders, os.path.dirname(os.path.abspath(sys.executable))]:
        path = os.path.join(folder, name)
        if os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    return ""


def _run(words: list[str], folder: str, environment: dict[str, str], seconds: float) -> Compiled | Failed:
    import subprocess

    said = os.path.join(folder, "said.txt")
    try:
        with open(said, "wb") as stream:
            code = subprocess.run(  # noqa: S603 - an argument list, no shell, no text of the scanned files in it
                words,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=stream,
                timeout=seconds,
                check=False,
            ).returncode
    except subprocess.TimeoutExpired:
        return Failed(f"uv was ended after {seconds:g} s")
    except OSError as error:
        return Failed(f"uv cannot be started: {(error.strerror or str(error)).lower()}")
    log = _head(said).decode("utf-8", "replace")
    if code:
        return Failed(f"uv found no resolution: {_complaint(log) or f'exit code {code}'}")
    pins = os.path.join(folder, "pins.txt")
    data = _head(pins)
    if not os.path.isfile(pins) or len(data) > _MOST_OUTPUT:
        return Failed("uv wrote no pins, or more than 8 MiB of them")
    return Compiled(data, passed_over(log))


def _head(path: str) -> bytes:
    try:
        with open(path, "rb") as stream:
            return stream.read(_MOST_OUTPUT + 1)
    except OSError:
        return b""


def _complaint(log: str) -> str:
    """Return what uv said that is no log line, in one line of at most 400 characters."""
    lines = [line.strip() for line in log.splitlines() if not line.startswith(("DEBUG", "TRACE", "INFO", "WARN"))]
    return " ".join(" ".join(lines).split())[:400]


def passed_over(log: str) -> tuple[tuple[str, str], ...]:
    """Return (name, taken version) of packages whose newest version uv left out, by its verbose log.

    uv looks for a version, finds one that has no usable wheel, and looks again below it: two searches in a row, the
    second with an upper bound. The log is no stable interface: what is not recognised is not reported.
    """
    looked: dict[str, str] = {}
    lowered: dict[str, None] = {}
    found: dict[str, str] = {}
    for line in log.splitlines():
        search = _SEARCH(line)
        if search:
            name = search[1].partition("[")[0]
            before = looked.get(name)
            if before is not None and before != search[2] and "<=" in search[2]:
                lowered[name] = None
            looked[name] = search[2]
            continue
        chosen = _TAKEN(line)
        if chosen:
            looked.pop(chosen[1], None)
            if chosen[1] in lowered:
                found[chosen[1]] = chosen[2]
    return tuple(sorted(found.items()))

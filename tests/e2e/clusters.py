"""Clusters of real processes on loopback, for tests and measures: started, found again and surely ended."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

ROOT = Path(__file__).resolve().parent.parent.parent
BIN = Path(sys.executable).parent
PATIENCE = 120.0
"""Seconds a cluster may take to start on a busy machine."""


class Processes:
    """Processes of a cluster: each bears a mark in its environment that its children inherit.

    Args:
        folder: where their output and temporary files go.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._mark = f"DEPSCAN_TEST_CLUSTER={uuid4().hex}"
        self._started: list[subprocess.Popen[bytes]] = []

    def start(self, name: str, *words: str, **env: str) -> None:
        """Start a program of this environment; its output goes to a file of that name."""
        mark, _, value = self._mark.partition("=")
        # PYTHONPATH: workers import the functions of the tests; SPT_NOENV: Ray's titles must not overwrite the mark
        own = {"PYTHONPATH": str(ROOT), "SPT_NOENV": "1", "TMPDIR": str(self.folder), mark: value, **env}
        with (self.folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                [str(BIN / words[0]), *words[1:]],
                cwd=self.folder,
                env={**os.environ, **own},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._started.append(process)

    def alive(self) -> list[int]:
        """Return the ids of what runs of this cluster."""
        sessions = {p.pid for p in self._started}
        return [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if self._is_ours(pid, sessions)]

    def ended(self) -> bool:
        """Return whether one of those that were started has ended."""
        return any(process.poll() is not None for process in self._started)

    def log(self) -> str:
        """Return the end of what they wrote."""
        return "\n".join(path.read_text("utf-8", "replace")[-3000:] for path in sorted(self.folder.glob("*.log")))

    @staticmethod
    def words(pid: int) -> bytes:
        """Return the command line of a process; nothing when it is gone."""
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            return b""

    def end(self) -> None:
        """Ask them to end, then end them; nothing is left."""
        for process in self._started:
            process.terminate()
        for process in self._started:
            with suppress(subprocess.TimeoutExpired):
                process.wait(5)
        while left := self.alive():
            for pid in left:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            for process in self._started:
                process.poll()
            time.sleep(0.05)

    def _is_ours(self, pid: int, sessions: set[int]) -> bool:
        try:
            stat = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
            return stat[0] != "Z" and (
                int(stat[3]) in sessions or self._mark.encode() in Path(f"/proc/{pid}/environ").read_bytes()
            )
        except OSError:
            return False


class Cluster(NamedTuple):
    """A cluster that runs.

    Attributes:
        name: of the engine: ``dask://HOST:PORT``.
        processes: what it consists of.
    """

    name: str
    processes: Processes


@contextmanager
def dask_cluster(folder: Path, workers: int = 2) -> Iterator[Cluster]:
    """Yield a scheduler with workers, each below a nanny."""
    processes, port = Processes(folder), free_port()
    quick = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "0"}  # ours are the retries that are tested
    here = ("--host", "127.0.0.1", "--no-dashboard")
    try:
        processes.start("scheduler", "dask", "scheduler", *here, "--port", str(port), **quick)
        many = ("--nworkers", str(workers), "--nthreads", "1", "--memory-limit", "2GiB")
        spill = ("--local-directory", str(folder))
        processes.start("worker", "dask", "worker", f"tcp://127.0.0.1:{port}", *here, *many, *spill, **quick)
        assert listens(port, processes), processes.log()
        yield Cluster(f"dask://127.0.0.1:{port}", processes)
    finally:
        processes.end()


@contextmanager
def ray_cluster(folder: Path, cpus: int = 2) -> Iterator[Cluster]:
    """Yield a head node; the folder's path has to be short (sockets lie below it)."""
    processes, port = _ray(folder, cpus)
    try:
        for name in "bcdef":  # Ray gives up by itself where a busy machine starts its parts too slowly
            if listens(port, processes):
                break
            processes.end()
            (folder / name).mkdir()
            processes, port = _ray(folder / name, cpus)
        assert listens(port, processes), processes.log()
        yield Cluster(f"ray://127.0.0.1:{port}", processes)
    finally:
        processes.end()


def _ray(folder: Path, cpus: int) -> tuple[Processes, int]:
    processes, client = Processes(folder), free_port()
    ports = ("--port", str(free_port()), "--ray-client-server-port", str(client))
    small = ("--num-cpus", str(cpus), "--num-gpus", "0", "--memory", "2000000000", "--object-store-memory", "100000000")
    rest = ("--include-dashboard", "false", "--disable-usage-stats", "--temp-dir", str(folder / "r"), "--block")
    env = {
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_CLIENT_SERVER_CHECK_CHANNEL_TIMEOUT_S": "20",
        # keeps Ray on loopback: it would take 127.0.0.1 for the name of the machine, and listen to everybody
        "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
    }
    processes.start("ray", "ray", "start", "--head", "--node-ip-address", "127.0.0.1", *ports, *small, *rest, **env)
    return processes, client


def free_port() -> int:
    """Return a port of loopback that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def listens(port: int, processes: Processes) -> bool:
    """Wait until something listens on a port of loopback; return false when the processes end before."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and not processes.ended():
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return True
        time.sleep(0.1)
    return False

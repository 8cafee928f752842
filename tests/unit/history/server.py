"""A PostgreSQL server of the tests' own, on a socket in a folder of its own, run by somebody who is not root."""

from __future__ import annotations

import glob
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

FOLDERS = [*sorted(glob.glob("/usr/lib/postgresql/*/bin"), reverse=True), "/usr/local/bin", "/usr/bin"]
PROGRAMS = next((f for f in FOLDERS if os.path.exists(f + "/initdb") and os.path.exists(f + "/pg_ctl")), "")


class Server:
    """A running server; ``database`` makes an empty database and returns its URL."""

    def __init__(self, folder: str, user: str) -> None:
        self._url = f"postgresql://{user}@/{{}}?host={folder}"
        self._numbers = count(1)

    def database(self) -> str:
        import psycopg

        name = f"nights{next(self._numbers)}"
        with psycopg.connect(self._url.format("postgres"), autocommit=True) as link:
            link.execute(f"CREATE DATABASE {name}".encode())
        return self._url.format(name)


@contextmanager
def running() -> Iterator[Server]:
    """Start a server, and end it."""
    folder = tempfile.mkdtemp(prefix="pg", dir="/tmp")
    root = os.getuid() == 0
    name = "nobody" if root else pwd.getpwuid(os.getuid()).pw_name
    who: dict[str, Any] = {}
    if root:
        entry = pwd.getpwnam(name)
        os.chown(folder, entry.pw_uid, entry.pw_gid)
        who = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    data = f"{folder}/data"

    def do(program: str, *words: str) -> None:
        argv = [f"{PROGRAMS}/{program}", "-D", data, *words]
        subprocess.run(argv, check=True, stdout=subprocess.DEVNULL, cwd="/", **who)

    try:
        do("initdb", "-A", "trust", "-E", "UTF8", "--locale=C", "-N", "-U", name)
        quick = f"-k {folder} -c listen_addresses='' -c fsync=off -c shared_buffers=16MB -c log_min_messages=fatal"
        do("pg_ctl", "-w", "-l", f"{folder}/log", "-o", quick, "start")
        try:
            yield Server(folder, name)
        finally:
            do("pg_ctl", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)

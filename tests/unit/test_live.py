"""``--online`` against a service on the loopback address that answers, fails, hangs up or talks nonsense."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

import depscan
from depscan.checks.live_advisories import CHECK
from depscan.intel.online import ask
from tests.unit.checks.facts import context, document, outcome, package

pytest.importorskip("pip_audit")

KNOWN = {
    "id": "PYSEC-9999-1",
    "aliases": ["CVE-9999-1"],
    "summary": "Bad.",
    "modified": "2026-01-01T00:00:00Z",
    "published": "2026-01-01T00:00:00Z",
    "affected": [
        {
            "package": {"name": "tomli", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "3.0"}]}],
        }
    ],
}
Answer = Callable[[str], "tuple[int, bytes] | None"]


class Service:
    """The service; ``answer`` maps the asked name to status and body, or to None to hang up."""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.answer: Answer = lambda _: (200, b"{}")


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    held = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            held.asked.append(query)
            made = held.answer(query["package"]["name"])
            if made is None:
                self.close_connection = True
                return
            self.send_response(made[0])
            self.send_header("Content-Length", str(len(made[1])))
            self.end_headers()
            self.wfile.write(made[1])

        def do_GET(self) -> None:
            """Stand for an index that knows every name and no file."""
            name = self.path.strip("/").rpartition("/")[2]
            body = json.dumps({"meta": {"api-version": "1.1"}, "name": name, "files": [], "versions": []}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/vnd.pypi.simple.v1+json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    monkeypatch.setenv("DEPSCAN_OSV_API", f"http://127.0.0.1:{server.server_port}/query")
    monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.server_port}/simple")
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "")
    yield held
    server.shutdown()
    thread.join()
    server.server_close()


def scan(text: bytes, *, online: bool = True) -> depscan.ScanResult:
    options = depscan.Options(format_hint="requirements", stdin=text, online=online, now="2026-08-01T00:00:00Z")
    return depscan.scan(["-"], options)


def test_what_only_the_service_knows_is_a_finding(service: Service) -> None:
    service.answer = lambda _: (200, json.dumps({"vulns": [KNOWN]}).encode())
    result = scan(b"tomli==2.2.1\n")
    [found] = result.findings
    assert (found.ids, found.fixed_version, result.exit_code) == (("PYSEC-9999-1", "CVE-9999-1"), "3.0", 1)
    assert found.primary.line == 1
    assert service.asked == [{"package": {"name": "tomli", "ecosystem": "PyPI"}, "version": "2.2.1"}]


def test_what_the_index_has_already_said_is_not_said_again(service: Service) -> None:
    held = {**KNOWN, "id": "GHSA-x", "aliases": ["CVE-2025-27516"]}
    service.answer = lambda _: (200, json.dumps({"vulns": [held]}).encode())
    both, alone = scan(b"jinja2==3.1.4\n"), scan(b"jinja2==3.1.4\n", online=False)
    assert both.findings == alone.findings


def test_a_service_that_knows_nothing_leaves_it_clean(service: Service) -> None:
    assert scan(b"tomli==2.2.1\n").exit_code == 0
    assert len(service.asked) == 1


@pytest.mark.parametrize(
    "answer",
    [
        (500, b"{}"),
        (429, b""),
        None,
        (200, b"<html>log in</html>"),
        (200, b"[]"),
        (200, b'{"vulns": 7}'),
        (200, b'{"vulns": [7]}'),
        (200, b'{"vulns": [{"id": 7}]}'),
        (200, b'{"next_page_token": "more"}'),
        (200, b'{"vul'),
        (200, b"\xff\xfe\x00"),
        (200, b"[" * 100_000),
    ],
    ids=lambda a: str(a)[:30],
)
def test_a_service_that_fails_makes_it_incomplete_and_never_clean(
    service: Service, answer: tuple[int, bytes] | None
) -> None:
    service.answer = lambda _: answer
    result = scan(b"tomli==2.2.1\n")
    assert (result.exit_code, result.verdict) == (4, "incomplete")
    [missing] = [c for c in result.coverage if c.needed]
    assert (missing.what, missing.status) == ("live advisory service", "failed")
    assert missing.why.endswith(": tomli")


def test_one_failure_among_answers_names_the_package(service: Service) -> None:
    service.answer = lambda name: (500, b"") if name == "flask" else (200, b"{}")
    result = scan(b"tomli==2.2.1\nflask==99\n")
    assert result.exit_code == 4
    assert [c.why.rpartition(": ")[2] for c in result.coverage if c.needed] == ["flask"]


def test_a_service_that_is_not_there_makes_it_incomplete(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEPSCAN_OSV_API", "http://127.0.0.1:9/query")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    assert scan(b"tomli==2.2.1\n").exit_code == 4


def test_a_version_the_service_cannot_understand_is_not_clean(service: Service) -> None:
    opinions, failed = ask([("k", "tomli", "weekly build")])
    assert (opinions, failed) == ([], {"k": "its version is none the service understands"})
    assert service.asked == []


def test_only_released_python_packages_are_asked_about_and_only_when_allowed(service: Service) -> None:
    given = document(
        package("open", None),
        package("repo", "1", "git", url="https://repo.example"),
        package("pad", "1", "npm", ecosystem="npm"),
    )
    assert outcome(CHECK, context(given, online=True)) == ([], [])
    assert outcome(CHECK, context(document(package("tomli")))) == ([], [])
    assert service.asked == []

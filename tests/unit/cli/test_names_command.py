"""``depscan names`` as a user types it."""

from __future__ import annotations

import io
import json
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from depscan.cli import _main
from depscan.intel.name_table import NameTable
from tests.unit.names.tables import table

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path) -> Run:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))

    def call(*argv: str, stdin: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode("utf-8", "surrogateescape"))))
        code = _main.main(["names", *argv])
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode()

    return call


def test_a_blocked_name_ends_with_one_and_says_what_was_meant(run: Run) -> None:
    code, out, _ = run("reqeusts", "numpy")
    assert code == 1
    assert out.startswith("reqeusts: BLOCK, looks like requests\n  two neighbouring letters swapped ('eu' for 'ue')\n")
    assert "  did you mean: pip install requests\n" in out
    assert "numpy: ok, number 20 of the most downloaded\n" in out
    assert "14,985 popular PyPI names of 2026-11 (embedded table)" in out


def test_the_exit_code_follows_fail_on(run: Run) -> None:
    assert [run("cv2", "--fail-on", word)[0] for word in ("block", "warn", "none")] == [0, 1, 0]
    assert [run("reqeusts", "--fail-on", word)[0] for word in ("block", "warn", "none")] == [1, 1, 0]


def test_json_lines_come_in_the_order_of_the_names(run: Run) -> None:
    code, out, _ = run("-", "--format", "jsonl", stdin="numpy\nreqeusts\n\n  foo \nreqeusts\n\udc80\n")
    rows = [json.loads(line) for line in out.splitlines()]
    assert [r["name"] for r in rows] == ["numpy", "reqeusts", "foo", "reqeusts", "\udc80"]
    assert [r["tier"] for r in rows[:4]] == ["none", "block", "none", "block"]
    assert rows[1]["target"] == rows[1]["install"] == "requests"
    assert rows[1]["reasons"][0].startswith("two neighbouring")
    assert all({"name", "tier", "target", "reasons"} <= set(r) for r in rows)
    assert code == 1


def test_many_names_get_the_same_tiers(run: Run) -> None:
    names = [*(f"some-thing-{i}" for i in range(150)), "reqeusts", "numpy", "cv2"]
    _, out, _ = run("-", "--format", "jsonl", stdin="\n".join(names))
    tiers = {r["name"]: r["tier"] for r in map(json.loads, out.splitlines())}
    assert [tiers[n] for n in ("reqeusts", "numpy", "cv2")] == ["block", "none", "warn"]


def test_names_listed_as_malicious_are_told_apart_from_names_that_look_bad(run: Run) -> None:
    code, out, _ = run("1337test", "--format", "jsonl")
    assert code == 1
    row = json.loads(out)
    assert (row["tier"], row["malicious"]) == ("none", ["MAL-2024-4720"])
    assert "BLOCK, listed as malicious: MAL-2024-4720" in run("1337test")[1]
    assert json.loads(run("litellm", "--format", "jsonl")[1])["malicious"] == []


def test_explain_shows_the_points(run: Run) -> None:
    _, out, _ = run("tensorfow", "--explain")
    assert "rank: 301-1000" in out
    assert "  score " in out


def test_the_policy_allows_names_and_knows_private_ones(run: Run, tmp_path: Path) -> None:
    (tmp_path / "depscan.toml").write_text(
        '[names]\nprivate = ["acme-*"]\n[names.allow]\nreqeusts = "our own fork, #12"\n'
    )
    code, out, _ = run("reqeusts", "acme-core")
    assert code == 0
    assert "private by the policy (acme-*)" in out
    (tmp_path / "depscan.toml").write_text('[names.allow]\nreqeusts = ""\n')
    code, _, err = run("reqeusts")
    assert (code, "depscan.toml:2: names.allow.reqeusts: is empty" in err) == (2, True)


def test_hostile_names_are_shown_harmless(run: Run) -> None:
    _, out, _ = run("a\x1b[31mb\u202ec")
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "\\x1b[31m" in out


def test_a_sweep_reads_a_list_and_sorts_by_risk(run: Run, tmp_path: Path) -> None:
    (tmp_path / "list.tsv").write_text(
        "name\tsummary\nfoo-bar\t\ndpandas\t\nreqeusts\t\n=cmd\t\nnumpy\t\nmyrequests\tPython HTTP for Humans.\n"
    )
    code, out, err = run("--sweep", "list.tsv")
    assert code == 1
    lines = out.splitlines()
    assert lines[0] == '"name","tier","score","target","about","reasons"'
    assert [line.split(",")[0] for line in lines[1:]] == ['"reqeusts"', '"myrequests"', '"dpandas"']
    assert "word for word" in lines[2]
    assert "6 names in " in err
    assert run("--sweep", "list.tsv", "--fail-on", "none", "-o", "out.jsonl", "--format", "jsonl")[0] == 0
    assert json.loads((tmp_path / "out.jsonl").read_text().splitlines()[0])["name"] == "reqeusts"
    assert run("--sweep", "list.tsv", "more")[0] == 2
    assert run("--sweep", "missing.tsv")[0] == 4


def test_update_makes_the_users_own_table(run: Run, tmp_path: Path) -> None:
    (tmp_path / "top.json").write_text(json.dumps({"rows": [{"project": "Zebra", "download_count": 9}]}))
    code, out, _ = run("update", "PyPI=top.json", "--date", "2027-01")
    assert code == 0
    assert "PyPI: 1 popular of 1 names, of 2027-01\n" in out
    made = NameTable(str(tmp_path / "data" / "depscan" / "names.idx"), "user")
    assert made.text("PyPI") == "zebra"
    assert "lodash" in made.text("npm").split("\n")  # what was not named is kept
    assert len(made.text("words")) > 100_000
    assert run("zebar")[0] in {0, 1}
    assert "zebra" in run("zebar", "--format", "jsonl", "--explain")[1] or run("zebra")[1].startswith(
        "zebra: ok, number 1"
    )
    assert "2027-01" in run("--status")[1]


def test_what_cannot_be_known_is_never_ok(run: Run, tmp_path: Path) -> None:
    code, out, err = run("some-thing", "--format", "jsonl", "--db", "missing.idx")
    assert (code, json.loads(out)["tier"], "listed as malicious" in err) == (4, "none", True)
    assert run("reqeusts", "--db", "missing.idx")[0] == 1
    table(tmp_path)
    code, _, err = run("lodahs", "--ecosystem", "npm", "--table", "names.idx")
    assert (code, "no popular names of npm" in err) == (4, True)
    (tmp_path / "list").write_text("lodahs\n")
    assert run("--sweep", "list", "--ecosystem", "npm", "--table", "names.idx")[0] == 4


def test_bad_calls_are_bad_usage(run: Run) -> None:
    assert run()[0] == 2
    assert run("update")[0] == 2
    assert run("update", "Elm=x")[0] == 2
    assert run("update", "PyPI=missing.tsv")[0] == 4
    assert run("update", "PyPI=ftp://names.example/x")[0] == 4
    assert run("numpy", "--table", "missing.idx")[0] == 4


def test_a_list_is_fetched_over_http(run: Run, tmp_path: Path) -> None:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            del format, args

        def do_GET(self) -> None:
            data = b"name,downloads\nlodash,10\n" if self.path == "/npm.csv" else b""
            self.send_response(200 if data else 404)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        base = f"http://127.0.0.1:{server.server_address[1]}"
        assert run("update", f"npm={base}/npm.csv")[0] == 0
        assert run("update", f"npm={base}/none.csv")[0] == 4
        server.shutdown()
        thread.join()
    assert [p.name for p in (tmp_path / "data" / "depscan").iterdir() if p.suffix != ".lock"] == ["names.idx"]

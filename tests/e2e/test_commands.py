"""Every command, the policy's files, and the console blocks of the docs, with the installed wheel."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import zipfile
from typing import Any

import pytest

from tests.e2e.conftest import ROOT, Installed
from tests.nights import store_of_the_docs

LOCK = """\
version = 1
[[package]]
name = "app"
version = "1"
source = { virtual = "." }
dependencies = [{ name = "flask", marker = "sys_platform == 'linux'" }]
[[package]]
name = "flask"
version = "3.0.0"
source = { registry = "https://index.example/simple" }
dependencies = [{ name = "jinja2" }]
[[package]]
name = "jinja2"
version = "3.1.4"
source = { registry = "https://index.example/simple" }
"""


HOSTILE_PICKLE = b"cos\nsystem\n(S'true'\ntR."


def lock(depscan: Installed) -> str:
    (depscan.cwd / "uv.lock").write_text(LOCK, "utf-8")
    return "uv.lock"


def test_why_shows_who_asks_where_and_with_which_marker(depscan: Installed) -> None:
    run = depscan("why", "jinja2", lock(depscan))
    assert run.code == 0
    lines = run.out.splitlines()
    assert lines[0] == "jinja2 3.1.4"
    assert "  stated at uv.lock:13" in lines
    assert "sys_platform == 'linux'" in run.out
    assert lines[-1].startswith("     └─ jinja2 3.1.4")
    assert depscan("why", "Jinja2==3.1.4").out.startswith("jinja2 3.1.4")
    assert depscan("why", "nobody", "uv.lock").code == 2
    ascii_only = depscan("why", "jinja2", "uv.lock", PYTHONIOENCODING="ascii")
    assert (ascii_only.code, ascii_only.out) == (0, run.out)


def test_graph_prints_three_formats(depscan: Installed) -> None:
    made: dict[str, Any] = json.loads(depscan("graph", lock(depscan), "--format", "json").out)
    assert made["schema_version"]
    assert [n["name"] for n in made["nodes"]] == ["app", "flask", "jinja2"]
    assert len(made["edges"]) == 2
    assert depscan("graph", "uv.lock", "--format", "dot").out.startswith("digraph")
    assert depscan("graph", "uv.lock", "--format", "mermaid").out.startswith("flowchart")
    assert depscan("graph", "missing.lock").code == 2
    piped = depscan("graph", "-", "--format-hint", "uv-lock", stdin=LOCK.encode())
    assert len(json.loads(piped.out)["nodes"]) == 3


@pytest.mark.parametrize("topic", ["trust/extra-index", "extra-index", "PYSEC-2025-41", "CVE-2025-32434", "4"])
def test_explain_has_a_page(depscan: Installed, topic: str) -> None:
    run = depscan("explain", topic)
    assert run.code == 0
    assert len(run.out.splitlines()) >= 3


def test_explain_says_when_it_knows_nothing(depscan: Installed) -> None:
    assert depscan("explain", "no/such\x1b[31m").code == 2
    assert depscan("explain", "CVE-2025-32434", "--db", "missing").code == 4


def test_the_tables_name_what_there_is(depscan: Installed) -> None:
    assert "uv-lock" in depscan("formats").out
    assert "advisories" in depscan("checks").out
    assert "advisory/malicious" in depscan("rules").out
    assert depscan("rules", "--markdown").out.startswith("| rule |")
    assert depscan("--version").out.startswith("depscan ")


def test_help_names_every_command_and_every_command_has_help(depscan: Installed) -> None:
    overview = depscan("--help").out
    for name in ("checks", "completion", "db", "env", "explain", "formats", "graph", "rules", "scan", "why"):
        assert f"\n  {name}" in overview
        run = depscan(name, "--help")
        assert run.code == 0
        assert run.out.startswith(f"usage: depscan {name}")


def test_db_says_where_the_index_is_and_whether_it_is_whole(depscan: Installed) -> None:
    run = depscan("db", "status")
    assert (run.code, "(embedded)" in run.out) == (0, True)
    assert depscan("db", "verify").code == 0
    (depscan.cwd / "broken.idx").write_bytes(b"x")
    assert depscan("db", "verify", "--db", "broken.idx").code == 4
    assert depscan("db", "status", DEPSCAN_DB="missing").code == 4


def test_db_build_makes_an_index_that_scans(depscan: Installed) -> None:
    record = {
        "id": "X-1",
        "modified": "2026-01-01T00:00:00Z",
        "affected": [
            {
                "package": {"name": "tomli", "ecosystem": "PyPI"},
                "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "3"}]}],
            }
        ],
    }
    folder = depscan.cwd / "records" / "PyPI"
    folder.mkdir(parents=True)
    (folder / "X-1.json").write_text(json.dumps(record), "utf-8")
    assert depscan("db", "build", "records", "--db", "own").code == 0
    run = depscan("clean.txt", "--db", "own")
    assert run.code == 1
    assert "fix: 3 clears it" in run.out


def test_env_reads_an_environment_and_never_starts_it(depscan: Installed) -> None:
    site = depscan.cwd / "venv" / "lib" / "python3.12" / "site-packages"
    info = site / "jinja2-3.1.4.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: Jinja2\nVersion: 3.1.4\n", "utf-8")
    (info / "RECORD").write_text("", "utf-8")
    (site / "evil.pth").write_text("import os; os.write(2, b'HACKED')\n", "utf-8")
    run = depscan("env", "venv")
    assert run.code == 1
    assert "jinja2 3.1.4" in run.out
    assert depscan("env", "clean.txt").code == 2


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts_are_accepted_by_their_shells(depscan: Installed, shell: str) -> None:
    run = depscan("completion", shell)
    assert (run.code, "--format-hint" in run.out or "-l format-hint" in run.out) == (0, True)
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=run.out.encode(), check=True, timeout=20)


def test_a_baseline_accepts_what_was_known_and_nothing_else(depscan: Installed) -> None:
    assert depscan("requirements.txt", "--format", "json", "-o", "base.json").code == 1
    assert depscan("requirements.txt", "--baseline", "base.json").code == 0
    (depscan.cwd / "requirements.txt").write_text("\n\njinja2==3.1.4\nwerkzeug==2.0.0\n", "utf-8")
    run = depscan("requirements.txt", "--baseline", "base.json")
    assert run.code == 1
    assert "werkzeug 2.0.0" in run.out
    assert "jinja2 3.1.4  " not in run.out
    assert depscan("clean.txt", "--baseline", "clean.txt").code == 2


def test_an_expired_exception_accepts_nothing_and_is_shown_at_its_line(depscan: Installed) -> None:
    policy = "# gate\n\n[[exception]]\nid = 'CVE-2025-27516'\nreason = 'r'\nowner = 'o'\nexpires = '2026-01-01'\n"
    (depscan.cwd / "depscan.toml").write_text(policy, "utf-8")
    run = depscan("requirements.txt")
    assert run.code == 1
    assert re.search(r"(?m)^depscan\.toml:[34]$", run.out), run.out
    assert "expired on 2026-01-01" in run.out
    (depscan.cwd / "depscan.toml").write_text("fail-on = ['nonsense']\n", "utf-8")
    wrong = depscan("requirements.txt")
    assert (wrong.code, "depscan.toml:1" in wrong.err) == (2, True)


def test_openvex_accepts_what_it_says_is_not_affected(depscan: Installed) -> None:
    names = [f["ids"][0] for f in json.loads(depscan("requirements.txt", "--format", "json").out)["findings"]]
    statements = [
        {
            "vulnerability": {"name": name},
            "products": [{"@id": "pkg:pypi/jinja2@3.1.4"}],
            "status": "not_affected",
            "justification": "vulnerable_code_not_in_execute_path",
        }
        for name in names
    ]
    document = {
        "@context": "https://openvex.dev/ns/v0.2.0",
        "@id": "https://vex.example/1",
        "author": "ana",
        "timestamp": "2026-01-01T00:00:00Z",
        "version": 1,
        "statements": statements,
    }
    (depscan.cwd / "vex.json").write_text(json.dumps(document), "utf-8")
    assert depscan("requirements.txt", "--vex", "vex.json").code == 0


def test_inspect_says_what_loading_a_model_would_run(depscan: Installed) -> None:
    (depscan.cwd / "model.pkl").write_bytes(HOSTILE_PICKLE)
    run = depscan("inspect", "model.pkl")
    assert run.code == 1
    assert "@ 0x15: os.system('true')" in run.out
    (depscan.cwd / "weights.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")
    clean = depscan("inspect", "weights.safetensors")
    assert (clean.code, "safetensors: data only" in clean.out) == (0, True)
    whole = depscan(".")
    assert whole.code == 1
    assert "model.pkl @ 0x15" in whole.out


def test_the_formats_of_models_are_listed(depscan: Installed) -> None:
    assert "safetensors" in depscan("formats", "--models").out


NETWORK = re.compile(r"db update|--online|pip install(?!.*&&)|OWASP|pipx")


def blocks() -> list[str]:
    """Return every ``$ depscan`` line of the console blocks that needs no network."""
    found = []
    for page in sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]):
        for block in re.findall(r"(?ms)^```console\n(.*?)^```", page.read_text("utf-8")):
            found += [line[2:] for line in block.splitlines() if line.startswith("$ ") and "depscan" in line]
    return sorted({line.partition("  #")[0].strip() for line in found if not NETWORK.search(line)})


@pytest.mark.parametrize("line", blocks())
def test_the_commands_of_the_docs_run(depscan: Installed, line: str) -> None:
    """Each runs in a folder that has what the docs speak of, and its exit code is one of a scan that was done."""
    lock(depscan)
    (depscan.cwd / "wheels").mkdir()
    for name, version in (("old", "1"), ("new", "2")):
        with zipfile.ZipFile(depscan.cwd / f"{name}.whl", "w") as archive:
            archive.writestr("a/__init__.py", "")
            archive.writestr(f"a-{version}.dist-info/METADATA", f"Metadata-Version: 2.1\nName: a\nVersion: {version}\n")
    with (depscan.cwd / "requirements.txt").open("a", encoding="utf-8") as stream:
        stream.write("torch==2.3.0\n")
    git = ("git", "-c", "user.name=a", "-c", "user.email=a@mail.example")
    for words in (("init", "-q", "-b", "main"), ("commit", "-q", "--allow-empty", "-m", "x")):
        subprocess.run([*git, *words], cwd=depscan.cwd, check=True)
    (depscan.cwd / "pypi.tsv").write_text("name\trank\nnumpy\t1\nnumpyy\t\n", "utf-8")
    (depscan.cwd / "mirrors" / "voice").mkdir(parents=True)
    (depscan.cwd / "mirrors" / "voice" / "requirements.txt").write_text("torch==2.3.0\n", "utf-8")
    (depscan.cwd / "torch.txt").write_text("torch==2.3.0\n", "utf-8")
    (depscan.cwd / "uv.lock").write_text(LOCK.replace('"jinja2"', '"torch"'), "utf-8")
    shutil.copytree(ROOT / "corpus" / "projects", depscan.cwd / "corpus" / "projects")
    info = depscan.cwd / ".venv" / "lib" / "python3.12" / "site-packages" / "a-1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: a\nVersion: 1\n", "utf-8")
    (info / "RECORD").write_text("a-1.dist-info/METADATA,,\na-1.dist-info/RECORD,,\n", "utf-8")
    for name in ("model.pt", "checkpoint.pkl"):
        (depscan.cwd / name).write_bytes(HOSTILE_PICKLE)
    (depscan.cwd / "weights.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")
    (depscan.cwd / "PyPI").mkdir()
    shutil.make_archive(str(depscan.cwd / "PyPI" / "all"), "zip", ROOT / "tests" / "e2e" / "records")
    (depscan.cwd / "baseline.json").write_text(depscan("clean.txt", "--format", "json").out, "utf-8")
    store_of_the_docs(depscan.cwd)
    command = line.rpartition("&& ")[2]
    assert command.startswith("depscan ")
    run = depscan(*shlex.split(command)[1:])
    assert run.code in {0, 1, 4}, run
    if "corpus/" in command:
        assert run.code == 1
        assert "malicious package" in run.out

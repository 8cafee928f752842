"""Whichever way the same files are stored, the night says of them what ``depscan FOLDER`` says."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from depscan.api import Options, scan
from depscan.fleet.unit import Setup, read
from depscan.model.finding import Finding
from tests.unit.difference.projects import git
from tests.unit.fleet.stored import UV, every_way, names, taken

NOW = "2026-11-29"
ROOT = Path(__file__).parents[3]
OF_PACKAGES = ("name/", "advisory/", "malicious/", "vulnerability/")

FILES = {
    "uv.lock": UV,
    "requirements.txt": "-r deps/base.list\n-c pins\nrequests\n",
    "deps/base.list": "-r ../other.deps\nflask\n",
    "other.deps": "jinja2==3.1.4\n",
    "pins": "requests==2.0.0\nunasked==1.0\n",
    "unread.deps": "tomli\n",
    "services/a/package.json": '{"name": "a", "dependencies": {"left-pad": "^1"}}\n',
    "services/a/app.py": 'import openai\nopenai.OpenAI().chat.completions.create(model="gpt-4o", messages=[])\n',
    "node_modules/x/package.json": '{"name": "x", "dependencies": {"y": "1"}}\n',
    "logo.svg": "<svg/>",
}


Row = tuple[str, str, str, list[tuple[str, int]]]


def rows(findings: list[Finding], top: str = "") -> list[Row]:
    """Return what findings say, without the folder that was scanned."""

    def below(text: str) -> str:
        text = text.replace(top + os.sep, "") if top else text
        return text.partition("?")[0] if text.startswith("pkg:") else text  # a store says where each comes from

    return sorted(
        (f.rule, below(f.subject), below(f.message), [(below(e.location.path), e.location.line) for e in f.evidence])
        for f in findings
        if not f.rule.startswith(OF_PACKAGES)
    )


def scanned(folder: Path) -> list[Row]:
    found = scan([str(folder)], Options(now=f"{NOW}T00:00:00Z", cache=False))
    return rows([d.finding for d in found.decisions], str(folder))


def night(place: Path) -> list[Row]:
    return rows(read(taken(place), Setup("engine", NOW)).findings)


def test_all_ways_give_one_bundle_and_the_findings_of_a_scan(tmp_path: Path) -> None:
    ways = every_way(tmp_path, FILES)
    want = sorted(set(FILES) - {"unread.deps", "node_modules/x/package.json", "logo.svg"})
    bundles = {way: taken(place) for way, place in ways.items()}
    assert {way: names(bundle) for way, bundle in bundles.items()} == dict.fromkeys(ways, want)
    assert len({bundle.tree for bundle in bundles.values()}) == 1
    findings = scanned(ways["plain"])
    assert findings
    assert {way: night(place) for way, place in ways.items()} == dict.fromkeys(ways, findings)


@pytest.mark.parametrize("project", ["ai-assistant", "voice-desk"])
def test_a_whole_project_says_the_same(project: str, tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    shutil.copytree(ROOT / "corpus" / "projects" / project, plain)
    working = tmp_path / "working"
    shutil.copytree(plain, working)
    git(working, "init", "-q")
    git(working, "add", "-A", "-f")
    git(working, "commit", "-q", "-m", "x")
    git(working, "archive", "--prefix=x/", "-o", str(tmp_path / "a.zip"), "HEAD")
    findings = scanned(plain)
    assert len(findings) > 20
    for place in (plain, working, tmp_path / "a.zip"):
        assert night(place) == findings


@pytest.mark.skipif(os.name != "posix", reason="symbolic links")
def test_a_file_behind_links_is_read_once_as_a_scan_does(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    (plain / "deps").mkdir(parents=True)
    (plain / "deps" / "requirements.txt").write_text("flask\n", "utf-8")
    (plain / "deps" / "odd").write_text("jinja2\n", "utf-8")
    (plain / "requirements.txt").symlink_to("deps/requirements.txt")
    (plain / "linked").symlink_to("deps")
    (plain / "requirements-dev.txt").write_text("-r linked/odd\n", "utf-8")
    (plain / "constraints.txt").symlink_to(plain / "deps" / "odd")
    working = tmp_path / "working"
    shutil.copytree(plain, working, symlinks=True)
    (working / "constraints.txt").unlink()
    (working / "constraints.txt").symlink_to("deps/odd")
    git(working, "init", "-q")
    git(working, "add", "-A")
    git(working, "commit", "-q", "-m", "x")
    ways = [plain, working]
    for ending in ("tar", "zip"):
        ways.append(tmp_path / f"a.{ending}")
        git(working, "archive", "-o", str(ways[-1]), "HEAD")
    findings = scanned(plain)
    assert {path for row in findings for path, _ in row[3]} == {"constraints.txt", "requirements.txt"}
    for place in ways[:2] + ways[3:]:
        assert night(place) == findings
    assert taken(ways[2]).links  # a tar archive's links to folders are not known, those to files are

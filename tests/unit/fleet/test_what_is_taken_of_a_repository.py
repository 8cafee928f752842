"""What a bundle holds and what it says it lacks: budgets, pointers, includes, plain folders."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from depscan.errors import UsageError
from depscan.fleet.includes import FORMATS, included
from depscan.fleet.listing import BYTES, GUESS_BYTES, LINK, MODEL_BYTES, Entry, bundle_of
from depscan.fleet.sources.folder import SOURCE
from depscan.fleet.wanted import BESIDE, CODE, GUESS, MODEL, NO, OWN, wish
from depscan.inputs.gather import MAX_FILES
from depscan.model.decision import Coverage
from depscan.text.source import LIMIT
from tests.unit.fleet.stored import UV, gaps, names, plain, settled, taken

ROOT = Path(__file__).parents[3]
LFS = "version https://git-lfs.example/spec/v1\noid sha256:" + "a" * 64 + "\nsize 1\n"


class Told:
    """A listing of files of which only the size is told; what is read of them is their path."""

    def __init__(self, sizes: dict[str, int]) -> None:
        self.gaps: list[Coverage] = []
        self._sizes = sizes
        self.read_at_once: list[int] = []

    def entries(self) -> Iterable[Entry]:
        return (Entry(path, size) for path, size in self._sizes.items())

    def find(self, path: str) -> Entry | None:
        return Entry(path, self._sizes[path]) if path in self._sizes else None

    def target(self, entry: Entry) -> str:
        return entry.key

    def read(self, entries: list[Entry]) -> dict[str, bytes | str]:
        self.read_at_once.append(sum(e.size for e in entries))
        return {e.path: e.path.encode() for e in entries}


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("uv.lock", OWN), ("a/requirements/any.txt", OWN), ("any.txt", GUESS), (".github/workflows/x.yml", BESIDE),
        ("x.py", CODE), ("x.ipynb", CODE), ("setup.py", OWN), ("README.md", OWN), (".env", BESIDE),
        ("w/model.safetensors", MODEL), ("w/x.pkl", MODEL), ("w.tar.gz", MODEL),
        ("w/x.dnn", GUESS), ("LICENSE", GUESS), ("x.go", NO),
        ("x.whl", NO), ("node_modules/a/package.json", NO), (".venv/x.py", NO), (".git/config", NO), ("a.png", NO),
    ],
)  # fmt: skip
def test_names_tell_what_is_wanted(path: str, why: int) -> None:
    assert wish(path) == why


def test_files_over_a_budget_are_told_and_locks_come_before_code() -> None:
    made = bundle_of(Told({"a.py": BYTES - 10, "b/uv.lock": 20, "c/poetry.lock": LIMIT + 1, "x.json": LIMIT + 1}))
    assert names(made) == ["b/uv.lock"]
    assert gaps(made) == {
        "a.py": "!file of more than 64 MB, the limit",
        "c/poetry.lock": "!file of more than 64 MB, the limit",
        "x.json": "file of more than 64 MB, the limit",
    }
    many = {f"{i}.py": LIMIT for i in range(5)}
    listing = Told({**many, "z/uv.lock": 1})
    made = bundle_of(listing)
    assert names(made) == ["0.py", "1.py", "2.py", "z/uv.lock"]
    assert gaps(made)["3.py"].startswith("!the files of the repository that would be read have more than 256 MB")
    assert max(listing.read_at_once) <= LIMIT + 1


def test_many_files_too_many_are_told_as_a_number() -> None:
    made = bundle_of(Told({f"{i:06}.py": 1 for i in range(MAX_FILES + 300)}))
    assert len(made.files) == MAX_FILES
    assert gaps(made)["."] == f"!250 more files: more than {MAX_FILES} files of the repository would be read"
    assert len(made.gaps) == 51


def test_large_models_and_many_of_them_are_told_and_do_not_make_a_night_incomplete() -> None:
    made = bundle_of(Told({"a.gguf": MODEL_BYTES + 1, **{f"{i}.pt": MODEL_BYTES for i in range(5)}, "uv.lock": 1}))
    assert names(made) == ["0.pt", "1.pt", "2.pt", "3.pt", "uv.lock"]
    assert gaps(made) == {
        "a.gguf": "a model file or archive of more than 32 MB; depscan inspect reads it",
        "4.pt": "the model files and archives of the repository have more than 128 MB together",
    }


def test_a_model_is_found_by_its_first_bytes_and_other_files_are_left(tmp_path: Path) -> None:
    plain(tmp_path, {"notes.txt": "words\n", "LICENSE": "words\n", "x.json": "{}", "big.dat": ""})
    (tmp_path / "weights.txt").write_bytes(b"\x80\x04N.")
    (tmp_path / "data").write_bytes(b"GGUF")
    with (tmp_path / "big.dat").open("wb") as stream:
        stream.truncate(GUESS_BYTES + 1)
    bundle = taken(tmp_path)
    assert names(bundle) == ["data", "weights.txt", "x.json"]
    assert gaps(bundle) == {
        ".": "1 files whose names tell nothing are too large, or too many, to be looked at for models"
    }


def test_a_file_that_is_no_model_is_still_taken_where_it_is_included(tmp_path: Path) -> None:
    assert names(taken(plain(tmp_path, {"requirements.txt": "-r odd\n", "odd": "flask\n"}))) == [
        "odd",
        "requirements.txt",
    ]


def test_pointers_of_lfs_are_told_and_only_a_lock_is_missed() -> None:
    class Pointers(Told):
        def read(self, entries: list[Entry]) -> dict[str, bytes | str]:
            return {e.path: LFS.encode() for e in entries}

    made = bundle_of(Pointers({"m.safetensors": len(LFS), "uv.lock": len(LFS)}))
    why = "a pointer of Git LFS: the file itself is not in the repository"
    assert gaps(made) == {"m.safetensors": why, "uv.lock": f"!{why}"}
    assert names(made) == ["m.safetensors", "uv.lock"]


def test_a_link_chain_without_end_ends() -> None:
    class Links(Told):
        def entries(self) -> Iterable[Entry]:
            return (self.find(path) for path in self._sizes)  # type: ignore[misc]

        def find(self, path: str) -> Entry | None:
            return Entry(path, 1, LINK, f"x{path}") if len(path) < 1000 else None

    made = bundle_of(Links({"uv.lock": 1}))
    assert (names(made), list(gaps(made))) == ([], ["uv.lock"])


def test_what_is_left_is_part_of_the_hash() -> None:
    one, two = bundle_of(Told({"a.pt": 1})), bundle_of(Told({"a.pt": 1, "b.pt": MODEL_BYTES + 1}))
    assert (one.files, one.tree != two.tree) == (two.files, True)
    assert bundle_of(Told({"a.pt": 1})) == one


@pytest.mark.parametrize(
    ("path", "text", "found"),
    [
        ("a/requirements.txt", "-r b.x\n  --constraint ../c\nflask\n", ["a/b.x", "c"]),
        ("requirements.txt", "-r ../out\n-r /etc/x\n-r https://files.example/x\n-r .\n", []),
        ("requirements.txt", "\ufeff-r a\r-r b\r\n-rc\n", ["a", "b", "c"]),
        ("any", "-r x\n", ["x"]),
        ("environment.yml", "dependencies:\n- pip:\n  - -r x\n", ["x"]),
        ("setup.cfg", "[options]\ninstall_requires = file: x\n", ["x"]),
        ("pyproject.toml", '[tool.setuptools.dynamic]\ndependencies = {file = ["x"]}\n', ["x"]),
        (
            "setup.py",
            "from setuptools import setup\nsetup(install_requires=open('x.in').read().splitlines())\n",
            ["x.in"],
        ),
        ("deno.json", '{"importMap": "./x.json"}', ["x.json"]),
        ("requirements.txt", "<<<<<<< x\n-r x\n", []),
    ],
)
def test_included_files_are_found(path: str, text: str, found: list[str]) -> None:
    assert included(path, text.encode()) == found


def test_no_format_that_includes_files_is_forgotten() -> None:
    texts = {p: p.read_text("utf-8") for p in (ROOT / "depscan" / "inputs").glob("*/*.py") if p.name[0] != "_"}
    words = ("includes.append(", "import read_line")
    found = {f"depscan.inputs.{p.parent.name}.{p.stem}" for p, text in texts.items() if any(w in text for w in words)}
    assert found == set(FORMATS)


def test_a_chain_of_includes_is_taken_to_its_end(tmp_path: Path) -> None:
    files = {"requirements.txt": "-r 0\n", **{str(i): f"-r {i + 1}\n" for i in range(40)}, "40": "-r 0\n-r 3\n"}
    assert len(taken(plain(tmp_path, files)).files) == 42


def test_more_includes_than_anybody_has_are_told(tmp_path: Path) -> None:
    many = "".join(f"-r {i}\n" for i in range(20_300))
    bundle = taken(
        plain(
            tmp_path, {"requirements.txt": f"{many}-r {'a/' * 5000}\n", **{str(i): "" for i in range(0, 20_300, 1000)}}
        )
    )
    assert len(bundle.files) == 21
    assert list(gaps(bundle).values()) == ["!more than 20000 included files; the others were not read"]


def test_a_change_of_a_folder_is_seen_also_in_a_file_of_an_odd_name(tmp_path: Path) -> None:
    plain(tmp_path, {"requirements.txt": "-r odd\n", "odd": "flask\n", "node_modules/x/a.js": ""})
    before = settled(tmp_path)
    plain(tmp_path, {"node_modules/x/a.js": "changed"})
    assert settled(tmp_path) == before
    plain(tmp_path, {"odd": "jinja2\n"})
    assert settled(tmp_path) != before
    with pytest.raises(UsageError, match="no revisions"):
        SOURCE.look(str(tmp_path), "main")


@pytest.mark.skipif(os.name != "posix", reason="links, pipes and permissions of POSIX")
def test_odd_things_in_a_folder_are_told_and_the_rest_is_taken(tmp_path: Path) -> None:
    top, outside = tmp_path / "top", tmp_path / "outside"
    plain(outside, {"x": "secret==1\n", "uv.lock": UV})
    plain(top, {"poetry.lock": "", "requirements.txt": "-r far/x\n-r gone\n"})
    (top / "far").symlink_to(outside)
    (top / "uv.lock").symlink_to(outside / "uv.lock")
    (top / "pdm.lock").symlink_to("nowhere")
    os.mkfifo(top / "Pipfile.lock")
    bundle = taken(top)
    assert names(bundle) == ["poetry.lock", "requirements.txt"]
    lost = "!is a link that leads to no file of the repository and was not read"
    assert gaps(bundle) == {"uv.lock": lost, "pdm.lock": lost, "Pipfile.lock": "!not a regular file"}


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="needs folders that are closed to their reader")
def test_a_closed_folder_is_told_and_promises_nothing(tmp_path: Path) -> None:
    plain(tmp_path, {"uv.lock": UV, "closed/poetry.lock": ""})
    (tmp_path / "closed").chmod(0)
    try:
        assert SOURCE.look(str(tmp_path), "").mark == ""
        assert gaps(taken(tmp_path)) == {"closed": "!folder cannot be read: permission denied"}
    finally:
        (tmp_path / "closed").chmod(0o700)

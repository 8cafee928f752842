"""Workers read the code of large folders ahead of the scan, which finds the same with and without them."""

from __future__ import annotations

from pathlib import Path

import pytest

from depscan.errors import ArtifactError
from depscan.inputs import ahead
from depscan.inputs.code import python_code
from depscan.inputs.gather import Gathered
from depscan.model.document import Document
from depscan.text.source import SourceFile

CODE = "from transformers import AutoModel\nfrom config import NAME\nAutoModel.from_pretrained(NAME)\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a folder of 210 files: some load models, one is broken, one leads out of it."""
    made = tmp_path / "project"
    (made / "node_modules").mkdir(parents=True)
    for number in range(207):
        (made / f"f{number:03}.py").write_text(CODE if number % 9 == 0 else f"print({number})\n")
    (made / "config.py").write_text('NAME = "o/first"\n')
    (made / "broken.py").write_bytes(CODE.encode() + b"\xff")
    (made / "notes.ipynb").write_text('{"cells": ')
    (made / "node_modules" / "no.py").write_text(CODE)
    (tmp_path / "outside.py").write_text(CODE)
    (made / "link.py").symlink_to(tmp_path / "outside.py")
    (made / ".git").mkdir()
    return made


def read(project: Path, *, jobs: int, cache: bool = False) -> list[object]:
    """Return what is found: documents with their uses, and what could not be read."""
    gathered = Gathered(root=str(project.parent), jobs=jobs, cache=cache)
    gathered.add_paths([str(project)])
    return [*[(d.path, d.format, d.nodes, d.at, d.edges, d.uses) for d in gathered.documents], *gathered.coverage]


@pytest.mark.parametrize("cache", [False, True])
def test_workers_change_nothing_of_what_is_found(project: Path, *, cache: bool) -> None:
    want = read(project, jobs=0)
    assert len(want) > 23
    assert read(project, jobs=2, cache=cache) == want
    assert read(project, jobs=2, cache=cache) == want


def test_what_workers_read_is_not_read_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names: list[str] = []
    made = python_code.FORMAT

    def parse(source: SourceFile) -> Document:
        names.append(source.name)  # in a worker: its own list
        return made.parse(source)

    monkeypatch.setattr(python_code, "FORMAT", made._replace(parse=parse))
    read(project, jobs=2)
    assert names == ["broken.py"]


def test_what_workers_lose_is_read_by_the_scan(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    want = read(project, jobs=0)
    monkeypatch.setattr("depscan.text.pool.read_each", _dying)
    assert read(project, jobs=2) == want


def _dying(chunks: list[ahead.Chunk], *_: object) -> list[tuple[ahead.Chunk, ArtifactError]]:
    return [(chunk, ArtifactError("the process that read it ended with status 9")) for chunk in chunks]


def test_small_folders_and_single_workers_need_none() -> None:
    paths = [(f"{n}.py", f"{n}.py") for n in range(ahead.WORTH)]
    assert ahead.read_ahead(paths, "", (), 1) == {}
    assert ahead.read_ahead(paths[1:], "", (), 8) == {}

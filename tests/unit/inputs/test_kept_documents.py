"""What code says is kept between runs, and holds only while all that it was read from is unchanged."""

from __future__ import annotations

import ast
import gc
import json
import os
import zlib
from pathlib import Path

import pytest

from depscan.inputs.code import notebook, python_code
from depscan.inputs.discover import candidates, entries, fits
from depscan.inputs.format import InputFormat
from depscan.inputs.gather import Gathered
from depscan.inputs.kept import Kept, _decode, _encode
from depscan.inputs.reach import Reach
from depscan.model.document import Document, Include
from depscan.model.package import File, Package
from depscan.text.source import SourceFile

CODE = "from transformers import AutoModel\nfrom config import NAME\nAutoModel.from_pretrained(NAME)\n"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder for kept documents, which is not there yet."""
    monkeypatch.setenv("DEPSCAN_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "documents-1"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a folder of 30 files, one of which loads the model that config.py names."""
    made = tmp_path / "project"
    made.mkdir()
    for number in range(28):
        (made / f"plain{number}.py").write_text(f"print({number})\n")
    (made / "config.py").write_text('NAME = "o/first"\n')
    (made / "run.py").write_text(CODE)
    return made


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return names of files that are parsed, as they are."""
    names: list[str] = []
    for module in (python_code, notebook):
        monkeypatch.setattr(module, "FORMAT", _telling(module.FORMAT, names))
    return names


def _telling(made: InputFormat, names: list[str]) -> InputFormat:
    def parse(source: SourceFile) -> Document:
        names.append(source.name)
        return made.parse(source)

    return made._replace(parse=parse)


def read(project: Path, *, cache: bool = True) -> list[str]:
    """Return the models that a scan of a project finds."""
    gathered = Gathered(root=str(project.parent), cache=cache)
    gathered.add_paths([str(project)])
    for document in gathered.documents:
        assert all(gathered.locate(document.path, use.at).text for use in document.uses)
    return [u.node.removeprefix("pkg:huggingface/") for d in gathered.documents for u in d.uses]


def test_a_second_run_parses_nothing_and_finds_the_same(cache: Path, project: Path, parsed: list[str]) -> None:
    assert read(project) == ["o/first"]
    assert parsed == ["run.py"]
    assert [p.stat().st_mode & 0o077 for p in (cache,)] == [0]
    assert read(project) == ["o/first"]
    assert parsed == ["run.py"]


def test_a_changed_file_is_read_again(cache: Path, project: Path, parsed: list[str]) -> None:
    read(project)
    (project / "run.py").write_text(CODE.replace("(NAME)", '("o/other")'))
    (project / "plain3.py").write_text(CODE)
    assert read(project) == ["o/first", "o/other"]
    assert parsed == ["run.py", "plain3.py", "run.py"]
    assert cache.is_dir()


@pytest.mark.usefixtures("cache")
def test_a_changed_file_that_was_looked_into_counts(project: Path, parsed: list[str]) -> None:
    read(project)
    (project / "config.py").write_text('NAME = "o/second"\n')
    assert read(project) == ["o/second"]
    (project / "config.py").unlink()
    assert read(project) == []
    (project / "config").mkdir()
    (project / "config" / "__init__.py").write_text('NAME = "o/third"\n')
    assert read(project) == ["o/third"]
    assert parsed == ["run.py"] * 4


def test_a_broken_cache_is_no_cache(cache: Path, project: Path) -> None:
    read(project)
    (kept,) = cache.iterdir()
    whole = kept.read_bytes()
    engine, rows = json.loads(zlib.decompress(whole))
    key = next(k for k, row in rows.items() if row[1])
    good = rows[key]
    for broken in (None, [], [good[0]], [good[0], 5, {}], [good[0], [1], {}], [good[0], good[1], None],
                   [good[0], {"a": 1}, {}], [good[0], [*good[1][:3], {"x": 3}, *good[1][4:]], {}]):  # fmt: skip
        kept.write_bytes(zlib.compress(json.dumps([engine, {**rows, key: broken}]).encode()))
        assert read(project) == ["o/first"]
    for data in (b"", b"x", whole[:-40], zlib.compress(b"[1]"), zlib.compress(b"[" * 200_000)):
        kept.write_bytes(data)
        assert read(project) == ["o/first"]


def test_another_engines_documents_do_not_count(cache: Path, project: Path, parsed: list[str]) -> None:
    read(project)
    (kept,) = cache.iterdir()
    _, rows = json.loads(zlib.decompress(kept.read_bytes()))
    kept.write_bytes(zlib.compress(json.dumps(["another", rows]).encode()))
    assert read(project) == ["o/first"]
    assert parsed == ["run.py"] * 2


def test_a_folder_that_others_can_write_is_neither_read_nor_written(
    cache: Path, project: Path, parsed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    read(project)
    (kept,) = cache.iterdir()
    before = kept.read_bytes()
    cache.chmod(0o777)
    assert read(project) == ["o/first"]
    cache.chmod(0o700)
    monkeypatch.setattr(os, "getuid", lambda: cache.stat().st_uid + 1)
    assert read(project) == ["o/first"]
    assert parsed == ["run.py"] * 3
    assert kept.read_bytes() == before


def test_nothing_is_kept_where_it_is_not_wanted_or_not_worth_it(cache: Path, project: Path) -> None:
    assert read(project, cache=False) == ["o/first"]
    for path in project.glob("plain*.py"):
        path.unlink()
    assert read(project) == ["o/first"]
    assert not cache.exists()


def test_what_was_kept_longest_makes_room(cache: Path, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read(project)
    (kept,) = cache.iterdir()
    (cache / "older").write_bytes(b"x" * 50)
    os.utime(cache / "older", (1, 1))
    monkeypatch.setattr("depscan.inputs.kept._KEEP", kept.stat().st_size + 40)
    (project / "plain1.py").write_text("")
    read(project)
    assert list(cache.iterdir()) == [kept]


def test_a_document_comes_back_as_it_was() -> None:
    document = Document("a.py", "python-code", lock=True)
    root = document.add_root("a.py")
    package = Package("PyPI", "x", "1", hashes=("sha256:0",), files=(File("https://x.example", "h", 3),), yanked="why")
    key = document.add(package, ("a", 1))
    document.link(root, key, "loads", requested="1", at=3)
    document.use(key, "x.y", 4, pinned="no", task="\ud800")
    document.problem("odd", 5)
    document.includes.append(Include("b.py", "requirement", 2))
    back = _decode(json.loads(json.dumps(_encode(document))), "a.py", "python-code")
    assert all(getattr(back, name) == getattr(document, name) for name in Document.__slots__)
    assert list(back.nodes) == list(document.nodes)


def test_a_file_that_was_not_looked_at_first_is_parsed(tmp_path: Path, cache: Path) -> None:
    made = Kept(Reach(str, str), str(tmp_path))
    assert made.parse(SourceFile("run.py", CODE.encode()), python_code.FORMAT).format == "python-code"
    assert made.accepts(SourceFile("run.py", CODE.encode()), python_code.FORMAT)
    assert not cache.exists()


def test_trees_of_code_are_freed_without_a_collector(project: Path) -> None:
    gc.collect()
    gc.disable()
    try:
        before = sum(isinstance(held, ast.Call) for held in gc.get_objects())
        read(project, cache=False)
        assert sum(isinstance(held, ast.Call) for held in gc.get_objects()) == before
    finally:
        gc.enable()


@pytest.mark.parametrize("named", [False, True])
def test_looking_names_up_by_their_ending_finds_every_format_that_fits(*, named: bool) -> None:
    known = entries()
    globs = {g for e in known for g in (*e.patterns, *e.explicit)}
    for name in ["none", "a.", "A.PY"] + [g.replace("*", made) for g in sorted(globs) for made in ("", "a", "x.y")]:
        want = [e for e in known if any(fits(g, name.lower()) for g in (*e.patterns, *(e.explicit if named else ())))]
        assert [e for _, e in candidates(name, known, named=named)] == want

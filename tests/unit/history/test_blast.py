"""Who would inherit a compromise: by way of what, and what alone would free them."""

from __future__ import annotations

from pathlib import Path

import pytest

from depscan.history.blast import Blast, blast
from tests.nights import Fleet, Repo

DIRECT = Repo({"uv.lock": [("app", "torch==2.4.0")]})
THROUGH = Repo({"uv.lock": [("app", "peft==1"), ("peft==1", "accelerate==1"), ("accelerate==1", "torch==2.4.0")]})
BOTH = Repo({
    "uv.lock": [("app", "peft==1"), ("app", "vision==1"), ("peft==1", "torch==2.4.0"), ("vision==1", "torch==2.4.0")]
})  # fmt: skip


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    return Fleet(tmp_path)


def ask(fleet: Fleet, text: str, night: str = "") -> Blast:
    with fleet.open() as store:
        return blast(store.database, text, night)


def test_each_repository_says_whether_it_asks_itself_or_by_way_of_what(fleet: Fleet) -> None:
    owners = {"direct": ("zoe", "", ()), "through": ("ana", "", ())}
    fleet.night({"direct": DIRECT, "through": THROUGH, "both": BOTH, "free": Repo({}), "lost": "closed"}, owners=owners)
    found = ask(fleet, "torch")
    told = [(one.owner, one.repository, one.direct, one.through) for one in found.victims]
    assert told == [
        ("", "both", False, ("peft 1", "vision 1")),
        ("ana", "through", False, ("peft 1",)),
        ("zoe", "direct", True, ()),
    ]
    assert (found.searched, len(found.unread), found.versions) == (4, 1, {"pkg:pypi/torch@2.4.0": 3})


def test_only_what_every_way_leads_over_frees_a_repository(fleet: Fleet) -> None:
    fleet.night({"direct": DIRECT, "through": THROUGH, "both": BOTH})
    told = [(one.name, one.brings, one.frees) for one in ask(fleet, "torch").between]
    assert told == [("peft", 2, 1), ("accelerate", 1, 1), ("vision", 1, 0)]


def test_a_repository_is_free_only_when_all_its_files_are(fleet: Fleet) -> None:
    fleet.night({"a": Repo({"a.lock": THROUGH.files["uv.lock"], "b.lock": DIRECT.files["uv.lock"]}),
                 "b": Repo({"a.lock": THROUGH.files["uv.lock"], "b.lock": [("app", "peft==1"),
                                                                          ("peft==1", "torch==2.5.0")]})})  # fmt: skip
    found = ask(fleet, "torch")
    assert [(one.name, one.brings, one.frees) for one in found.between] == [("peft", 2, 1), ("accelerate", 2, 0)]
    assert found.victims[0].paths == ("a.lock", "b.lock")


def test_two_versions_of_a_package_are_one_package_to_take_out(fleet: Fleet) -> None:
    edges = [("app", "npm:x==1"), ("app", "npm:y==1"), ("npm:x==1", "npm:mid==1"), ("npm:y==1", "npm:mid==2"),
             ("npm:mid==1", "npm:ms==2"), ("npm:mid==2", "npm:ms==2")]  # fmt: skip
    fleet.night({"a": Repo({"package-lock.json": edges})})
    assert [(one.name, one.frees) for one in ask(fleet, "ms").between] == [("mid", 1), ("x", 0), ("y", 0)]


def test_cycles_end(fleet: Fleet) -> None:
    edges = [("app", "a==1"), ("a==1", "b==1"), ("b==1", "a==1"), ("b==1", "c==1"), ("c==1", "a==1")]
    fleet.night({"a": Repo({"uv.lock": edges})})
    assert [(one.name, one.frees) for one in ask(fleet, "c").between] == [("a", 1), ("b", 1)]


def test_a_model_is_told_with_the_places_that_use_it(fleet: Fleet) -> None:
    uses = (("model:org/model", "train.py", 7, "from_pretrained"),)
    fleet.night({"a": Repo({"": [("app", "model:org/model")]}, uses=uses), "b": DIRECT})
    found = ask(fleet, "org/model")
    assert [(u.repository, u.package, u.path, u.line) for u in found.used] == [("a", "org/model", "train.py", 7)]
    publisher = ask(fleet, "org")
    assert (publisher.asked.publisher, len(publisher.victims)) == (True, 1)


def test_a_package_without_a_version_counts_as_if_it_were_meant(fleet: Fleet) -> None:
    fleet.night({"a": Repo({"": [("app", "torch")]}), "b": DIRECT})
    assert [one.repository for one in ask(fleet, "torch==2.5.0").victims] == ["a"]


def test_only_the_night_that_is_asked_for_counts(fleet: Fleet) -> None:
    fleet.night({"a": DIRECT})
    fleet.night({"a": Repo({})})
    assert [len(ask(fleet, "torch", night).victims) for night in ("1", "2")] == [1, 0]


def test_a_repository_that_cannot_be_read_is_told_with_what_it_had(fleet: Fleet) -> None:
    fleet.night({"a": DIRECT, "b": Repo({})})
    fleet.night({"a": "closed", "b": Repo({})})
    found = ask(fleet, "torch")
    assert (found.victims, [(one.repository, one.had) for one in found.unread]) == ((), [("a", True)])

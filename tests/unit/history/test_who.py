"""Who has it: names and versions, paths, days, and what was not looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from depscan.errors import StoreError, UsageError
from depscan.history.asked import fits
from depscan.history.records import Node
from depscan.history.who import Answer, Filter, who
from depscan.model.decision import Coverage
from tests.nights import Fleet, Repo

TORCH = Repo({"uv.lock": [("app", "accelerate==1.0"), ("accelerate==1.0", "torch==2.4.0")]})
NEWER = Repo({"uv.lock": [("app", "torch==2.5.1")]})
OTHER = Repo({"uv.lock": [("app", "flask==3.0.0")]})


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    return Fleet(tmp_path)


def ask(fleet: Fleet, text: str, night: str = "", only: Filter | None = None, limit: int = 0) -> Answer:
    with fleet.open() as store:
        return who(store.database, text, night, only, limit)


def test_a_path_and_the_day_are_told_of_each_repository(fleet: Fleet) -> None:
    fleet.night({"a": OTHER, "b": TORCH})
    fleet.night({"a": TORCH, "b": TORCH, "c": OTHER})
    answer = ask(fleet, "torch==2.4.0")
    told = [(r.repository, r.path, r.via, r.direct, r.since, r.before) for r in answer.reaches]
    via = ("app", "accelerate 1.0", "torch 2.4.0")
    assert told == [
        ("a", "uv.lock", via, False, "2030-01-02", False),
        ("b", "uv.lock", via, False, "2030-01-01", True),
    ]
    assert (answer.found, answer.searched) == (2, 3)


def test_an_older_night_is_answered_as_it_was_then(fleet: Fleet) -> None:
    fleet.night({"a": OTHER, "b": TORCH})
    with pytest.raises(UsageError, match=r"\(there is night 1 \(2030-01-01\)\)"):
        ask(fleet, "torch", "2")
    fleet.night({"a": TORCH})
    assert [r.repository for r in ask(fleet, "torch", "1").reaches] == ["b"]
    assert [r.repository for r in ask(fleet, "torch", "2030-01-01").reaches] == ["b"]
    assert [r.repository for r in ask(fleet, "torch", "2031-01-01").reaches] == ["a"]
    for wrong in ("3", "2029-12-31", "yesterday", "0"):
        with pytest.raises(UsageError):
            ask(fleet, "torch", wrong)


def test_a_package_that_went_and_came_back_is_there_since_it_came_back(fleet: Fleet) -> None:
    for repo in (TORCH, OTHER, TORCH, TORCH._replace(findings=(), revision="2" * 40)):
        fleet.night({"a": repo})
    (only,) = ask(fleet, "torch").reaches
    assert (only.since, only.before) == ("2030-01-03", False)


def test_a_night_on_which_nobody_looked_breaks_no_presence(fleet: Fleet) -> None:
    fleet.night({"a": OTHER})
    fleet.night({"a": TORCH})
    fleet.night({"a": "no permission"})
    fleet.night({"a": TORCH})
    assert ask(fleet, "torch").reaches[0].since == "2030-01-02"


def test_a_night_without_the_repository_breaks_its_presence(fleet: Fleet) -> None:
    fleet.night({"a": TORCH, "b": OTHER})
    fleet.night({"b": OTHER})
    fleet.night({"a": TORCH, "b": OTHER})
    assert ask(fleet, "torch").reaches[0].since == "2030-01-03"


def test_a_repository_that_cannot_be_read_is_never_without_it(fleet: Fleet) -> None:
    fleet.night({"a": TORCH, "b": OTHER, "c": "never"})
    fleet.night({"a": "gone bad", "b": OTHER, "c": "never"})
    answer = ask(fleet, "torch")
    assert (answer.found, answer.searched) == (0, 1)
    told = [(one.repository, one.problem, one.had, one.last) for one in answer.unread]
    assert told == [("a", "gone bad", True, "2030-01-01"), ("c", "never", False, "")]


def test_what_was_looked_at_in_part_is_counted_when_nobody_has_it(fleet: Fleet) -> None:
    gap = Coverage("x.lock", "failed", "broken")
    fleet.night({"a": OTHER._replace(gaps=(gap,)), "b": OTHER})
    assert (ask(fleet, "torch").partly, ask(fleet, "flask").partly) == (1, 0)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("torch", ["a", "b"]),
        ("Torch==2.4.0", ["a"]),
        ("torch==2.4", ["a"]),
        ("torch===2.4", []),
        ("torch@2.5.1", ["b"]),
        ("torch>=2,<2.5", ["a"]),
        ("torch >= 2.5", ["b"]),
        ("torch~=2.4", ["a", "b"]),
        ("torch[all]!=2.4.0", ["b"]),
        ("torch==2.5.*", ["b"]),
        ("pkg:pypi/torch", ["a", "b"]),
        ("pkg:pypi/Torch@2.4.0", ["a"]),
        ("pkg:npm/torch", []),
        ("@scope/tool", ["c"]),
        ("@scope/tool@1.2.3", ["c"]),
        ("@scope/tool@^1.1", ["c"]),
        ("@scope/tool@>=1.3 <2", []),
        ("@scope/tool@1", ["c"]),
        ("pkg:npm/%40scope/tool@1.2.3", ["c"]),
        ("org/model", ["d"]),
        ("Org/Model", []),
        ("org", ["d"]),
        ("org/", ["d"]),
        ("openai/", []),
        ("actions/Checkout@v4", ["d"]),
        ("openai", ["d"]),
    ],
)
def test_names_and_versions_are_those_of_their_ecosystem(fleet: Fleet, text: str, found: list[str]) -> None:
    fleet.night({
        "a": TORCH,
        "b": NEWER,
        "c": Repo({"package-lock.json": [("app", "npm:@scope/tool==1.2.3")]}),
        "d": Repo({"": [("app", "model:org/model"), ("app", "action:actions/checkout==v4"),
                        ("app", "service:openai")]}),
    })  # fmt: skip
    assert [r.repository for r in ask(fleet, text).reaches] == found


def test_a_local_build_is_a_build_of_its_release(fleet: Fleet) -> None:
    fleet.night({"a": Repo({"uv.lock": [("app", "torch==2.4.0+cu121")]})})
    assert ask(fleet, "torch==2.4.0").found == 1
    assert ask(fleet, "torch==2.4.0+cpu").found == 0


def test_a_version_that_cannot_be_compared_is_neither_had_nor_not(fleet: Fleet) -> None:
    fleet.night({"a": Repo({"": [("app", "torch")]}), "b": NEWER})
    answer = ask(fleet, "torch==2.4.0")
    assert (answer.found, answer.unsure) == (0, 1)
    assert [r.repository for r in answer.undecided] == ["a"]
    assert answer.others == {"2.5.1": 1}
    assert ask(fleet, "torch>=nonsense").unsure == 2


def test_a_tag_that_moves_and_a_commit_without_a_release_are_not_decided(fleet: Fleet) -> None:
    repo = [("app", f"action:{text}") for text in ("a/b==v4", "a/b==v4.2.2", "a/b/save==v4.2.2", "a/b==v5", "a/bc==v4")]
    fleet.night({"a": Repo({"": repo})})
    answer = ask(fleet, "A/b@v4.2.2")
    assert [r.package for r in answer.reaches] == ["pkg:githubactions/a/b@v4.2.2", "pkg:githubactions/a/b/save@v4.2.2"]
    assert [r.version for r in answer.undecided] == ["v4"]
    assert answer.others == {"v5": 1}
    assert ask(fleet, "pkg:github/a/b@v5").found == 1
    commit = Node("pkg:githubactions/a/b@1", "GitHub Actions", "a/b", "1" * 40, "git", commit="1" * 40)
    told = [fits(commit, "1" * 40), fits(commit, "v4"), fits(commit._replace(release="v4.2.2"), "==v4.2.2")]
    assert told == [True, None, True]


def test_owners_teams_and_tags_narrow_what_is_searched(fleet: Fleet) -> None:
    owners = {"a": ("zoe", "search", ("prod",)), "b": ("ana", "", ())}
    fleet.night({"a": TORCH, "b": TORCH}, owners=owners)
    assert [(r.owner, r.repository) for r in ask(fleet, "torch").reaches] == [("ana", "b"), ("zoe", "a")]
    for only in (Filter("zoe"), Filter("search"), Filter("", "prod"), Filter("zoe", "prod")):
        answer = ask(fleet, "torch", only=only)
        assert ([r.repository for r in answer.reaches], answer.searched) == (["a"], 1)
    assert ask(fleet, "torch", only=Filter("ana", "prod")).searched == 0


@pytest.mark.parametrize(
    ("only", "said"),
    [
        (Filter("nobody"), "no repository belongs to nobody in this night (owners and teams: ana, search)"),
        (Filter(tag="prd"), "no repository is tagged prd in this night (tags: prod)"),
    ],
)
def test_an_owner_or_tag_that_nobody_has_is_a_mistake(fleet: Fleet, only: Filter, said: str) -> None:
    fleet.night({"a": TORCH, "b": OTHER}, owners={"a": ("ana", "search", ("prod",))})
    with pytest.raises(UsageError) as caught:
        ask(fleet, "torch", only=only)
    assert str(caught.value) == said


@pytest.mark.parametrize("text", ["torch>=", "torch==", "torch>=2,<", "torch@^"])
def test_a_range_without_its_version_is_a_mistake(fleet: Fleet, text: str) -> None:
    fleet.night({"a": TORCH})
    with pytest.raises(UsageError, match="is no range"):
        ask(fleet, text)


def test_a_limit_shortens_what_is_worked_out_and_not_what_is_counted(fleet: Fleet) -> None:
    two = Repo({"a.lock": [("app", "torch==2.4.0")], "b.lock": [("app", "torch==2.4.0")]})
    fleet.night(dict.fromkeys("abc", two))
    answer = ask(fleet, "torch", limit=2)
    assert ([r.repository for r in answer.reaches], answer.found) == (["a", "a", "b", "b"], 3)


def test_what_is_asked_must_be_a_name_and_the_store_must_be_there(fleet: Fleet, tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        ask(Fleet(tmp_path / "nowhere"), "torch")
    fleet.night({"a": TORCH})
    for wrong in ("", " ", "x" * 3000, "pkg:", "pkg:pypi"):
        with pytest.raises(UsageError):
            ask(fleet, wrong)
    for odd in ("@", "==", "\0", "a\udc80", "pkg:x/y@", "%", "torch@", "'; DROP TABLE node; --"):
        assert ask(fleet, odd).searched == 1

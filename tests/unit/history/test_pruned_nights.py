"""What was pruned away is not asked about, and nothing is said of what is kept that was not known before."""

from __future__ import annotations

from pathlib import Path

import pytest

from depscan.errors import UsageError
from depscan.history.changed import changed
from depscan.history.prune import prune
from depscan.history.read import kept, latest, night_of
from depscan.history.store import Store, consulted
from depscan.history.who import who
from depscan.overview.gather import gather
from depscan.policy.policy import Policy
from tests.nights import Fleet, Repo

TORCH = Repo({"uv.lock": [("app", "torch==2.4.0")]})
MORE = Repo({"uv.lock": [("app", "torch==2.4.0"), ("app", "flask==3.0.0")]})
OTHER = Repo({"uv.lock": [("app", "flask==3.0.0")]})


@pytest.fixture
def fleet(tmp_path: Path) -> Fleet:
    """Return five nights, of which the last two are kept."""
    made = Fleet(tmp_path)
    made.night({"a": TORCH, "b": TORCH, "c": TORCH})
    made.night({"a": TORCH, "b": "gone", "c": OTHER})
    made.night({"a": TORCH, "b": "still gone", "c": OTHER})
    made.night({"a": MORE, "b": "still gone", "c": OTHER})
    made.night({"a": MORE, "b": "still gone", "c": TORCH})
    return made


def pruned(fleet: Fleet) -> Fleet:
    with Store.open(fleet.place, write=True) as store:
        prune(store.database, 4)
    return fleet


@pytest.mark.parametrize("text", ["3", "2030-01-03", "1"])
def test_a_night_that_was_pruned_away_is_refused(fleet: Fleet, text: str) -> None:
    with pruned(fleet).open() as store:
        assert [night.id for night in kept(store.database)] == [4, 5]
        for ask in (lambda: night_of(store.database, text), lambda: who(store.database, "torch", text)):
            with pytest.raises(UsageError, match="was pruned away") as told:
                ask()
            assert told.value.hint == "nights 4 (2030-01-04) to 5 (2030-01-05) can be asked about"


def test_what_changed_in_the_first_night_that_is_kept_is_not_made_up(fleet: Fleet) -> None:
    with pruned(fleet).open() as store:
        with pytest.raises(UsageError, match="the night before night 4 was pruned away"):
            changed(store.database, night_of(store.database, "4"))
        assert len(changed(store.database, latest(store.database)).repositories) == 1


def test_it_is_not_said_since_when_where_that_was_pruned_away(fleet: Fleet) -> None:
    with fleet.open() as store:
        assert [(r.since, r.before) for r in who(store.database, "torch").reaches] == [
            ("2030-01-01", True),
            ("2030-01-05", False),
        ]
    with pruned(fleet).open() as store:
        assert [(r.since, r.before) for r in who(store.database, "torch").reaches] == [
            ("2030-01-04", True),
            ("2030-01-05", False),
        ]


def test_what_an_unreadable_repository_had_is_kept_as_long_as_it_cannot_be_read(fleet: Fleet) -> None:
    with pruned(fleet).open() as store:
        assert [(one.repository, one.had) for one in who(store.database, "torch").unread] == [("b", True)]
        assert [(one.repository, one.had) for one in who(store.database, "flask").unread] == [("b", False)]


def test_a_trend_begins_with_the_first_night_that_is_kept(fleet: Fleet) -> None:
    with pruned(fleet).open() as store:
        assert len(gather(store, Policy(), "2030-01-06").points) == 2


def test_who_asks_while_nights_are_pruned_and_published_is_answered_of_one_moment(fleet: Fleet) -> None:
    with consulted(fleet.place) as store:
        before = who(store.database, "torch", "1")
        pruned(fleet)
        fleet.night({"a": OTHER})
        assert who(store.database, "torch", "1") == before
        assert latest(store.database).id == 5
    with consulted(fleet.place) as store:
        assert latest(store.database).id == 6

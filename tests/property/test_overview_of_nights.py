"""Over random nights: paths are paths, the trend says what each night said, and nothing is told that is not so."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from depscan.fleet.gaps import Gap
from depscan.history.records import Reading
from depscan.overview.digest import MOST, digest, digest_json
from depscan.overview.records import Hit, Overview, Told, Tree
from tests.unit.overview.made_nights import Asks, Fleet, purl, reading, vulnerable

LABELS = [f"p{i} 1" for i in range(6)]
EVERY = ["app", *LABELS]
pairs = st.sets(
    st.tuples(st.sampled_from(EVERY), st.sampled_from(LABELS)).filter(lambda p: p[0] == "app" or p < p[::-1])
)


def asks_of(chosen: set[tuple[str, str]]) -> Asks:
    return {parent: sorted(c for p, c in chosen if p == parent) for parent in EVERY if (parent in dict(chosen))}


locks = st.dictionaries(st.sampled_from(["a.lock", "b.lock"]), pairs.filter(bool).map(asks_of), max_size=2)
night = st.tuples(
    st.dictionaries(st.sampled_from(["r1", "r2", "r3"]), st.one_of(locks, st.just("lost"))),
    st.sets(st.sampled_from(LABELS)),
)


def said(visit: dict[str, Asks] | str) -> Reading | str:
    return visit if isinstance(visit, str) else reading(repr(visit), visit)


def figures(made: Overview) -> tuple[object, ...]:
    """Return what a point says, from everything but the points."""
    held = set().union(*made.tree.roots.values()) if made.tree.roots else set()
    for own in list(held):
        held |= below(made, own)
    unread = sum(bool(m.problem) for m in made.members)
    actions = [t.action for t in made.findings]
    return (made.night[:10], len(made.members) - unread, unread, len(held), 0, actions.count("block"),
            actions.count("warn"), sum(m.blocked > 0 for m in made.members))  # fmt: skip


def below(made: Overview, start: int) -> set[int]:
    found, left = {start}, [start]
    while left:
        for child in made.tree.children[left.pop()]:
            if child not in found:
                found.add(child)
                left.append(child)
    return found


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(night, min_size=1, max_size=4))
def test_every_night_is_told_as_it_was(nights: list[tuple[dict[str, dict[str, Asks] | str], set[str]]]) -> None:
    with TemporaryDirectory() as folder:
        fleet = Fleet(Path(folder))
        for visits, bad in nights:
            fleet.night({name: said(visit) for name, visit in visits.items()}, *map(vulnerable, sorted(bad)))
        whole = fleet.overview()
        before: dict[str, set[str]] = {}
        ever: set[str] = set()
        for number, (visits, bad) in enumerate(nights, 1):
            made = fleet.overview(number)
            assert figures(made) == whole.points[number - 1]
            reached = {label: {name for name, visit in visits.items() if holds(visit, label)} for label in bad}
            told = {t.subject: {h.repository for h in t.hits} for t in made.findings}
            assert told == {purl(label): names for label, names in reached.items() if names}
            for finding in made.findings:
                for hit in finding.hits:
                    visit = visits[hit.repository]
                    assert isinstance(visit, dict)
                    is_path(visit[hit.path], hit.via, f"{finding.name} {finding.version}")
            unread = {name for name, visit in visits.items() if isinstance(visit, str)}
            for gone in made.cleared:
                assert gone.subject in ever  # also of a repository that could not be read since
                assert gone.subject not in told
                assert gone.subject not in map(purl, bad) or not before.get(gone.subject, set()) & unread
            if number > 1:
                assert all(t.new <= (t.subject not in before) for t in made.findings)
            before = told
            ever |= set(told)
        fleet.store.close()


@settings(max_examples=60)
@given(st.text(min_size=1, max_size=300), st.text(max_size=300), st.integers(1, 40))
def test_a_digest_is_short_and_one_line_per_package_whatever_the_names_are(name: str, owner: str, many: int) -> None:
    hit = Hit(name, owner, name, 1, (name,), "2030-01-01", new=True)
    told = Told("f1", "r", name, "trust", "high", "high", "block", "", name, name, name, "", "", name, (name,), "", "",
                (), "", "2030-01-01", True, (hit,))  # fmt: skip
    every = tuple(told._replace(subject=f"{i}") for i in range(many))
    gap = Gap(name, "failed", owner, True, (name,))
    made = Overview(1, name, "2030-01-02T", "2030-01-01T", "blocked", 1, name, name, every, (), (), (), (), (),
                    (gap,) * many, (), Tree((), (), (), {}))  # fmt: skip
    text = digest(made, "https://reports.example/")
    assert len(text) <= MOST
    assert len(text.splitlines()) <= 24
    json.loads(digest_json(made))


def holds(visit: dict[str, Asks] | str, label: str) -> bool:
    if isinstance(visit, str):
        return False
    return any(label in asks or any(label in children for children in asks.values()) for asks in visit.values())


def is_path(asks: Asks, via: tuple[str, ...], end: str) -> None:
    """Demand a shortest path from a root of the lock."""
    asked = {child for children in asks.values() for child in children}
    level = {name for name in asks if name not in asked}
    assert via[0] in level
    assert via[-1] == end
    assert all(child in asks[parent] for parent, child in pairwise(via))
    for _ in via[1:]:
        assert end not in level
        level = {child for name in level for child in asks.get(name, ())}

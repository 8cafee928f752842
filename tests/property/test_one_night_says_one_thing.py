"""Over random nights: account, report in every format, digest and ``history changed`` count the same."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from depscan.cli._main import main
from depscan.fleet.digest import Digest, digest
from depscan.history.records import Reading
from depscan.intel.store import open_index
from depscan.model.decision import Coverage
from depscan.model.finding import Finding
from depscan.overview.digest import digest_json
from depscan.overview.format import format_by_id
from depscan.overview.gather import gather
from depscan.policy.policy import Policy, load_policy
from tests.nights import finding
from tests.unit.overview.made_nights import Fleet, lock, malicious, purl, vulnerable

LABELS = ("x 1", "x 2", "y 1", "z 1")
FOUND = (
    *(vulnerable(label, name) for label in LABELS for name in ("CVE-1", "CVE-2")),
    vulnerable("x 1", "CVE-1")._replace(ids=("GHSA-1", "CVE-1")),
    vulnerable("x 1", "CVE-1")._replace(message="x 1 is affected, in other words"),
    vulnerable("z 1", "CVE-3")._replace(status="undecidable"),
    malicious("y 1"),
)
SAID = (finding("a.py"), finding("a.py", "is bad at line 2"), finding("b.py", mark="CVE-2"))
POLICIES = (
    "",
    "fail-on = ['malicious']\n",
    "[[exception]]\nid = 'CVE-2'\nreason = 'r'\nowner = 'o'\nexpires = '2031-01-01'\n",
    "fail-on = ['policy']\n[[exception]]\nid = 'CVE-1'\nreason = 'r'\nowner = 'o'\nexpires = '2020-01-01'\n",
)


class Repo(NamedTuple):
    labels: frozenset[str]
    said: frozenset[int]
    broken: bool
    lacks: int

    def reading(self) -> Reading:
        """Return what it says; of a broken lock that it is one."""
        labels = () if self.broken else sorted(self.labels)
        gaps = [Coverage("uv.lock", "failed", "is no TOML", needed=True)] if self.broken else []
        if self.lacks:
            why = f"the advisory index has no data for its {self.lacks} packages (a, b)"
            gaps.append(Coverage("conda", "skipped", why, needed=True, kind="ecosystem"))
        made = lock(*labels, key=repr(self), gaps=gaps, findings=[SAID[i] for i in sorted(self.said)])
        return made if labels else made._replace(nodes=[], graphs=[], parts=[])


repos = st.builds(
    Repo, st.frozensets(st.sampled_from(LABELS)), st.frozensets(st.integers(0, 2)), st.booleans(), st.integers(0, 2)
)
nights = st.tuples(
    st.dictionaries(st.sampled_from(["r1", "r2", "r3"]), st.one_of(repos, st.just("closed"))),
    st.sets(st.sampled_from(FOUND)),
)


Visits = tuple[dict[str, Repo | str], set[Finding]]


class Figures(NamedTuple):
    repositories: int
    unreadable: int
    packages: int
    blocked: int
    warned: int
    new: int
    wider: int
    cleared: int
    freed: int
    missing: int
    verdict: str
    code: int


def of_account(said: Digest) -> Figures:
    return Figures(said.repositories, len(said.unreadable), said.packages, said.blocked, said.warned, said.new,
                   said.reached, said.cleared, said.freed, len(said.left), said.verdict, said.exit_code)  # fmt: skip


def of_json(text: str) -> Figures:
    held = json.loads(text)
    standing = [f for f in held["findings"] if f["action"] != "allow"]
    wider = [f for f in standing if not f["new"] and any(h["new"] for h in f["hits"])]
    return Figures(
        len(held["members"]),
        sum(bool(m["problem"]) for m in held["members"]),
        held["points"][-1]["packages"],
        sum(f["action"] == "block" for f in standing),
        sum(f["action"] == "warn" for f in standing),
        sum(f["new"] for f in standing),
        len(wider),
        len(held["cleared"]),
        held["freed"],
        sum(g["needed"] for g in held["gaps"]),
        held["verdict"],
        held["exit_code"],
    )


def of_digest(text: str) -> Figures:
    held = json.loads(text)
    c = held["counts"]
    return Figures(c["repositories"] + c["unreadable"], c["unreadable"], c["packages"], c["blocked"], c["warned"],
                   c["new"], c["wider"], c["cleared"], c["freed"], c["missing"], held["verdict"],
                   held["exit_code"])  # fmt: skip


def first(pattern: str, text: str) -> int:
    found = re.search(pattern, text)
    return int(found[1]) if found else 0


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(every=st.lists(nights, min_size=1, max_size=4), rules=st.sampled_from(POLICIES), new_only=st.booleans())
def test_a_night_says_the_same_everywhere(every: list[Visits], rules: str, *, new_only: bool) -> None:
    with TemporaryDirectory() as folder, open_index() as index:
        policy_file = Path(folder) / "policy.toml"
        policy_file.write_text(rules, "utf-8")
        policy = load_policy(str(policy_file))
        fleet = Fleet(Path(folder))
        for visits, bad in every:
            made = {name: one if isinstance(one, str) else one.reading() for name, one in visits.items()}
            night = fleet.night(made, *[one for one in FOUND if one in bad])
            said = digest(fleet.store.database, night, policy, "2030-01-20", index, new_only=new_only)
            overview = gather(fleet.store, policy, "2030-01-20", night, index=index, new_only=new_only)
            wanted = of_account(said)
            assert of_json(format_by_id("json").render(overview)) == wanted
            assert of_digest(digest_json(overview)) == wanted
            in_markdown(format_by_id("markdown").render(overview), wanted, is_first=night == 1)
            in_page(format_by_id("html").render(overview), wanted, is_first=night == 1)
            if night > 1:
                assert changes(fleet.place, night, str(policy_file)) == (
                    wanted.new, wanted.wider, wanted.cleared, wanted.freed
                )  # fmt: skip
            else:
                assert (wanted.new, wanted.wider, wanted.cleared, wanted.freed) == (0, 0, 0, 0)
        fleet.store.close()


def in_markdown(text: str, wanted: Figures, *, is_first: bool) -> None:
    assert first(r"(\d+) repositor\w+ read", text) == wanted.repositories - wanted.unreadable
    assert first(r"\((\d+) unreadable\)", text) == wanted.unreadable
    assert first(r", (\d+) packages?: ", text) == wanted.packages
    assert first(r"(\d+) blocked", text) == wanted.blocked
    assert first(r"(\d+) to look at", text) == wanted.warned
    assert first(r"(\d+) things? that the policy needs", text) == wanted.missing
    assert ("This is the first night" in text) == is_first
    if not is_first:
        told = re.search(r"(\d+) new(?:, (\d+) known reaching further)?; (\d+) cleared(?:, (\d+) that some)?", text)
        assert told is not None
        assert tuple(int(n or 0) for n in told.groups()) == (wanted.new, wanted.wider, wanted.cleared, wanted.freed)


def in_page(text: str, wanted: Figures, *, is_first: bool) -> None:
    held = {words: int(n) for n, words in re.findall(r"<b>(\d+)</b><span>([^<]+)</span>", text)}
    assert (held["blocked findings"], held["warnings"]) == (wanted.blocked, wanted.warned)
    assert f"exit code {wanted.code}" in text
    assert first(r"(\d+) things? the policy needs", text) == wanted.missing
    if not is_first:
        assert held["new since last night"] == wanted.new
        assert held["cleared since last night"] == wanted.cleared


def changes(place: str, night: int, policy: str) -> tuple[int, ...]:
    out = f"{place}.changed.json"
    asked = ["history", "changed", "--store", place, "--night", str(night), "--config", policy]
    assert main([*asked, "--format", "json", "-o", out]) == 0
    held = json.loads(Path(out).read_text("utf-8"))
    return tuple(len(held[f"findings_{word}"]) for word in ("new", "reached", "cleared", "freed"))


class Oracle:
    """What is new and what is cleared, by the plainest reading of docs/explanation/nightly.md."""

    def __init__(self) -> None:
        self._labels: dict[str, frozenset[str]] = {}
        self._said: dict[str, frozenset[int]] = {}
        self._bad: set[Finding] = set()
        self._told: dict[str, set[Finding]] | None = None
        self._before: dict[str, set[Finding]] | None = None

    def night(self, visits: Mapping[str, Repo | str], bad: set[Finding]) -> tuple[set[Finding], set[Finding]]:
        """Return what is new and what is cleared, each in all its words."""
        for name, one in visits.items():
            if isinstance(one, Repo):
                self._said[name] = one.said
                if not one.broken:
                    self._labels[name] = one.labels
        for name in self._said.keys() - visits.keys():
            del self._said[name]
        for name in self._labels.keys() - visits.keys():
            del self._labels[name]
        held = {name: self._held(name, bad) for name in visits}
        read = [self._held(name, bad, locked=not one.broken) for name, one in visits.items() if isinstance(one, Repo)]
        before = self._before = self._told
        self._told = {name: self._heard(name, visits[name], some) for name, some in held.items()}
        if before is None:
            return set(), set()
        had, have = set().union(*before.values()), set().union(*held.values())
        new = {one for one in set().union(*read) if not any(same(one, other) for other in had)}
        return new, {one for one in had if not any(same(one, other) for other in have)}

    def _heard(self, name: str, one: Repo | str, held: set[Finding]) -> set[Finding]:
        """Return what was told of a repository: of what cannot be read, what was known when it could."""
        if isinstance(one, Repo) and not one.broken:
            return held
        return held & ((self._before or {}).get(name, set()) | {SAID[i] for i in self._said.get(name, ())})

    def _held(self, name: str, bad: set[Finding], *, locked: bool = True) -> set[Finding]:
        subjects = {purl(label) for label in self._labels.get(name, ())} if locked else set()
        return {one for one in bad if one.subject in subjects} | {SAID[i] for i in self._said.get(name, ())}


def same(one: Finding, other: Finding) -> bool:
    bare = one.subject.partition("@")[0] == other.subject.partition("@")[0]
    return bare and one.rule == other.rule and bool({*one.ids} & {*other.ids})


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(nights, min_size=2, max_size=5))
def test_new_and_cleared_are_what_the_page_about_nights_says(every: list[Visits]) -> None:
    oracle = Oracle()
    with TemporaryDirectory() as folder:
        fleet = Fleet(Path(folder))
        for visits, bad in every:
            made = {name: one if isinstance(one, str) else one.reading() for name, one in visits.items()}
            night = fleet.night(made, *[one for one in FOUND if one in bad])
            new, cleared = oracle.night(visits, bad)
            told = gather(fleet.store, Policy(), "2030-01-20", night)
            assert sorted((t.subject, t.ids, t.message) for t in told.findings if t.new) == keys(new)
            assert sorted((t.subject, t.ids, t.message) for t in told.cleared) == keys(cleared)
        fleet.store.close()


def keys(findings: set[Finding]) -> list[tuple[str, tuple[str, ...], str]]:
    return sorted((f.subject, f.ids, f.message) for f in findings)

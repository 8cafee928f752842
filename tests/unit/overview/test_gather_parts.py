"""What an overview says beside findings: decisions, deeds by owner, inventory, gaps, members and the tree."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from depscan.errors import UsageError
from depscan.history.records import Night, Reading
from depscan.intel.store import open_index
from depscan.model.decision import Coverage, Waiver
from depscan.model.finding import Confidence, Evidence, Finding, Severity
from depscan.model.location import Location
from depscan.overview._graphs import Graphs
from depscan.overview.gather import gather
from depscan.overview.records import Deed, Stock
from depscan.policy.policy import Policy
from tests.unit.overview.made_nights import Fleet, lock, malicious, reading, use, vulnerable

OWNERS = {"a": "ml", "b": "web", "c": ""}


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    made = Fleet(tmp_path, OWNERS)
    yield made
    made.store.close()


def waiver(name: str, expires: str = "2031-01-01") -> Waiver:
    return Waiver(name, "", "not called", "ana", expires, "depscan.toml", 3)


def secret(path: str = ".mcp.json", line: int = 4) -> Finding:
    place = Evidence(Location(path, line, '"KEY": "sk-..."'))
    return Finding("agent/inline-secret", "trust", Severity.HIGH, Confidence.HIGH, ".mcp.json", "a key in the file",
                   evidence=(place,), fix="Move it to the environment.")  # fmt: skip


def test_one_move_clears_everything_of_a_package_and_each_owner_has_its_own_list(fleet: Fleet) -> None:
    found = (
        vulnerable("torch 2.4.0", "CVE-1", fixed="2.6.0", severity=Severity.CRITICAL),
        vulnerable("torch 2.4.0", "CVE-2", fixed="2.6.0", severity=Severity.LOW),
        vulnerable("torch 2.10.0", "CVE-3", fixed="2.6.0"),
        malicious("bad 1"),
    )
    fleet.night({"a": lock("torch 2.4.0"), "b": lock("torch 2.10.0", "torch 2.4.0"), "c": lock("bad 1")}, *found)
    made = fleet.overview()
    ids = {t.ids[0]: t.id for t in made.findings}
    todo = {t.owner: t.deeds for t in made.todo}
    assert [t.owner for t in made.todo] == ["", "ml", "web"]
    assert todo["ml"] == (
        Deed("move torch 2.4.0 to 2.6.0", "critical", (ids["CVE-1"], ids["CVE-2"]), ("a",), new=False),
    )
    (deed,) = todo["web"]
    assert (deed.text, deed.repositories) == ("move torch 2.4.0, 2.10.0 to 2.6.0", ("b",))
    assert deed.findings == (ids["CVE-1"], ids["CVE-3"], ids["CVE-2"])
    assert todo[""][0].text == "remove bad 1, then rotate every secret that a machine with it could read"
    assert [t.severity for t in made.findings] == ["malicious", "critical", "high", "low"]


def test_a_deed_is_new_where_it_reaches_an_owner_newly(fleet: Fleet) -> None:
    fleet.night({"a": lock("torch 2.4.0"), "b": lock("x 1")}, vulnerable("torch 2.4.0", fixed="2.6.0"))
    fleet.night({"a": lock("torch 2.4.0"), "b": lock("torch 2.4.0")}, vulnerable("torch 2.4.0", fixed="2.6.0"))
    assert {t.owner: t.deeds[0].new for t in fleet.overview().todo} == {"ml": False, "web": True}


def test_without_a_known_fix_the_deed_says_what_the_finding_says(fleet: Fleet) -> None:
    fleet.night({"a": lock("torch 2.4.0", findings=[secret()])}, vulnerable("torch 2.4.0"))
    assert [d.text for d in fleet.overview().todo[0].deeds] == [
        ".mcp.json: Move it to the environment.",
        "torch 2.4.0: no release is known that clears it",
    ]


def test_an_exception_accepts_and_one_that_expired_is_told_itself(fleet: Fleet) -> None:
    fleet.night({"a": lock("torch 2.4.0")}, vulnerable("torch 2.4.0"))
    accepted = fleet.overview(policy=Policy(exceptions=(waiver("CVE-1"),)))
    assert [(t.action, t.because) for t in accepted.findings] == [("allow", "depscan.toml:3")]
    assert (accepted.verdict, accepted.exit_code, accepted.todo) == ("clean", 0, ())
    expired = fleet.overview(policy=Policy(exceptions=(waiver("CVE-1", "2030-01-19"),)))
    assert [(t.rule, t.action, t.new) for t in expired.findings] == [
        ("advisory/vulnerable", "block", False),
        ("policy/expired-exception", "warn", False),
    ]
    assert expired.findings[1].hits == ()


def test_an_exception_that_fitted_only_an_older_night_is_unused(fleet: Fleet) -> None:
    fleet.night({"a": lock("torch 2.4.0")}, vulnerable("torch 2.4.0"))
    fleet.night({"a": lock("torch 2.6.0")})
    made = fleet.overview(policy=Policy(exceptions=(waiver("CVE-1"),)))
    assert [t.rule for t in made.findings] == ["policy/unused-exception"]
    assert fleet.overview(policy=Policy(exceptions=(waiver("CVE-1"),)), owner="ml").findings == ()


def test_an_exception_for_one_place_accepts_no_other(fleet: Fleet) -> None:
    from depscan.model.finding import fingerprint

    here, there = secret(), secret("deep/.mcp.json")
    fleet.night({"a": lock("x 1", key="1", findings=[here]), "b": lock("x 1", key="2", findings=[there])})
    made = fleet.overview(policy=Policy(exceptions=(waiver(fingerprint(here)),)))
    assert {(t.action, t.hits[0].repository) for t in made.findings} == {("block", "b"), ("allow", "a")}
    assert len({t.id for t in made.findings}) == 2


def test_what_several_repositories_say_themselves_is_told_once_with_each_place(fleet: Fleet) -> None:
    fleet.night({"a": lock("x 1", key="1", findings=[secret()]), "b": lock("x 1", key="2", findings=[secret(line=9)])})
    (told,) = fleet.overview().findings
    assert [(h.repository, h.path, h.line, h.via) for h in told.hits] == [
        ("a", ".mcp.json", 4, ()),
        ("b", ".mcp.json", 9, ()),
    ]
    assert (told.name, told.kind, told.evidence) == (".mcp.json", "", '"KEY": "sk-..."')


def test_a_readings_finding_about_a_package_says_by_which_path_it_comes(fleet: Fleet) -> None:
    about = Finding("integrity/missing-hash", "integrity", Severity.LOW, Confidence.HIGH, "pkg:pypi/x@1", "no hash",
                    evidence=(Evidence(Location("uv.lock", 7, "x")),))  # fmt: skip
    fleet.night({"a": reading("k", {"uv.lock": {"app": ["y 1"], "y 1": ["x 1"]}}, findings=[about])})
    (told,) = fleet.overview().findings
    assert (told.name, told.version, told.hits[0].line, told.hits[0].via) == ("x", "1", 7, ("app", "y 1", "x 1"))


def models() -> Reading:
    made = use(lock("x 1"), "model", "llama 3", (("endpoint", "https://models.example"), ("pinned", "no")))
    return use(made, "service", "api.vendor.example", ())


def test_the_inventory_says_who_uses_what_where_and_whether_it_is_pinned(fleet: Fleet) -> None:
    fleet.night({"a": models(), "b": models()}, vulnerable("llama 3"))
    made = fleet.overview()
    places = ("a: app.py:3", "b: app.py:3")
    assert made.stock == (
        Stock("model", "llama", "3", "floating", ("https://models.example",), ("a", "b"), places),
        Stock("service", "api.vendor.example", "", "", ("api.vendor.example",), ("a", "b"), places),
    )
    assert [(h.path, h.line) for h in made.findings[0].hits] == [("app.py", 3), ("app.py", 3)]


def test_equal_gaps_are_told_once_and_what_is_needed_comes_first(fleet: Fleet) -> None:
    small = Coverage("notes.txt", "partial", "half read")
    needed = Coverage("uv.lock", "failed", "not TOML", needed=True)
    done = Coverage("fine", "done", "")
    whole = Coverage("names", "skipped", "no table", kind="index")
    visits = {"a": lock("x 1", key="1", gaps=[small, needed, done]), "b": lock("x 1", key="2", gaps=[small])}
    fleet.night(visits, gaps=[whole])
    made = fleet.overview()
    assert [(g.what, g.needed, g.repositories) for g in made.gaps] == [
        ("uv.lock", True, ("a",)),
        ("notes.txt", False, ("a", "b")),
        ("names", False, ()),
    ]
    assert (made.verdict, made.exit_code) == ("bad-input", 2)


def test_what_the_policy_accepts_unchecked_is_not_needed(fleet: Fleet) -> None:
    gap = Coverage("conda", "skipped", "no data", needed=True, kind="ecosystem")
    fleet.night({"a": lock("x 1", gaps=[gap])})
    assert fleet.overview().exit_code == 4
    assert fleet.overview(policy=Policy(accept_unchecked=("conda",))).exit_code == 0


def test_a_fleet_without_any_file_is_nothing(fleet: Fleet) -> None:
    fleet.night({"a": reading("k", {})})
    made = fleet.overview()
    assert (made.verdict, made.exit_code, made.tree.roots) == ("nothing", 3, {})


def test_members_count_what_reaches_them_once(fleet: Fleet) -> None:
    locks = {"1/uv.lock": {"app": ["torch 2.4.0"]}, "2/uv.lock": {"app": ["torch 2.4.0", "x 1"]}}
    fleet.night({"a": reading("k", locks), "b": lock("x 1")}, vulnerable("torch 2.4.0"))
    made = fleet.overview()
    assert [(m.name, m.owner, m.files, m.packages, m.blocked, m.warned) for m in made.members] == [
        ("a", "ml", 2, 2, 1, 0),
        ("b", "web", 1, 1, 0, 0),
    ]


def test_an_owner_sees_only_what_is_theirs(fleet: Fleet) -> None:
    for _ in range(2):
        fleet.night({"a": lock("torch 2.4.0"), "b": lock("torch 2.4.0", "bad 1"), "c": "lost"},
                    vulnerable("torch 2.4.0"), malicious("bad 1"))  # fmt: skip
    made = fleet.overview(owner="ml")
    assert [(t.name, [h.repository for h in t.hits]) for t in made.findings] == [("torch", ["a"])]
    assert ([m.name for m in made.members], [t.owner for t in made.todo], made.gaps) == (["a"], ["ml"], ())
    assert (made.points[-1].repositories, made.points[-1].malicious) == (1, 0)
    with pytest.raises(UsageError, match="owners: ml, web"):
        fleet.overview(owner="nobody")


def test_the_tree_is_the_union_of_all_graphs(fleet: Fleet) -> None:
    fleet.night({"a": reading("1", {"uv.lock": {"app": ["y 1"], "y 1": ["x 1"]}}),
                 "b": reading("2", {"uv.lock": {"y 1": ["z 1"]}})})  # fmt: skip
    tree = fleet.overview().tree
    assert tree.names == ("app", "x 1", "y 1", "z 1")
    assert tree.kinds == ("project", "package", "package", "package")
    assert tree.children == ((2,), (), (1, 3), ())
    assert tree.roots == {"a": (2,), "b": (2,)}
    assert tree.left_out == ()


def test_a_graph_that_does_not_fit_into_the_tree_is_left_out_whole(fleet: Fleet) -> None:
    fleet.night({"a": lock("x 1", "y 1"), "b": lock("z 1")})
    graphs = Graphs(fleet.store.database, set(), frozenset(), room=1)
    drawn = {own: graphs.see(own).drawn for (own,) in fleet.store.database.rows("SELECT id FROM graph ORDER BY id")}
    assert sorted(drawn.values()) == [False, True]
    assert len(graphs.edges) == 1


def test_what_no_advisory_can_be_compared_with_is_told_from_the_census(fleet: Fleet) -> None:
    with open_index(today="2030-01-01") as index:
        census = [{"conda": 2}, [], {}, {}, {"conda": 2}, []]
        fleet.night({"a": lock("x 1", census=census)})
        made = gather(fleet.store, Policy(), "2030-01-20", index=index)
        assert [(g.what, g.needed, g.repositories) for g in made.gaps] == [("conda", True, ("a",))]
        assert (made.verdict, made.exit_code) == ("incomplete", 4)
        off = Policy(disabled_checks=("advisories",))
        assert gather(fleet.store, off, "2030-01-20", index=index).gaps == ()


def test_a_night_without_advisories_is_incomplete_and_a_shard_says_that_it_is_one(fleet: Fleet) -> None:
    fleet.store.publish(Night(0, "2030-01-01T00:00:00Z", "", "9", "1/4", {}, "", {}), [], {}, "")
    made = fleet.overview()
    assert [(g.what, g.needed) for g in made.gaps] == [("advisories", True), ("fleet", False)]
    assert (made.verdict, made.snapshot) == ("incomplete", "no advisory data was used")

"""Each class of drift from the smallest change that makes it, and nothing from no change."""

from __future__ import annotations

import pytest
from hypothesis import given

from depscan.lock.classes import drift_classes
from depscan.lock.compare import Drift, compare
from depscan.lock.records import SECTIONS, Lock, Row, Value, lock_of
from tests.unit.lock.test_lock_text import LOCKS

A, B = "sha256:" + "a" * 64, "sha256:" + "b" * 64
PACKAGE: dict[str, Value] = {"ecosystem": "PyPI", "name": "x", "version": "1", "hashes": (A,)}
MODEL: dict[str, Value] = {"id": "acme/m", "revision": "c" * 40, "pinned": "yes", "code": "no", "in": ("app.py",)}
FILE: dict[str, Value] = {
    "path": "m/w.gguf", "format": "GGUF", "verdict": "data only", "size": 9, "sha256": "1", "header-sha256": "2",
    "template-sha256": ("chat 3",),
}  # fmt: skip
SETTINGS: dict[str, Value] = {
    "path": "m/config.json", "format": "model settings", "verdict": "foreign code needed", "size": 9, "sha256": "1",
    "auto-map": ("auto_map.AutoModel: m.M",),
}  # fmt: skip
HOSTED: dict[str, Value] = {"vendor": "v", "id": "big-2030-01-01", "pinned": "yes", "in": ("app.py",)}
SERVICE: dict[str, Value] = {"name": "api.example", "in": ("app.py",)}
TOOL: dict[str, Value] = {
    "how": "mcpServers.files", "in": ".mcp.json", "package": "npm:files", "version": "1.0.0", "pinned": "yes",
    "command": "npx files@1.0.0",
}  # fmt: skip
ACTION: dict[str, Value] = {"name": "acme/act", "ref": "v1", "commit": "d" * 40, "in": ("ci.yml",)}
IMAGE: dict[str, Value] = {"name": "acme/img", "tag": "1", "digest": A, "in": ("Dockerfile",)}
CARD: dict[str, Value] = {"path": "m/README.md", "licence": "mit", "base-models": ("acme/base",)}
CODE: dict[str, Value] = {"path": "m/modeling.py", "runs": "call", "sha256": "1"}


def lock(*rows: tuple[str, dict[str, Value]]) -> Lock:
    return lock_of([Row(section, fields) for section, fields in rows])


def drifts(old: Lock, new: Lock) -> tuple[Drift, ...]:
    return compare(old, new).drifts


UNHASHED = {name: value for name, value in FILE.items() if name != "sha256"}
UNCODED = {name: value for name, value in SETTINGS.items() if name != "auto-map"}
CASES: list[tuple[str, dict[str, Value], dict[str, Value | None], list[str]]] = [
    ("package", PACKAGE, {"hashes": (B,)}, ["hash-changed"]),
    ("package", PACKAGE, {"hashes": (A, B)}, ["hash-added"]),
    ("package", PACKAGE, {"hashes": None}, ["hash-dropped"]),
    ("package", PACKAGE, {"version": "2", "hashes": (B,)}, ["version-changed"]),
    ("package", PACKAGE, {"version": None, "hashes": None}, ["revision-unpinned"]),
    ("package", {**PACKAGE, "from": "https://one.example"}, {"from": "https://two.example"}, ["source-changed"]),
    (
        "package",
        {**PACKAGE, "publishers": ("GitHub a/a r.yml",)},
        {"publishers": ("GitHub b/b r.yml",)},
        ["publisher-changed"],
    ),
    ("package", {**PACKAGE, "surface": ()}, {"surface": ("install: process: x",)}, ["surface-grew"]),
    ("package", {**PACKAGE, "surface": ("install: process: x",)}, {"surface": ()}, []),
    ("model", MODEL, {"code": "yes"}, ["code-appeared"]),
    ("model", MODEL, {"revision": "e" * 40}, ["revision-moved"]),
    ("model", MODEL, {"revision": None, "pinned": "no"}, ["revision-unpinned"]),
    (
        "model",
        {**MODEL, "pinned": "no", "revision": "main"},
        {"pinned": "yes", "revision": "e" * 40},
        ["version-changed"],
    ),
    ("model", MODEL, {"in": ("other.py",)}, []),
    ("dataset", MODEL, {"safe": "no"}, ["verdict-worse"]),
    ("file", FILE, {"sha256": "9"}, ["weights-changed"]),
    ("file", UNHASHED, {"size": 10}, ["weights-changed"]),
    ("file", UNHASHED, {"header-sha256": "9"}, ["header-changed"]),
    ("file", UNHASHED, {"template-sha256": ("chat 9",)}, ["template-changed"]),
    ("file", FILE, {"template-sha256": None}, ["template-changed"]),
    ("file", FILE, {"verdict": "hostile"}, ["verdict-worse"]),
    ("file", {**FILE, "verdict": "hostile"}, {"verdict": "data only"}, []),
    ("file", FILE, {"format": "pickle"}, ["pickle-appeared"]),
    ("file", SETTINGS, {"auto-map": ("auto_map.AutoModel: other/repo--m.M",), "sha256": "9"}, ["automap-changed"]),
    ("file", UNCODED, {"auto-map": ("auto_map.AutoModel: m.M",)}, ["code-appeared"]),
    ("file", SETTINGS, {"sha256": "9"}, ["settings-changed"]),
    ("code", CODE, {"sha256": "9"}, ["code-changed"]),
    ("code", CODE, {"runs": "load"}, ["code-appeared"]),
    ("card", CARD, {"licence": "other"}, ["card-changed"]),
    ("hosted", HOSTED, {"id": "big", "pinned": "no"}, ["model-id-changed", "revision-unpinned"]),
    ("hosted", HOSTED, {"vendor": "w"}, ["vendor-changed"]),
    ("hosted", HOSTED, {"endpoints": ("https://proxy.example",)}, ["endpoint-changed"]),
    ("service", SERVICE, {"name": "proxy.example"}, ["endpoint-changed"]),
    ("service", SERVICE, {"endpoints": ("https://proxy.example",)}, ["endpoint-changed"]),
    ("tool", TOOL, {"version": None, "pinned": "no", "command": "npx files"}, ["tool-unpinned"]),
    ("tool", TOOL, {"version": "2.0.0"}, ["tool-changed"]),
    ("tool", TOOL, {"package": "npm:flies"}, ["tool-changed"]),
    ("action", ACTION, {"commit": "e" * 40}, ["action-moved"]),
    ("action", ACTION, {"commit": None, "ref": "main"}, ["revision-unpinned"]),
    ("image", IMAGE, {"tag": "2", "digest": B}, ["image-moved"]),
    ("image", IMAGE, {"digest": None}, ["revision-unpinned"]),
]


@pytest.mark.parametrize(("section", "before", "change", "wanted"), CASES)
def test_a_change_is_of_the_class_it_is(
    section: str, before: dict[str, Value], change: dict[str, Value | None], wanted: list[str]
) -> None:
    after = {name: value for name, value in {**before, **change}.items() if value is not None}
    found = drifts(lock((section, before)), lock((section, after)))
    assert sorted(d.klass for d in found) == wanted
    assert all(d.message.endswith(".") for d in found)


NEW: list[tuple[str, dict[str, Value], list[str]]] = [
    ("package", PACKAGE, ["added"]),
    ("model", {**MODEL, "code": "yes"}, ["added", "code-appeared"]),
    ("file", {**FILE, "path": "m/w.pkl", "format": "pickle", "template-sha256": ()}, ["added", "pickle-appeared"]),
    ("file", {**FILE, "path": "n/w.pkl", "format": "pickle", "template-sha256": ()}, ["added"]),
    ("file", {**FILE, "path": "n/w.pkl", "format": "pickle", "verdict": "hostile"}, ["added", "verdict-worse"]),
    ("file", {**FILE, "path": "m/chat_template.jinja", "format": "chat template"}, ["added", "template-changed"]),
    ("file", {**SETTINGS, "path": "m/config.json"}, ["added", "code-appeared"]),
    ("code", CODE, ["added", "code-appeared"]),
    ("hosted", HOSTED, ["added"]),
    ("hosted", {**HOSTED, "endpoints": ("https://proxy.example",)}, ["added", "endpoint-changed"]),
    ("tool", TOOL, ["added"]),
    ("action", ACTION, ["added"]),
]


@pytest.mark.parametrize(("section", "row", "wanted"), NEW)
def test_what_is_new_is_added_and_told_where_that_is_bad(
    section: str, row: dict[str, Value], wanted: list[str]
) -> None:
    found = drifts(lock(("file", FILE)), lock(("file", FILE), (section, row)))
    assert sorted(d.klass for d in found) == wanted


def test_what_is_gone_is_removed() -> None:
    found = drifts(lock(("package", PACKAGE), ("tool", TOOL)), lock())
    assert [d.klass for d in found] == ["removed", "removed"]
    assert [d.subject for d in found] == ["x", "mcpServers.files"]


def test_a_model_pinned_in_one_place_and_not_in_another_is_no_longer_pinned() -> None:
    floating = {**MODEL, "pinned": "no"}
    del floating["revision"]
    found = drifts(lock(("model", MODEL)), lock(("model", MODEL), ("model", floating)))
    assert sorted(d.klass for d in found) == ["added", "revision-unpinned"]


def test_a_service_behind_a_hosted_model_is_told_once() -> None:
    before = lock(("hosted", HOSTED), ("service", SERVICE))
    after = lock(
        ("hosted", {**HOSTED, "endpoints": ("https://p.example",)}), ("service", {**SERVICE, "name": "p.example"})
    )
    assert [d.klass for d in drifts(before, after)] == ["endpoint-changed"]


def test_a_member_of_an_archive_is_told_by_the_archive() -> None:
    outer = {**FILE, "path": "m/w.pt", "format": "packed pickle", "template-sha256": ()}
    member = {**outer, "path": "m/w.pt > data.pkl", "format": "pickle"}
    found = drifts(lock(("file", FILE)), lock(("file", FILE), ("file", outer), ("file", member)))
    assert sorted((d.klass, d.subject) for d in found) == [("added", "m/w.pt"), ("pickle-appeared", "m/w.pt")]


def test_two_versions_of_a_package_are_compared_each_with_its_own() -> None:
    other = {**PACKAGE, "version": "2", "hashes": (B,)}
    both = lock(("package", PACKAGE), ("package", other))
    assert not drifts(both, both)
    found = drifts(both, lock(("package", {**PACKAGE, "hashes": (B,)}), ("package", other)))
    assert [d.klass for d in found] == ["hash-changed"]


def test_what_was_not_looked_at_now_is_said() -> None:
    before = lock(("package", {**PACKAGE, "publishers": ("a",), "surface": ("b",)}), ("file", FILE))
    after = lock(("package", PACKAGE), ("file", {k: v for k, v in FILE.items() if k != "sha256"}))
    made = compare(before, after)
    assert not made.drifts
    assert len(made.gaps) == 3


@given(LOCKS)
def test_an_unchanged_project_does_not_drift(held: Lock) -> None:
    made = compare(held, held)
    assert not made.drifts
    assert not made.gaps


@given(LOCKS, LOCKS)
def test_every_difference_is_of_a_known_class_and_comparing_never_fails(one: Lock, other: Lock) -> None:
    made = compare(one, other)
    assert {d.klass for d in made.drifts} <= drift_classes().keys()
    assert all(d.subject is not None for d in made.drifts)
    same = [(row.section, dict(row.fields)) for row in one.rows] == [(r.section, dict(r.fields)) for r in other.rows]
    assert not (same and made.drifts)


def test_every_class_has_a_case_here() -> None:
    told = {klass for *_, wanted in (*CASES, *NEW) for klass in wanted} | {"removed"}
    assert told == drift_classes().keys()


def test_every_section_has_a_case_here() -> None:
    assert {section for section, *_ in CASES} == SECTIONS.keys()


def test_an_endpoint_that_was_not_moved_before_is_called_that_of_the_vendor() -> None:
    after = {**HOSTED, "endpoints": ("https://proxy.example",)}
    [found] = drifts(lock(("hosted", HOSTED)), lock(("hosted", after)))
    assert found.message.endswith("was reached at its vendor's own address and is at https://proxy.example.")

"""Oddities of the archives around models: which stop, which only warn, which leave a gap."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable

import pytest

from depscan.artifacts.artifact import Artifact, Oddity
from depscan.facts import model_layout
from depscan.facts.engine import inspect_data
from depscan.facts.model_layout import read_layout
from depscan.facts.sink import Sink
from depscan.loading.steps import Report
from depscan.model.modelfile import ModelFile


def judged(
    monkeypatch: pytest.MonkeyPatch, oddities: Iterable[Oddity], kind: str = "archive", verdict: str = "incomplete"
) -> dict[str, Report]:
    """Return the reports for an archive with a model and these oddities."""
    monkeypatch.setattr("depscan.artifacts.open.oddities_of", lambda _: list(oddities))
    sink = Sink()
    sink.models.append(ModelFile("model.pkl", (), "pickle", verdict, 1))
    artifact = Artifact("models.zip", kind, "", "", (), ())
    return dict(read_layout(artifact, sink))


def word(report: Report) -> tuple[str, str]:
    (step,) = report.steps
    return step.what, step.verdict


@pytest.mark.parametrize(
    ("kind", "case", "expected"),
    [
        ("traversal", "", ("load.path", "hostile")),
        ("absolute", "", ("load.path", "hostile")),
        ("link", "", ("load.path", "hostile")),
        ("duplicate", "", ("load.layout", "hostile")),
        ("polyglot", "", ("load.layout", "hostile")),
        ("encrypted", "false-encryption", ("load.layout", "hostile")),
        ("broken", "name-mismatch", ("load.layout", "hostile")),
        ("broken", "prefix", ("load.layout", "hostile")),
        ("broken", "checksum", ("load.layout", "hostile")),
        ("ratio", "", ("load.bomb", "hostile")),
        ("nested-too-deep", "", ("load.layout", "hostile")),
        ("long-name", "", ("load.layout", "odd")),
        ("case-clash", "", ("load.layout", "odd")),
    ],
)
def test_each_kind_has_its_word(
    monkeypatch: pytest.MonkeyPatch, kind: str, case: str, expected: tuple[str, str]
) -> None:
    reports = judged(monkeypatch, [Oddity(kind, "model.pkl", "said", case)])
    assert word(reports["model.pkl"]) == expected


@pytest.mark.parametrize(
    ("kind", "case"),
    [
        ("budget", ""), ("unreadable", ""), ("encrypted", ""), ("broken", "data-cut"), ("broken", "no-end"),
        ("broken", "directory-damaged"), ("broken", ""),
    ],
)  # fmt: skip
def test_what_nobody_can_see_is_a_gap(monkeypatch: pytest.MonkeyPatch, kind: str, case: str) -> None:
    report = judged(monkeypatch, [Oddity(kind, "model.pkl", "said", case)])["model.pkl"]
    assert report.steps == []
    assert report.gaps == [f"{kind}: said"]


def test_data_behind_the_end_is_hostile(monkeypatch: pytest.MonkeyPatch) -> None:
    report = judged(monkeypatch, [Oddity("broken", "model.pkl", "other data behind the end")])["model.pkl"]
    assert word(report) == ("load.layout", "hostile")


def test_a_disguise_is_told_by_the_router_and_not_again(monkeypatch: pytest.MonkeyPatch) -> None:
    assert judged(monkeypatch, [Oddity("disguised", "model.pkl", "said")]) == {}


def test_zeros_that_a_header_accounts_for_are_no_bomb(monkeypatch: pytest.MonkeyPatch) -> None:
    assert judged(monkeypatch, [Oddity("ratio", "model.pkl", "said")], verdict="data only") == {}


def test_links_of_a_folder_and_oddities_of_its_other_files_are_not_the_model_s(monkeypatch: pytest.MonkeyPatch) -> None:
    oddities = [Oddity("link", "model.pkl", "said"), Oddity("duplicate", "notes.zip", "said")]
    assert judged(monkeypatch, oddities, kind="folder") == {}


def test_a_name_outside_of_the_archive_counts_whatever_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "../x.txt" in judged(monkeypatch, [Oddity("traversal", "../x.txt", "said")])


def test_everything_said_of_one_path_is_one_report(monkeypatch: pytest.MonkeyPatch) -> None:
    oddities = [Oddity("duplicate", "model.pkl", "one"), Oddity("budget", "model.pkl", "two")]
    (report,) = judged(monkeypatch, oddities).values()
    assert (len(report.steps), len(report.gaps), report.verdict) == (1, 1, "hostile")


def test_every_reason_belongs_to_a_kind() -> None:
    text = Oddity.__doc__ or ""
    assert [kind for kind in model_layout._WHY if kind not in text] == []


def test_two_members_of_one_name_make_an_archive_of_models_hostile() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("model.pkl", b"N.")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("model.pkl", b"\x80\x04N.")
    models = inspect_data(stream.getvalue(), "models.zip").models
    assert {model.verdict for model in models if model.format == "archive"} == {"hostile"}


def test_an_honest_archive_has_no_layout_report() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("model.pkl", b"N.")
    assert [model.format for model in inspect_data(stream.getvalue(), "models.zip").models] == ["pickle"]

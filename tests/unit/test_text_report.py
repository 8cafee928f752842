"""The report a person reads: order, wording, width."""

from __future__ import annotations

import pytest

from depscan.model.decision import Decision
from depscan.model.document import Document
from depscan.model.finding import Confidence, Finding, Severity
from depscan.model.package import Package
from depscan.reports.report import View
from depscan.reports.text import render
from tests.golden.results import RESULTS, result


def finding(subject: str, name: str, severity: Severity = Severity.HIGH, **more: object) -> Finding:
    base = Finding(
        "advisory/vulnerable", "vulnerability", severity, Confidence.HIGH, subject, name, (name,), "affected"
    )
    return base._replace(**more)  # type: ignore[arg-type]


def shown(*found: tuple[Finding, str], width: int = 80, verbose: bool = False) -> str:
    document = Document("uv.lock", "uv-lock", lock=True)
    document.add(Package("PyPI", "alpha", "1"), 3)
    document.add(Package("PyPI", "beta", "1"), 4)
    decisions = [Decision(f, action, "default policy") for f, action in found]
    return render(result(document, decisions), View(width, colour=False, verbose=verbose))


ALPHA, BETA = "pkg:pypi/alpha@1", "pkg:pypi/beta@1"


def test_what_blocks_stands_before_what_warns() -> None:
    text = shown((finding(ALPHA, "X-1", Severity.CRITICAL), "warn"), (finding(BETA, "X-2", Severity.LOW), "block"))
    assert text.index("beta 1") < text.index("alpha 1")


def test_a_note_about_a_name_is_not_counted_as_a_malicious_package() -> None:
    note = finding(ALPHA, "MAL-1", Severity.MEDIUM, klass="malicious", confidence=Confidence.LOW)
    text = shown((note, "warn"), (finding(ALPHA, "X-1", fixed_version="2"), "block"))
    assert "malicious package" not in text
    assert "fix: 2 clears it" in text


def test_a_malicious_release_says_what_to_do() -> None:
    bad = finding(ALPHA, "MAL-1", Severity.MALICIOUS, klass="malicious", fix="Do not install it.")
    text = shown((bad, "block"))
    assert text.startswith("depscan: BLOCKED: 1 malicious package;")
    assert "  do:  Do not install it." in text


def test_what_cannot_be_decided_is_one_group_whatever_its_severity() -> None:
    given = [finding(ALPHA, f"X-{s}", s, status="undecidable") for s in (Severity.LOW, Severity.HIGH)]
    text = shown(*[(f, "warn") for f in given])
    assert text.count("undecided ") == 1
    assert "1 package that cannot be decided" in text


def test_many_ids_are_counted_and_verbose_lists_them() -> None:
    given = [(finding(ALPHA, f"X-{i:02}", fixed_version="2"), "block") for i in range(20)]
    assert "X-05 and 14 more" in shown(*given)
    assert "X-19" in shown(*given, verbose=True)
    assert "2 clears all 20" in shown(*given)
    assert "2 clears both" in shown(*given[:2])


def test_what_is_not_cleared_is_said() -> None:
    text = shown((finding(ALPHA, "X-1", fixed_version="2"), "block"), (finding(ALPHA, "X-2"), "block"))
    assert "2 clears 1 of 2; no release is known that clears the rest" in " ".join(text.split())


def test_a_finding_about_a_file_names_it_once() -> None:
    given = finding("uv.lock", "", klass="integrity", rule="integrity/unpinned", ids=(), status="")
    assert "\nuv.lock\n" in shown((given, "warn"))


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("name", sorted(RESULTS))
def test_lines_keep_to_the_width_where_there_is_a_space_to_break_at(name: str, width: int) -> None:
    for line in render(RESULTS[name](), View(width, colour=False, verbose=True)).splitlines():
        assert len(line) <= width or " " not in line.strip()[:width].partition("  ")[2].lstrip(), line


@pytest.mark.parametrize("name", sorted(RESULTS))
def test_nothing_hostile_reaches_the_terminal_and_colour_is_ours_only(name: str) -> None:
    plain = render(RESULTS[name](), View(80, colour=False, verbose=True))
    assert not {"\x1b", "\u202e", "\r", "\x00"} & set(plain)
    coloured = render(RESULTS[name](), View(80, colour=True, verbose=True))
    assert coloured.count("\x1b[") == 2 * coloured.count("\x1b[0m")


def test_a_clean_scan_is_two_lines() -> None:
    assert len(render(RESULTS["empty"](), View(100, colour=False, verbose=False)).splitlines()) == 2

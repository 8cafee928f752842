"""Markdown, JSON and digest of three nights byte for byte, and what hostile names must not do in them."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable

import pytest
from markdown_it import MarkdownIt

from depscan.errors import UsageError
from depscan.overview.digest import MOST, digest, digest_json, digest_of
from depscan.overview.format import format_by_id, format_ids
from tests.golden.made_overviews import OVERVIEWS

LINK = "https://reports.example/night.html"
HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
WRITERS = {
    "markdown": lambda made: format_by_id("markdown").render(made),
    "json": lambda made: format_by_id("json").render(made),
    "digest.md": lambda made: digest(made, LINK),
    "digest.json": lambda made: digest_json(made, LINK),
}


@pytest.mark.parametrize("name", OVERVIEWS)
@pytest.mark.parametrize("form", WRITERS)
def test_the_night_is_written_as_its_golden_file(name: str, form: str, golden: Callable[[str, str], None]) -> None:
    golden(f"overview/{name}.{form}", WRITERS[form](OVERVIEWS[name]()))


@pytest.mark.parametrize("name", OVERVIEWS)
@pytest.mark.parametrize("form", WRITERS)
def test_nothing_written_of_a_night_holds_a_hidden_character(name: str, form: str) -> None:
    text = WRITERS[form](OVERVIEWS[name]())
    assert text.endswith("\n")
    assert not [c for c in text if unicodedata.category(c) in HIDDEN and c != "\n"]


@pytest.mark.parametrize("form", ["markdown", "digest.md"])
@pytest.mark.parametrize("name", OVERVIEWS)
def test_names_of_a_night_make_no_link_code_tag_or_mention(name: str, form: str) -> None:
    text = WRITERS[form](OVERVIEWS[name]())
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)
    flat = [t for token in tokens for t in (token, *(token.children or ()))]
    assert not [t for t in flat if t.type in {"image", "code_inline", "fence", "code_block", "html_block"}]
    assert {t.attrGet("href") for t in flat if t.type == "link_open"} == ({LINK} if form == "digest.md" else set())
    assert {t.content for t in flat if t.type == "html_inline"} <= {"<!-- -->"}
    shown = "".join("\0" if t.type == "html_inline" else t.content for t in flat if t.type in {"text", "html_inline"})
    assert not re.search(r"@\w|://|www\.", shown.replace(LINK, ""))


def test_every_table_row_of_a_night_has_all_its_cells() -> None:
    text = WRITERS["markdown"](OVERVIEWS["hostile"]())
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    cells, table = [], 0
    for token in tokens:
        table += token.type == "table_open"
        if token.type == "tr_open":
            cells.append([table, 0])
        if token.type in {"td_open", "th_open"}:
            cells[-1][1] += 1
    assert {tuple(c) for c in cells} == {(1, 8), (2, 8), (3, 7)}
    assert text.count("\n| ") == len(cells) + 3


@pytest.mark.parametrize("name", OVERVIEWS)
def test_a_digest_is_short_however_much_there_is(name: str) -> None:
    made = OVERVIEWS[name]()
    many = tuple(t._replace(subject=f"{i}{t.subject}", name=t.name * 50) for i in range(300) for t in made.findings)
    gaps = made.gaps * 300
    text = digest(made._replace(findings=many, gaps=gaps), LINK * 10)
    assert len(text) <= MOST
    assert text.endswith(">)\n")
    if many:
        assert re.search(r"(?m)^- [\d,]+ (more )?new (or wider reaching )?findings$", text)
        assert re.search(r"(?m)^- [\d,]+ (more )?needed gaps$", text)
    assert len(digest_json(made._replace(findings=many, gaps=gaps), LINK)) < 40_000


def test_a_digest_is_written_in_the_format_its_file_means() -> None:
    made = OVERVIEWS["typical"]()
    assert digest_of("a.MD", made) == digest(made)
    held = json.loads(digest_of("a.json", made, LINK))
    assert (held["verdict"], held["link"], held["counts"]["new"]) == ("blocked", LINK, 1)
    with pytest.raises(UsageError, match=r"\.md or \.json"):
        digest_of("a.html", made)


def test_the_json_holds_every_field_of_the_records() -> None:
    made = OVERVIEWS["typical"]()
    held = json.loads(format_by_id("json").render(made))
    assert list(held) == list(made._fields)
    assert held["schema_version"] == 1
    first = held["findings"][0]
    assert [("klass" if key == "class" else key) for key in first] == list(made.findings[0]._fields)
    assert first["hits"][0]["via"] == list(made.findings[0].hits[0].via)
    assert held["tree"]["roots"] == {name: list(own) for name, own in made.tree.roots.items()}


def test_formats_are_found_by_their_file() -> None:
    assert {"json", "markdown"} <= set(format_ids())
    for name in format_ids():
        assert format_by_id(name).id == name
    with pytest.raises(UsageError, match="one of"):
        format_by_id("records")


def test_a_digest_tells_the_findings_of_one_package_in_one_line() -> None:
    made = OVERVIEWS["typical"]()
    again = [t._replace(id=f"{t.id}2", ids=("X-1",)) for t in made.findings]
    text = digest(made._replace(findings=(*made.findings, *again)))
    assert (
        "torch 2.4.0: 2 advisories, the worst CVE-2025-32434, move to 2\\.6.0, in 1 more repository (2 in all) of"
        " ml-platform, web"
    ) in text
    assert "new finding" not in text

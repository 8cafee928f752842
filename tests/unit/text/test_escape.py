"""Hostile text loses its power in every medium."""

from __future__ import annotations

import unicodedata
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from depscan.text import escape

ANY_TEXT = st.text(
    st.characters() | st.sampled_from("\x1b\x07\x9b\u202e\u2066\u200b\ufeff@|`<>[]()*_#\\&:/%,\r\n\ud800")
)
FORBIDDEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def test_every_character_that_controls_or_hides_is_made_visible() -> None:
    hidden = [chr(i) for i in range(0x110000) if unicodedata.category(chr(i)) in FORBIDDEN]
    assert [c for c in hidden if c in escape.terminal(c)] == []


def test_ansi_and_bidi_are_written_as_numbers() -> None:
    assert escape.terminal("a\x1b[31mb\u202ec\n") == "a\\x1b[31mb\\u{202e}c\\x0a"


def test_plain_and_foreign_letters_stay() -> None:
    assert escape.terminal("größe 日本 C:\\x") == "größe 日本 C:\\x"


def test_long_text_is_cut_and_says_so() -> None:
    assert escape.terminal("x" * 600, 10) == "x" * 10 + "..."
    assert len(escape.terminal("x" * 600)) == 503


@given(ANY_TEXT)
def test_terminal_output_never_holds_a_control_or_direction_character(text: str) -> None:
    assert not any(unicodedata.category(c) in FORBIDDEN for c in escape.terminal(text))


@given(ANY_TEXT)
def test_html_output_never_opens_a_tag_or_ends_an_attribute(text: str) -> None:
    assert not set("<>\"'") & set(escape.html(text))


@given(ANY_TEXT)
def test_xml_output_always_parses(text: str) -> None:
    made = escape.xml(text)
    root = ET.fromstring(f'<a b="{made}">{made}</a>')  # noqa: S314 - our own output
    assert (root.text or "") == root.get("b") == escape.visible(text)


@given(ANY_TEXT)
def test_markdown_renders_as_the_plain_text_and_nothing_else(text: str) -> None:
    parser = MarkdownIt("commonmark", {"html": True}).enable("table").enable("strikethrough")
    tokens = parser.parse(f"| a |\n|---|\n| x{escape.markdown(text)}x |\n")
    inline = [t for t in tokens if t.type == "inline"][-1].children or []
    assert {t.type for t in inline} <= {"text", "text_special", "html_inline"}
    assert {t.content for t in inline if t.type == "html_inline"} <= {"<!-- -->"}
    shown = "".join(t.content for t in inline if t.type != "html_inline")
    assert shown == f"x{escape.visible(text)}x"


@given(ANY_TEXT)
def test_markdown_never_holds_a_mention_or_a_bare_link(text: str) -> None:
    made = escape.markdown(text)
    assert "://" not in made
    assert made.count("@") == made.count("@<!-- -->")


@pytest.mark.parametrize("text", ["# a", "- a", "+ a", "1. a", "23) a", "= a", ":-- a", " - a", "|", "--", "12.5.1"])
def test_markdown_at_the_start_of_a_list_item_is_text(text: str) -> None:
    tokens = MarkdownIt("commonmark").enable("table").parse(f"- {escape.markdown(text)}\n")
    assert [t.type for t in tokens if t.nesting > 0] == ["bullet_list_open", "list_item_open", "paragraph_open"]
    assert "".join(t.content for t in tokens[3].children or []) == text.strip()


def test_markdown_splits_what_the_host_would_bring_to_life() -> None:
    assert escape.markdown("@all") == "@<!-- -->all"
    assert escape.markdown("https://a.example") == "https:<!-- -->//a.example"
    assert escape.markdown("www.a.example") == "www<!-- -->.a.example"
    assert escape.markdown("see #1") == "see #<!-- -->1"
    assert escape.markdown("GH-1") == "GH<!-- -->-1"
    assert escape.markdown("a|b`c`") == "a\\|b\\`c\\`"


def test_html_inside_markdown_is_escaped_as_html_and_dead() -> None:
    assert escape.markdown_html("<b>@all *x*") == "&lt;b&gt;@<!-- -->all *x*"


def test_a_workflow_message_stays_on_one_line() -> None:
    assert escape.workflow_data("a%b\r\nc:d,e\x1b") == "a%25b%0D%0Ac:d,e\\x1b"


@given(ANY_TEXT)
def test_a_workflow_property_ends_nowhere_early(text: str) -> None:
    made = escape.workflow_property(text)
    assert not set(":,\r\n") & set(made)

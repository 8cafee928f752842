"""The report of a night in a real browser, as people use it."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from depscan.overview.records import Overview
from tests.browser.fleets import fleet, made_graphs
from tests.browser.overviews import EVIL, hostile, none, three

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import Open

PHONE = {"width": 360, "height": 740}


def small_fleet() -> Overview:
    return fleet(made_graphs(6, 120), 60, 120)


def script(name: str) -> str:
    """Return a question to the page that is longer than a line."""
    return (Path(__file__).parent / name).read_text("utf-8")


def names(page: Page) -> list[str]:
    """Return the names in the findings table, as they stand."""
    return page.locator("#rows > tr:not(.more) button.open").all_inner_texts()


def settled(page: Page) -> list[str]:
    """Return the names after the pause that typing is waited for."""
    page.wait_for_timeout(250)
    return names(page)


def test_the_answer_comes_first_and_says_what_to_do(open_page: Open) -> None:
    page = open_page(three())
    assert page.locator("h1").inner_text() == "Blocked: 2 findings stop 4 of 5 repositories"
    answer = page.locator("#answer").inner_text()
    assert "Not the whole picture" in answer
    assert re.search(r"team-search\s+2 things to do in 1 repository", answer)
    page.click("#answer .owner >> text=CVE-2025-32434 >> nth=0")
    assert page.url.endswith("#f-00000002")
    assert page.locator("#b" + "f-00000002").get_attribute("aria-expanded") == "true"
    assert page.evaluate("document.activeElement.id") == "bf-00000002"


def test_search_and_filters_narrow_the_table_and_say_how_many_are_shown(open_page: Open) -> None:
    page = open_page(three())
    assert page.locator("#shown").inner_text() == "3 findings"
    page.fill("#q", "cve-2025 weights")
    assert settled(page) == ["torch 2.5.1"]
    assert page.locator("#shown").inner_text() == "1 finding of 3"
    page.click("#clear")
    page.select_option("#severity", "medium")
    assert names(page) == [".github/workflows/ci.yml"]
    page.click("#clear")
    page.select_option("#class", "malicious")
    assert names(page) == ["httpx-retries 0.4.1"]
    page.click("#clear")
    page.select_option("#action", "warn")
    assert names(page) == [".github/workflows/ci.yml"]
    page.click("#clear")
    page.select_option("#owner", "team-vision")
    assert names(page) == ["torch 2.5.1"]
    page.click("#clear")
    page.check("#new")
    assert names(page) == ["httpx-retries 0.4.1"]
    page.fill("#repository", "ocr")
    assert settled(page) == []
    assert "No finding fits" in page.locator("#rows").inner_text()
    page.click("#clear")
    assert len(names(page)) == 3


def test_filters_and_order_are_kept_in_the_address(open_page: Open) -> None:
    page = open_page(three())
    page.select_option("#owner", "team-search")
    page.click("th[data-key=name] button")
    kept = page.evaluate("location.hash")
    assert kept == "#owner=team-search&sort=name"
    again = open_page(three(), at=kept)
    assert names(again) == ["httpx-retries 0.4.1", "torch 2.5.1"]
    assert again.locator("#owner").input_value() == "team-search"
    nonsense = open_page(three(), at="#owner=nobody&sort=constructor&page=-7&severity=%3Cb%3E")
    assert len(names(nonsense)) == 3


def test_columns_sort_up_down_and_back(open_page: Open) -> None:
    page = open_page(three())
    head = page.locator("th[data-key=repositories]")
    head.locator("button").press("Enter")
    assert head.get_attribute("aria-sort") == "ascending"
    assert names(page)[0] == "torch 2.5.1"
    head.locator("button").press("Space")
    assert head.get_attribute("aria-sort") == "descending"
    assert names(page)[-1] == "torch 2.5.1"
    head.locator("button").press("Enter")
    assert head.get_attribute("aria-sort") is None
    assert names(page)[0] == "httpx-retries 0.4.1"


def test_a_row_opens_to_everything_about_a_finding_and_closes(open_page: Open) -> None:
    page = open_page(three())
    button = page.get_by_role("button", name="torch 2.5.1")
    button.click()
    detail = page.locator("#df-00000002").inner_text()
    for text in (
        "move torch to 2.6.0",
        "CVE-2025-32434",
        "depscan.toml:3",
        "requirements.txt:41",
        "2026-10-11",
        "no owner",
    ):
        assert text in detail
    ways = page.locator("#df-00000002 .ways > li").all_inner_texts()
    assert "vision/ocr ultralytics 8.3.2torchvision 0.20.1torch 2.5.1" in ways
    button.click()
    assert page.locator("#df-00000002").count() == 0


def test_a_link_to_a_finding_opens_it_even_where_filters_hide_it(open_page: Open) -> None:
    page = open_page(three(), at="#severity=medium")
    page.evaluate("location.hash = '#f-00000001'")
    page.wait_for_selector("#df-00000001")
    assert page.locator("#severity").input_value() == ""
    far = fleet(made_graphs(6, 120), 60, 250)
    page = open_page(far, at="#f-" + far.findings[230].id)
    assert page.locator(f"#df-{far.findings[230].id}").count() == 1
    assert "page 3 of 3" in page.locator("#pages").inner_text()


def test_many_findings_come_in_pages_and_many_repositories_in_parts(open_page: Open) -> None:
    page = open_page(fleet(made_graphs(6, 120), 200, 250))
    assert len(names(page)) == 100
    assert page.locator("#shown").inner_text() == "1 to 100 of 250 findings"
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Next").click()
    assert len(names(page)) == 50
    page.click("th[data-key=repositories] button")
    page.locator("#rows button.open").first.click()
    inside = page.locator("tr.more tbody tr")
    assert inside.count() == 20
    page.locator("tr.more button.rest").last.click()
    assert inside.count() > 20


def test_the_why_graph_leads_from_repositories_to_findings(open_page: Open) -> None:
    page = open_page(three())
    assert "torch 2.5.1" in (page.locator("#why svg").text_content() or "")
    assert page.locator("#why svg > desc").count() == 1
    page.locator("#why svg a").last.click()
    assert "#f-0000000" in page.url


@pytest.mark.parametrize("night", [three, hostile, small_fleet])
def test_no_box_of_the_why_graph_stands_on_another_and_no_text_leaves_its_box(
    open_page: Open, night: Callable[[], Overview]
) -> None:
    assert open_page(night()).evaluate(script("overlaps.js")) == []


def test_the_tree_opens_step_by_step_and_ends_in_a_circle(open_page: Open) -> None:
    page = open_page(three())
    page.locator("#tree").scroll_into_view_if_needed()
    page.wait_for_selector("#tree-rows details")
    assert page.locator("#tree-rows details").count() == 4
    for name in ("chat/gateway", "litellm", "openai", "httpx-retries"):
        page.locator("#tree-rows summary", has_text=name).first.click()
    page.locator("#tree-rows").get_by_text("in a circle: ends here").wait_for()
    page.fill("#tree-q", "torch 2")
    page.get_by_text("1 package and 0 repositories found").wait_for()
    page.locator("#tree-rows summary").first.click()
    page.locator("#tree-rows").get_by_text("train/pipelines").wait_for()


def test_everything_works_by_keyboard_alone(open_page: Open) -> None:
    page = open_page(three())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className.includes('open')"):
            break
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    assert page.locator("tr.more").count() == 1
    page.keyboard.press("Space")
    assert page.locator("tr.more").count() == 0


def test_without_scripts_answer_table_graph_and_gaps_are_there(open_page: Open) -> None:
    page = open_page(three(), java_script_enabled=False)
    text = page.locator("main").inner_text()
    for words in ("Blocked: 2 findings", "remove httpx-retries 0.4.1", "torch.load runs code", "names of npm",
                  "The tree needs scripts", "not a git repository"):  # fmt: skip
        assert words in text
    assert page.locator("#rows tr").count() == 3
    assert page.locator("#why svg text").count() > 8
    assert not page.locator("#filters").is_visible()
    many = open_page(fleet(made_graphs(6, 120), 60, 250), java_script_enabled=False)
    assert many.locator("#rows tr").count() == 100
    assert "the rest needs scripts" in many.locator("#shown").inner_text()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_have_enough_contrast_in_light_and_dark(open_page: Open, scheme: str) -> None:
    page = open_page(three(), color_scheme=scheme)
    page.get_by_role("button", name="torch 2.5.1").click()
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (dark == "rgb(255, 255, 255)") == (scheme == "light")
    assert page.evaluate(script("contrast.js")) == []


def test_print_opens_details_and_hides_controls(open_page: Open) -> None:
    page = open_page(three())
    page.emulate_media(media="print")
    page.wait_for_selector("tr.more")
    assert page.locator("tr.more").count() == 3
    assert not page.locator("#filters").is_visible()
    assert not page.locator("header nav").is_visible()
    assert page.locator("main details:not([open])").count() == 0
    page.emulate_media(media="screen")
    page.wait_for_selector("tr.more", state="detached")
    assert page.locator("main details[open]").count() == 0
    assert page.pdf(format="A4").startswith(b"%PDF")


@pytest.mark.parametrize("night", [three, none, hostile, small_fleet])
def test_a_narrow_page_never_scrolls_sideways(open_page: Open, night: Callable[[], Overview]) -> None:
    page = open_page(night(), viewport=PHONE)
    page.evaluate("document.querySelectorAll('main details').forEach(d => d.open = true)")
    for button in page.locator("#rows button.open").all()[:3]:
        button.click()
    page.wait_for_timeout(200)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_hostile_names_never_run_and_never_turn_the_text(open_page: Open) -> None:
    page = open_page(hostile())
    for button in page.locator("#rows button.open").all():
        button.click()
    page.locator("#tree").scroll_into_view_if_needed()
    page.fill("#tree-q", "<")
    page.wait_for_timeout(300)
    for summary in page.locator("#tree-rows summary").all():
        summary.click()
    page.fill("#q", EVIL)
    assert len(settled(page)) >= 1
    assert page.locator("img, svg[onload], a[href^=javascript]").count() == 0
    assert page.locator("body script").count() == 3
    assert not set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069\u2028\0") & set(page.locator("main").inner_text())
    assert EVIL in page.locator("#rows").inner_text()


def test_a_screen_reader_finds_landmarks_headings_in_order_and_named_tables(open_page: Open) -> None:
    for overview in (three(), none()):
        page = open_page(overview)
        levels = page.evaluate(
            "[...document.querySelectorAll('h1,h2,h3,h4')].filter(h => h.checkVisibility()).map(h => +h.tagName[1])"
        )
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(b - a <= 1 for a, b in pairwise(levels))
        assert page.locator("main, header nav, footer").count() == 3
        assert page.evaluate(script("named.js")) == []


def test_the_page_refuses_what_its_policy_does_not_name(open_page: Open) -> None:
    page = open_page(none())
    policy = page.locator("meta[http-equiv]").get_attribute("content") or ""
    known = r"default-src 'none'; script-src HASH; style-src HASH; base-uri 'none'; form-action 'none'"
    assert re.fullmatch(known.replace("HASH", r"'sha256-[\w+/]{43}='"), policy)
    assert page.locator("[style], [onclick], [onload]").count() == 0

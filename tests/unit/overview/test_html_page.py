"""The page as text: it ends no block early, stays small, and is the same for the same night."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from html.parser import HTMLParser

import pytest

from depscan.overview.html import REPORT, render
from depscan.overview.page.data import block, fair, findings_data
from depscan.overview.page.markup import Markup, anchor_of, element, name
from depscan.overview.page.svg import LETTER, cut, steps, width
from depscan.overview.page.trends import said
from depscan.overview.records import Overview
from tests.browser.fleets import fleet, made_graphs
from tests.browser.overviews import EVIL, hostile, none, three


class _Tags(HTMLParser):
    """Counts elements and notes what opened and did not close."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.scripts = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        assert tag != "img"
        assert not [key for key, _ in attrs if key.startswith("on") or key == "style"]
        if tag not in {"meta", "input", "br", "link"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("night", [three, none, hostile])
def test_every_element_closes_and_no_name_becomes_one(night: Callable[[], Overview]) -> None:
    tags = _Tags()
    tags.feed(render(night()))
    assert tags.open == []
    assert tags.scripts == 3


def test_the_policy_names_exactly_the_style_and_script_of_the_page() -> None:
    page = render(three())
    for tag, directive in (("<style>", "style-src"), ("</script><script>", "script-src")):
        text = (
            page.split(tag, 1)[1].split("</", 1)[0]
            if tag == "<style>"
            else page.rsplit(tag, 1)[1].split("</script>")[0]
        )
        digest = b64encode(sha256(text.encode()).digest()).decode()
        assert f"{directive} &#x27;sha256-{digest}&#x27;" in page


def test_a_data_block_cannot_be_ended_by_a_text_and_reads_back() -> None:
    text = f"{EVIL} & \u2028\u2029 <!-- ]]>"
    made = block("data", {"s": [text]})
    inside = made[made.index(">") + 1 : made.rindex("</script>")]
    assert not re.search(r"[<>&\u2028\u2029]", inside)
    assert json.loads(inside) == {"s": [text]}


def test_a_thousand_repositories_and_500_findings_stay_under_five_megabytes() -> None:
    page = render(fleet(made_graphs(), 1000, 500))
    assert len(page.encode()) < 5_000_000


def test_hits_are_packed_and_told_once() -> None:
    data = findings_data(three())
    assert len(data["s"]) == len(set(data["s"]))
    repositories = [data["s"][i] for i in data["r"]]
    groups = data["f"][1][-1]
    found = []
    for way, path, _, new, flat in groups:
        at = 0
        for i in range(0, len(flat), 2):
            at += flat[i]
            found.append((repositories[at], data["s"][path], flat[i + 1], len(data["v"][way]), new))
    assert sorted(found) == [
        ("search/rag-api", "services/api/poetry.lock", 3120, 2, 0),
        ("train/pipelines", "requirements.txt", 41, 1, 0),
        ("vision/ocr", "uv.lock", 2877, 3, 1),
    ]


def test_too_many_hits_are_cut_fairly_and_the_number_stays() -> None:
    assert fair([1, 5, 100], 10) == 4
    assert fair([1, 5, 100], 1000) == 100
    assert fair([], 10) == 0
    torch = findings_data(three(), budget=3)["f"][1]
    assert torch[-2] == 3
    assert sum(len(flat) // 2 for *_, flat in torch[-1]) == 3, "one of each owner stays"
    alone = three()
    owned = tuple(hit._replace(owner="one") for hit in alone.findings[1].hits)
    alone = alone._replace(findings=(alone.findings[1]._replace(hits=owned),))
    cut = findings_data(alone, budget=2)["f"][0]
    assert (cut[-2], sum(len(flat) // 2 for *_, flat in cut[-1])) == (3, 2)


def test_the_same_night_gives_the_same_page() -> None:
    assert render(three()) == render(three())
    assert REPORT.id == "html"


def test_text_is_escaped_unless_it_was_made_here() -> None:
    assert element("p", "<b>", Markup("<i>"), title='"') == '<p title="&quot;">&lt;b&gt;<i></p>'
    assert element("input", hidden=True, checked=False) == "<input hidden>"
    assert "\\u{202e}" in name("a\u202eb")
    assert anchor_of('x" onload=1') == "f-xonload1"


def test_long_labels_keep_both_ends_and_their_width() -> None:
    label = cut("a-very-long-package-name-of-somebody 1.2.3", 20)
    assert label.startswith("a-very-long")
    assert label.endswith("1.2.3")
    assert width(label) <= 20 * LETTER
    assert width(cut("包" * 50, 20)) <= 20 * LETTER
    assert cut("short", 20) == "short"


def test_step_lines_begin_and_end_at_their_values() -> None:
    assert steps([0, 2, 1], 100, 40)[0] == "M0 40H50V0H100V20"
    assert steps([5], 100, 40)[0] == "M0 0H100"
    assert said([3, 9]) == "from 3 up to 9"
    assert said([3, 3]) == "always 3"
    assert said([3, 4, 3]) == "3 at both ends"


def test_a_first_night_is_told_as_one_and_its_worst_findings_are_shown() -> None:
    page = render(three()._replace(previous="", cleared=()))
    assert "Found in the first night" in page
    assert "Nothing was found." not in page
    assert "since last night" not in page.partition('id="findings"')[0]
    assert "<span>packages</span>" in page

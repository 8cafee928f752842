"""The table of names: written, read, damaged; and the lists it is made of."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from depscan.errors import IntelError
from depscan.intel.name_lists import Row, group_words, popular_of, read_list
from depscan.intel.name_table import EMBEDDED, NameTable, locate, open_table, summary_print, write_target
from tests.unit.names.tables import POPULAR, table


def test_a_table_gives_back_what_was_written(tmp_path: Path) -> None:
    made = table(tmp_path, npm=("lodash",))
    assert made.text("PyPI").split("\n") == list(POPULAR)
    assert made.text("npm") == "lodash"
    assert made.ecosystems == ("PyPI", "npm")
    assert made.text("crates.io") == ""
    assert made.meta["sources"]["PyPI"]["date"] == "2026-11-01"


def test_damage_is_noticed_wherever_it_is(tmp_path: Path) -> None:
    table(tmp_path)
    path = tmp_path / "names.idx"
    whole = path.read_bytes()
    head = whole.index(b"\n")
    for cut in (0, 10, head, head + 5, len(whole) - 3):
        path.write_bytes(whole[:cut])
        with pytest.raises(IntelError, match="cannot be used"):
            _all(str(path))
    for at in (head + 4, len(whole) - 2):
        path.write_bytes(whole[:at] + bytes((whole[at] ^ 0x55,)) + whole[at + 1 :])
        with pytest.raises(IntelError, match="damaged"):
            _all(str(path))
    path.write_bytes(b'{"depscan-names": 2}\n')
    with pytest.raises(IntelError, match="another version"):
        _all(str(path))
    with pytest.raises(IntelError, match="no such file"):
        _all(str(tmp_path / "missing"))


def _all(path: str) -> None:
    made = NameTable(path, "file")
    for section in made.meta["sections"]:
        made.text(section)


def test_the_embedded_table_holds_both_indexes() -> None:
    made = NameTable(EMBEDDED, "embedded")
    assert len(made.text("PyPI").split("\n")) > 14_900
    assert "lodash" in made.text("npm").split("\n")
    assert "@azure/arm-batch" in made.text("npm#scoped").split("\n") + made.text("npm").split("\n")


def test_a_table_that_is_named_is_used_whether_it_is_there_or_not(tmp_path: Path) -> None:
    home = {"XDG_DATA_HOME": str(tmp_path)}
    assert locate("", home) == (EMBEDDED, "embedded")
    assert locate("x.idx", home) == ("x.idx", "option")
    assert locate("", {"DEPSCAN_NAMES": str(tmp_path)}) == (str(tmp_path / "names.idx"), "environment")
    assert write_target("", home) == str(tmp_path / "depscan" / "names.idx")
    with pytest.raises(IntelError):
        open_table("x.idx")


def test_lists_are_read_by_their_titles(tmp_path: Path) -> None:
    path = tmp_path / "list"
    for text, rows in (
        ("name\trank\tsummary\nA\t2\tx\nb\t\t\n", [Row("A", 1e9 - 2, "x"), Row("b", 0.0, "")]),
        ("project,downloads\na,7\nb,x\n", [Row("a", 7.0), Row("b", 0.0)]),
        ('"download_count","project"\n"7","a"\n"5","b"\n', [Row("a", 7.0), Row("b", 5.0)]),
        ("a\n\nb\n", [Row("a", 20_000_000), Row("b", 20_000_000 - 3)]),
        ('{"rows": [{"project": "a", "download_count": 5}]}', [Row("a", 5.0)]),
        ('["a", "b"]', [Row("a", 20_000_000), Row("b", 19_999_999)]),
        ("\ufeffname\tdownloads\r\na\t1\r\n", [Row("a", 1.0)]),
        ("", []),
    ):
        path.write_text(text, "utf-8")
        assert list(read_list(str(path))) == rows


@pytest.mark.parametrize("text", ["a\tb\n1\t2\n", '{"x": 1, "rows": [3]}', "[[]]", '{"rows"', "\udc80"])
def test_a_list_of_another_shape_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "list").write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(IntelError):
        list(read_list(str(tmp_path / "list")))


def test_the_most_downloaded_names_are_popular_and_words_are_counted() -> None:
    words: Counter[str] = Counter()
    rows = [Row("Foo_Bar", 10, "An AI agent."), Row("foo.bar", 12), Row("baz", 0), Row("qux", 11, "Plumbing for pipes")]
    made = popular_of(rows, "PyPI", "by hand", "2026-11", words)
    assert (made.names, made.ai, made.total) == (("foo-bar", "qux"), "00", 4)
    assert made.summaries == ("", summary_print("plumbing FOR pipes"))
    assert words["foo"] == 2
    with pytest.raises(IntelError, match="how popular"):
        popular_of([Row("a", 0)], "PyPI", "by hand", "", words)


def test_vendor_scopes_are_kept_whole() -> None:
    rows = [Row(f"p{i:05}", 9e8 - i) for i in range(15_000)] + [Row("@azure/arm-x", 5), Row("@me/x", 5)]
    assert popular_of(rows, "npm", "by hand", "", Counter(), {"@azure"}).scoped == ("@azure/arm-x",)


def test_words_are_grouped_from_rare_to_common() -> None:
    assert group_words(Counter(a=2, b=3, c=7, d=1000)) == "b\nc\n\n\nd"

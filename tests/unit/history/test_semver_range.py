"""Ranges as npm and Cargo write them; the cases are those of node-semver's README and the Cargo Book."""

from __future__ import annotations

import pytest

from depscan.ecosystems.semver_range import within


@pytest.mark.parametrize(
    ("wanted", "inside", "outside"),
    [
        ("^1.2.3", ["1.2.3", "1.9.0"], ["1.2.2", "2.0.0", "2.0.0-rc.1"]),
        ("^0.2.3", ["0.2.3", "0.2.9"], ["0.3.0", "0.2.2"]),
        ("^0.0.3", ["0.0.3"], ["0.0.4", "0.0.2"]),
        ("^1", ["1.0.0", "1.9.9"], ["2.0.0", "0.9.9"]),
        ("^0.0", ["0.0.9"], ["0.1.0"]),
        ("~1.2.3", ["1.2.3", "1.2.9"], ["1.3.0", "1.2.2"]),
        ("~1", ["1.9.0"], ["2.0.0"]),
        ("1.2.x", ["1.2.0", "1.2.7"], ["1.3.0", "1.1.9"]),
        ("1", ["1.0.0", "1.4.0"], ["2.0.0", "0.1.0"]),
        ("*", ["0.0.1", "9.9.9-rc.1"], []),
        ("", ["1.0.0"], []),
        ("1.2.3", ["1.2.3", "v1.2.3"], ["1.2.4", "1.2.3-rc.1"]),
        ("1.2.3 - 2.3", ["1.2.3", "2.3.9"], ["2.4.0", "1.2.2"]),
        (">=1.2 <2 || 3.x", ["1.2.0", "1.9.0", "3.4.0"], ["1.1.0", "2.0.0", "4.0.0"]),
        (">1.2", ["1.3.0"], ["1.2.9"]),
        ("<=1.2", ["1.2.9"], ["1.3.0"]),
        ("> 1.2.3, < 1.3", ["1.2.4"], ["1.2.3", "1.3.0"]),
        ("!=1.2.3", ["1.2.4"], ["1.2.3"]),
        ("=1.2.3", ["1.2.3"], ["1.2.4"]),
    ],
)
def test_a_range_holds_what_its_ecosystem_says(wanted: str, inside: list[str], outside: list[str]) -> None:
    assert [v for v in inside if within(v, wanted) is not True] == []
    assert [v for v in outside if within(v, wanted) is not False] == []


def test_a_bare_version_is_a_caret_for_cargo() -> None:
    assert within("1.9.0", "1.2.3", bare="^") is True
    assert within("1.9.0", "1.2.3") is False


@pytest.mark.parametrize(("version", "wanted"), [("latest", "1"), ("1.0.0", "next"), ("1.0.0", ">=1 || ?"), ("", "*")])
def test_what_cannot_be_read_is_not_decided(version: str, wanted: str) -> None:
    assert within(version, wanted) is None

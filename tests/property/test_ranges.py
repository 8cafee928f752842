"""PEP 440 order of our own against packaging's; OSV evaluation against the plainest reading of it."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.version import InvalidVersion, Version

from depscan.ecosystems import pypi, semver
from depscan.intel.ranges import status
from depscan.model.advisory import Advisory, Range

NUMBER = st.integers(0, 12).map(str)
VERSIONS = st.builds(
    lambda v, e, r, pre, post, dev, local: f"{v}{e}{r}{pre}{post}{dev}{local}",
    st.sampled_from(["", "", "v", " ", "V"]),
    st.sampled_from(["", "", "1!", "0!"]),
    st.lists(NUMBER, min_size=1, max_size=4).map(".".join),
    st.sampled_from(["", "", "a1", "b", "rc2", "-alpha.3", "_pre4", ".c5", "RC1", "preview"]),
    st.sampled_from(["", "", ".post1", "-1", "post", "-r4", ".rev3"]),
    st.sampled_from(["", "", ".dev0", "dev", "-dev3"]),
    st.sampled_from(["", "", "+cu121", "+1", "+1.a", "+A-b_2", "+010"]),
)
ANY = VERSIONS | st.text(alphabet="0123456789.abcrv!+-_ dpost", max_size=14)


def theirs(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None


@given(ANY, ANY)
@settings(max_examples=1000, deadline=None)
def test_our_order_of_pypi_versions_is_that_of_packaging(a: str, b: str) -> None:
    ours_a, ours_b, their_a, their_b = pypi.order(a), pypi.order(b), theirs(a), theirs(b)
    assert (ours_a is None, ours_b is None) == (their_a is None, their_b is None)
    if their_a is not None and their_b is not None:
        assert ours_a is not None
        assert ours_b is not None
        assert (ours_a < ours_b, ours_a == ours_b) == (their_a < their_b, their_a == their_b)
        assert pypi.prerelease(a) == their_a.is_prerelease
        assert pypi.order(pypi.public(a)) == pypi.order(their_a.public)


@given(st.text(max_size=30))
def test_no_text_makes_an_order_fail(text: str) -> None:
    pypi.order(text)
    semver.order(text)


ENDS = st.sampled_from(["last_affected", "fixed"])
POINTS = st.lists(st.integers(1, 40), min_size=2, max_size=8, unique=True)


@given(POINTS, st.integers(0, 41), ENDS, st.randoms(use_true_random=False))
def test_a_range_holds_what_lies_between_its_pairs_of_events_in_any_order(
    points: list[int], version: int, end: str, random: Random
) -> None:
    ordered = sorted(points[: len(points) // 2 * 2])
    pairs = list(zip(ordered[::2], ordered[1::2], strict=True))
    events = [e for low, high in pairs for e in (("introduced", f"1.{low}"), (end, f"1.{high}"))]
    random.shuffle(events)
    advisory = Advisory("X-1", "vulnerability", "PyPI", "a", ranges=(Range("ECOSYSTEM", tuple(events)),))
    inside = any(
        low <= version and (version <= high if end == "last_affected" else version < high) for low, high in pairs
    )
    assert status(advisory, f"1.{version}") == ("affected" if inside else "unaffected")

"""A package whose only modules are named like tests is no test of anything."""

from __future__ import annotations

import pytest

from depscan.artifacts.places import Layout


def _layout(*paths: str) -> Layout:
    return Layout(paths, installed=False, declared=frozenset({"acme"}), product="acme")


def test_modules_named_like_tests_are_the_product_where_there_are_no_others() -> None:
    assert _layout("setup.py", "acme/test_callback.py").only_tests


@pytest.mark.parametrize(
    "paths",
    [
        ("setup.py",),
        ("acme/core.py", "acme/test_core.py"),
        ("acme/__init__.py", "acme/tests/test_core.py"),
    ],
)
def test_tests_beside_a_product_stay_tests(paths: tuple[str, ...]) -> None:
    assert not _layout(*paths).only_tests

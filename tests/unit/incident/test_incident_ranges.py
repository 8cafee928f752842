"""Whether a requirement lets a bad version in."""

from __future__ import annotations

import pytest

from depscan.incident.ranges import allows


@pytest.mark.parametrize(
    ("ecosystem", "text", "version", "answer"),
    [
        ("npm", "^1.14.0", "1.14.1", True),
        ("npm", "^1.14.0", "2.0.0", False),
        ("npm", "^0.30.0", "0.30.4", True),
        ("npm", "^0.29.0", "0.30.4", False),
        ("npm", "~1.14.0", "1.14.1", True),
        ("npm", "~1.13", "1.14.1", False),
        ("npm", "1.x", "1.14.1", True),
        ("npm", "1.13", "1.14.1", False),
        ("npm", ">=1.0.0 <1.14.1", "1.14.1", False),
        ("npm", ">=1.0.0 <=1.14", "1.14.1", True),
        ("npm", ">1.14", "1.14.1", False),
        ("npm", "1.0.0 - 1.14.1", "1.14.1", True),
        ("npm", "0.1.0 || ^1.14.0", "1.14.1", True),
        ("npm", "*", "1.14.1", True),
        ("npm", "latest", "1.14.1", True),
        ("npm", ">1.14.1-0", "1.14.1", True),
        ("npm", "^1.14.0", "1.14.1-rc.1", True),
        ("npm", "<=1.14.1-rc.1 >=1.14.0", "1.14.1-rc.1", True),
        ("npm", "<*", "1.14.1", False),
        ("npm", "1.14.0", "1.14.1", False),
        ("PyPI", ">=1.0,<2", "1.82.8", True),
        ("PyPI", "[proxy]>=1.0,!=1.82.8", "1.82.8", False),
        ("PyPI", "", "1.82.8", True),
        ("PyPI", "^1.80", "1.82.8", True),
        ("PyPI", "what?", "1.82.8", True),
        ("conda", ">=9", "1.0", True),
    ],
)
def test_a_range_allows_what_an_installer_would_take(ecosystem: str, text: str, version: str, answer: bool) -> None:  # noqa: FBT001
    assert allows(ecosystem, text, version) is answer

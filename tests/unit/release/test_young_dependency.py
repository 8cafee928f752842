"""A dependency that nobody has looked at yet."""

from __future__ import annotations

from depscan.release.diff import compare
from tests.unit.release.releases import wheel


def test_a_new_dependency_younger_than_a_week_is_worse() -> None:
    diff = compare(wheel({}, "1.0"), wheel({}, "1.1", metadata="Requires-Dist: palettine\n"))
    (new,) = diff.new_requirements
    assert diff.verdict == "same"
    assert diff._replace(new_requirements=(new._replace(age_days=7),)).verdict == "same"
    young = diff._replace(new_requirements=(new._replace(age_days=6),))
    assert young.reasons == ("needs palettine, first uploaded 6 days ago",)

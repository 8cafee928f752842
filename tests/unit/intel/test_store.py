"""Which index is used, and how old it may be."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from depscan.errors import IntelError
from depscan.intel.age import age_days
from depscan.intel.places import user_folder
from depscan.intel.store import EMBEDDED, locate, open_index, write_target
from tests.unit.intel.records import made, record


def test_the_option_wins_over_the_environment_over_the_user_over_the_embedded_one(tmp_path: Path) -> None:
    environment = {"XDG_DATA_HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path)}
    assert locate("", environment) == (EMBEDDED, "embedded")
    mine = made(user_folder(environment), [record("X-1")]).path
    assert locate("", environment) == (mine, "user")
    other = made(tmp_path / "other", [record("X-1")]).path
    assert locate("", environment | {"DEPSCAN_DB": str(tmp_path / "other")}) == (other, "environment")
    assert locate(mine, environment | {"DEPSCAN_DB": other}) == (mine, "option")


@pytest.mark.parametrize("content", [None, b"", b"broken"])
def test_a_named_index_that_cannot_be_used_is_never_replaced_by_another(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "advisories.idx"
    if content is not None:
        path.write_bytes(content)
    for explicit, environment in ((str(path), {}), (str(tmp_path), {}), ("", {"DEPSCAN_DB": str(tmp_path)})):
        with pytest.raises(IntelError):
            open_index(explicit, environment=environment)
    if content is not None:
        (tmp_path / "depscan").mkdir()
        path.rename(tmp_path / "depscan" / "advisories.idx")
        with pytest.raises(IntelError):
            open_index(environment={"XDG_DATA_HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path)})


def test_writing_never_aims_at_the_embedded_index(tmp_path: Path) -> None:
    environment = {"XDG_DATA_HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path)}
    assert write_target("", environment) == str(tmp_path / "depscan" / "advisories.idx")
    assert write_target(str(tmp_path / "new"), environment) == str(tmp_path / "new" / "advisories.idx")
    assert write_target("x.idx", environment) == "x.idx"


def test_an_index_that_is_too_old_is_refused(tmp_path: Path) -> None:
    path = made(tmp_path, [record("X-1")]).path  # newest record: 2026-01-02
    open_index(path, max_age_days=30, today=date(2026, 2, 1)).close()
    with pytest.raises(IntelError, match="31 days old, at most 30"):
        open_index(path, max_age_days=30, today="2026-02-02")


@pytest.mark.parametrize(
    ("newest", "today"), [("2024-02-28", "2024-03-01"), ("1999-12-31", "2000-01-01"), ("2023-02-28", "2025-02-28")]
)
def test_age_is_counted_in_days_of_the_calendar(newest: str, today: str) -> None:
    assert age_days(newest, today) == (date.fromisoformat(today) - date.fromisoformat(newest)).days


def test_data_without_a_date_has_no_age() -> None:
    for newest in ("", "soon", "2026-13-01", "2026"):
        with pytest.raises(IntelError):
            age_days(newest, "2026-01-01")


def test_the_embedded_index_is_whole_and_knows_both_ecosystems() -> None:
    with open_index(EMBEDDED) as index:
        assert index.ecosystems == ("PyPI", "npm")
        assert index.verify() > 35_000
        assert any(a.id == "PYSEC-2022-43015" for a in index.lookup("PyPI", "torch"))

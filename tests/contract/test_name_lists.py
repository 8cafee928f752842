"""What every list of names and table of points has to keep."""

from __future__ import annotations

from pathlib import Path

import pytest

from depscan.errors import RuleError
from depscan.names.lint import lint
from depscan.names.lists import name_list
from depscan.names.points import points_of
from depscan.names.signals import SIGNALS


def test_the_lists_are_sound() -> None:
    assert lint() == []


@pytest.mark.parametrize("ecosystem", ["PyPI", "npm"])
def test_every_signal_has_points_and_a_page(ecosystem: str) -> None:
    points = points_of(ecosystem)
    assert points.block > points.warn
    for name, signal in SIGNALS.items():
        assert points.signals[name] or name == "affix", name
        assert signal.__doc__, name


def test_a_broken_list_is_named_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "affixes.toml").write_text(
        'title = "t"\nwhy = "w"\nsource = "s"\ndate = "d"\necosystems = ["PyPI", "Elm"]\n'
        '[names]\nnew = "lure"\nold = "x"\n'
    )
    (tmp_path / "brands.toml").write_text('title = "t"\n[names]\na = 1\n')
    (tmp_path / "points-pypi.toml").write_text("[tiers]\nbase = 1\nblock = 2\n")
    affixes, ecosystem, brands, points = lint(str(tmp_path))[1], lint(str(tmp_path))[0], *lint(str(tmp_path))[2:]
    assert affixes.endswith("affixes.toml: old: no class 'x'")
    assert ecosystem.endswith("no ecosystem 'Elm'")
    assert "brands.toml" in brands
    assert points.endswith("tiers.warn is missing")


def test_unknown_keys_and_signals_are_refused(tmp_path: Path) -> None:
    (tmp_path / "brands.toml").write_text("nmaes = 1\n")
    with pytest.raises(RuleError, match="unknown keys: nmaes"):
        name_list("brands", str(tmp_path))
    (tmp_path / "points-pypi.toml").write_text("[points.shape_of_ears]\na = 1\n")
    with pytest.raises(RuleError, match="no signal shape_of_ears"):
        points_of("PyPI", str(tmp_path))

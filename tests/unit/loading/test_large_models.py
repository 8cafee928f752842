"""A model of gigabytes is not read to the end for the sake of a key."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from depscan.facts.cache import FactCache


@pytest.mark.parametrize("name", ["model.safetensors", "model.pt", "model"])
def test_a_large_model_is_not_hashed(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with path.open("wb") as stream:
        stream.truncate(1 << 30)
    before = time.process_time()
    assert FactCache(str(tmp_path / "cache")).key(str(path)) == ""
    assert time.process_time() - before < 0.5


def test_small_models_and_packages_have_keys(tmp_path: Path) -> None:
    cache = FactCache(str(tmp_path / "cache"))
    for name, size in (("model.pt", 100), ("a-1-py3-none-any.whl", 65 << 20)):
        path = tmp_path / name
        with path.open("wb") as stream:
            stream.truncate(size)
        assert cache.key(str(path))

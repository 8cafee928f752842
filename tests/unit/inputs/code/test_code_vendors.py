"""Whose a host, a router's prefix and an id are."""

from __future__ import annotations

from pathlib import Path

from depscan.inputs.code._vendors import vendors


def test_hosts_prefixes_and_ids_belong_to_the_vendor_whose_file_names_them(tmp_path: Path) -> None:
    text = 'hosts = ["api.calm.example", "*.cloud.example", "localhost:1234"]\n'
    text += 'aliases = ["calm-ai"]\nids = ["calm-.+", "("]\n'
    (tmp_path / "calm.toml").write_text(text)
    known = vendors(str(tmp_path))
    assert known.of_host("api.calm.example:443") == "calm"
    assert known.of_host("eu.cloud.example") == "calm"
    assert known.of_host("localhost:1234") == "calm"
    assert known.of_host("localhost:9") == "localhost:9"
    assert known.of_host("calm.example") == "calm.example"
    assert (known.named("calm_ai"), known.named("Calm"), known.named("other")) == ("calm", "calm", "other")
    assert (known.of_id("calm-1"), known.of_id("storm-1")) == ("calm", "")


def test_without_files_nothing_is_known(tmp_path: Path) -> None:
    assert vendors(str(tmp_path / "none")).of_host("api.example") == "api.example"

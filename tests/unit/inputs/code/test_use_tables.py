"""The tables of calls: every row can be read, names what it is about, and says nothing the reader does not know."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import tomli

from depscan.inputs.code._table import ARGUMENTS, table
from depscan.text.folder import rules_folder

FILES = sorted(p for p in Path(rules_folder(), "uses").glob("*.toml") if p.name != "settings.toml")
"""settings.toml is the table of settings, which has a lint of its own."""
NODES = {
    "model", "data-set", "model-file", "library-model", "repository", "hosted", "service", "served", "url", "package",
    "shell",
}  # fmt: skip
KEYS = {
    *ARGUMENTS, "call", "node", "bare", "vendor", "library", "key-env", "endpoint-env", "default", "skip", "safe",
    "any-base", "unknown", "format", "only-unsafe", "own-host",
}  # fmt: skip
TOP = {"modules", "call", "folders", "prefixes", "settings", "needs"}


def rows() -> list[tuple[str, dict[str, Any]]]:
    return [(p.stem, row) for p in FILES for row in tomli.loads(p.read_text()).get("call", [])]


def test_there_are_tables_and_nothing_else() -> None:
    assert len(FILES) > 10
    assert {os.path.splitext(p.name)[1] for p in Path(rules_folder(), "uses").iterdir()} == {".toml"}


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_a_file_has_known_keys_only(path: Path) -> None:
    data = tomli.loads(path.read_text())
    assert set(data) <= TOP
    for row in data.get("call", []):
        assert set(row) <= KEYS, row["call"]
        assert row["node"] in NODES
        assert row["call"]
        assert all(not dotted.endswith("*") for dotted in row["call"]), "the last part of a name decides: write it"


def test_a_row_says_where_the_name_stands() -> None:
    for name, row in rows():
        assert row["node"] == "service" or row.get("name"), (name, row["call"])
        if row["node"] in {"hosted", "service"}:
            assert row.get("vendor"), (name, row["call"])
        if row["node"] == "library-model" or row.get("bare") == "library":
            assert row.get("library"), (name, row["call"])


def test_a_call_belongs_to_a_module_of_its_file() -> None:
    for path in FILES:
        data = tomli.loads(path.read_text())
        for row in data.get("call", []):
            for dotted in row["call"]:
                head = dotted.partition(".")[0]
                known = any(head == m or (head.endswith("*") and m.startswith(head[:-1])) for m in data["modules"])
                assert known or dotted.startswith("*") or any(dotted.startswith(f"{m}*") for m in data["modules"]), (
                    dotted
                )


def test_every_call_is_found_by_its_own_name() -> None:
    for name, row in rows():
        for dotted in row["call"]:
            assert table().find(dotted.replace("*", ".")) is not None, (name, dotted)

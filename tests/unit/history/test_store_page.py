"""docs/reference/store.md says what the tables are, and its queries run."""

from __future__ import annotations

import re
from pathlib import Path

from depscan.history.database import open_database
from depscan.history.schema import MIGRATIONS, TABLES
from depscan.history.store import Store
from tests.unit.history.nights import fleet, run

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "reference" / "store.md").read_text("utf-8")


def test_every_table_and_column_is_on_the_page(tmp_path: Path) -> None:
    told = dict(re.findall(r"(?m)^\| `(\w+)` \|.*\| (.*) \|$", PAGE))
    assert set(told) == TABLES
    database = open_database(f"{tmp_path}/x.db", write=True)
    tables = database.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
    assert {name for (name,) in tables} == TABLES
    for table in TABLES:
        for _, column, *_ in database.rows(f"PRAGMA table_info({table})"):
            assert re.search(rf"\b{column}\b", told[table]), (table, column)
    database.close()
    assert f"the version of these tables: {len(MIGRATIONS)}." in PAGE


def test_the_queries_run(tmp_path: Path) -> None:
    run(f"{tmp_path}/x.db", fleet([1, 2]))
    queries = re.findall(r"(?ms)^```sql\n(.*?);\n```", PAGE)
    assert len(queries) == 2
    with Store.open(f"{tmp_path}/x.db") as store:
        rows = [
            store.database.rows(query.replace("'torch'", "'pack-1'").replace("'2.4.0'", "'1.0'")) for query in queries
        ]
    assert rows[1]

"""OSV records made by hand, and an index made of them."""

from __future__ import annotations

import json
import os
import zipfile
from typing import Any

from depscan.intel.build import BuildReport, build
from depscan.intel.osv import read_record
from depscan.model.advisory import Advisory

BUILT = "2026-01-31T00:00:00Z"


def record(
    id: str,  # noqa: A002 - the field's word
    name: str = "alpha",
    *events: dict[str, str],
    ecosystem: str = "PyPI",
    versions: list[str] | None = None,
    type: str = "ECOSYSTEM",  # noqa: A002 - the field's word
    **more: Any,
) -> dict[str, Any]:
    entry: dict[str, Any] = {"package": {"name": name, "ecosystem": ecosystem}}
    if events:
        entry["ranges"] = [{"type": type, "events": list(events)}]
    if versions is not None:
        entry["versions"] = versions
    return {"id": id, "modified": "2026-01-02T03:04:05.678Z", "affected": [entry], **more}


def introduced(version: str = "0") -> dict[str, str]:
    return {"introduced": version}


def fixed(version: str) -> dict[str, str]:
    return {"fixed": version}


def last(version: str) -> dict[str, str]:
    return {"last_affected": version}


def advisory(*args: Any, **more: Any) -> Advisory:
    reading = read_record(record("X-1", "alpha", *args, **more))
    assert not reading.problems
    return reading.advisories[0]


def export(folder: str, ecosystem: str, records: list[Any]) -> str:
    """Write ``<folder>/<ecosystem>/all.zip`` and return its path."""
    path = os.path.join(folder, ecosystem, "all.zip")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for i, item in enumerate(records):
            text = item if isinstance(item, str) else json.dumps(item)
            archive.writestr(zipfile.ZipInfo(f"{i:05}.json"), text)
    return path


def made(folder: Any, records: list[Any], ecosystem: str = "PyPI", **more: Any) -> BuildReport:
    """Build ``<folder>/advisories.idx`` from records."""
    source = export(os.path.join(str(folder), "sources"), ecosystem, records)
    return build(str(folder), [source], built=BUILT, **more)

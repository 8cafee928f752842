"""Tables of names made by hand."""

from __future__ import annotations

from pathlib import Path

from depscan.intel.name_table import NameTable, Popular, write_table

POPULAR = (
    "requests",
    "numpy",
    "beautifulsoup4",
    "scikit-learn",
    "tensorflow",
    "python-dateutil",
    "google-cloud-storage",
)
WORDS = "wordy\nrare\nstorage\npython google\ncloud"


def table(folder: Path, names: tuple[str, ...] = POPULAR, **other: tuple[str, ...]) -> NameTable:
    """Return a table of PyPI names, and of other ecosystems by keyword."""
    made = {"PyPI": names, **other}
    popular = {
        key: Popular(held, "0" * len(held), "by hand", "2026-11-01", len(held), summaries=("",) * len(held))
        for key, held in made.items()
    }
    path = str(folder / "names.idx")
    write_table(path, popular, WORDS, "2026-11-29", None)
    return NameTable(path, "file")

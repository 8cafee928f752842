"""A large package is read as far as it changed: nothing new hides behind code that did not."""

from __future__ import annotations

from pathlib import Path

from depscan.comparison import compare_paths, read_path
from tests.unit.release.releases import save, wheel_bytes

FETCH = "import urllib.request\n\nurllib.request.urlopen('https://collector.invalid/a')\n"


def bulk(number: int, extra: str = "") -> str:
    """Return 40 kB of harmless code that the engine thinks worth reading."""
    calls = "".join(f"L{number}_{i} = subprocess.list2cmdline(['a{i}', os.getcwd()])\n" for i in range(800))
    return f"import os, subprocess\n{calls}{extra}"


def packages(tmp_path: Path, late: str, *, changed: int = 0) -> tuple[str, str]:
    old = {f"alpha/m{i:02}.py": bulk(i) for i in range(14)} | {"alpha/__init__.py": ""}
    new = {**old, "alpha/zz_late.py": late}
    new |= {f"alpha/m{i:02}.py": bulk(i, "x = 1\n") for i in range(changed)}
    return (
        save(tmp_path, "demo-1.0-py3-none-any.whl", wheel_bytes(old)),
        save(tmp_path, "demo-1.1-py3-none-any.whl", wheel_bytes(new, "1.1")),
    )


def test_a_payload_behind_much_unchanged_code_shows(tmp_path: Path) -> None:
    payload = FETCH + "# " + "padding " * 2000
    old, new = packages(tmp_path, payload)
    assert any("too much code" in gap.why for gap in read_path(new).gaps)
    diff = compare_paths(old, new).diffs[0]
    assert diff.verdict == "worse"
    assert ("network", "alpha/zz_late.py", 3) in {(s.kind, s.path, s.line) for s in diff.added}


def test_a_payload_behind_much_changed_code_shows(tmp_path: Path) -> None:
    assert compare_paths(*packages(tmp_path, FETCH, changed=14)).verdict == "worse"


def test_a_large_package_with_honest_changes_is_the_same(tmp_path: Path) -> None:
    comparison = compare_paths(*packages(tmp_path, "X = 1\n", changed=14))
    assert (comparison.verdict, comparison.diffs[0].gaps, comparison.diffs[0].added) == ("same", (), ())

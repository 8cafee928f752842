"""The files of incidents: strict, and those that come with depscan are whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from depscan.errors import RuleError, UsageError
from depscan.incident.cleanup import steps
from depscan.incident.files import Reader
from depscan.incident.known import incident_of, known
from depscan.incident.matching import Matching
from depscan.incident.read import read_incident
from depscan.incident.records import Bad, Incident, Markers, Trace

GOOD = """\
id = "demo"
title = "demo 1.1"
published = "2026-03-24"
references = ["X-1"]

[[package]]
ecosystem = "PyPI"
name = "Demo_Pkg"
versions = ["1.1"]
window = ["2026-03-24T10:00:00Z", "2026-03-24T12:00:00Z"]
runs = "import"

[markers]
files = ["demo_init.pth", "~/.config/demo/*"]
hosts = ["c2.example"]

[[steal]]
kind = "ssh-keys"

[[clean]]
phase = "stop"
do = "Stop the watcher."
why = "it wipes"
"""


def written(folder: Path, text: str) -> str:
    path = folder / "demo.toml"
    path.write_text(text, "utf-8")
    return str(path)


def test_a_good_file_is_read_and_names_are_normalised(tmp_path: Path) -> None:
    made = read_incident(written(tmp_path, GOOD))
    assert (made.id, made.packages[0].name, made.packages[0].first) == ("demo", "demo-pkg", "2026-03-24T10:00:00Z")


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ("title =", "titel =", 2, "unknown key 'titel'"),
        ('runs = "import"', 'runs = "never"', 6, "runs should be one of"),
        ('runs = "import"', 'run = "import"', 11, "unknown key 'run'"),
        ("T10:00:00Z", " 10:00", 6, "window should be two times"),
        ('versions = ["1.1"]', 'versions = ["not a version"]', 6, "is no version of PyPI"),
        ('versions = ["1.1"]', "", 6, "needs versions or ranges"),
        ('"ssh-keys"', '"everything"', 16, "no kind of thing that is stolen"),
        ('"stop"', '"later"', 19, "phase should be one of"),
        ('"2026-03-24"', '"yesterday"', 3, "is not a date"),
        ('"~/.config/demo/*"', '"~/**"', 12, "is no glob"),
        ('"PyPI"', '"Nowhere"', 6, "is no ecosystem"),
        ("[[steal]]", "[[steal]", 16, "invalid TOML"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, old: str, new: str, line: int, what: str) -> None:
    path = written(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(RuleError) as caught:
        read_incident(path)
    assert what in str(caught.value)
    assert abs(caught.value.line - line) <= 1, caught.value


def test_every_incident_of_depscan_is_whole_and_named_after_its_file() -> None:
    made = known()
    assert len(made) >= 8
    assert {"torchtriton", "litellm", "axios", "num2words"} <= {bad.name for one in made for bad in one.packages}
    assert all(one.published and one.title for one in made)
    assert len({one.id for one in made}) == len(made)


def test_an_incident_is_found_by_id_and_by_its_public_id() -> None:
    assert incident_of("litellm-2026-03") == incident_of("pysec-2026-2")
    with pytest.raises(UsageError, match="litellm-2026-03"):
        incident_of("litellm")


def test_what_watches_tokens_is_stopped_before_one_is_revoked() -> None:
    for one in known():
        phases = [step.phase for step in steps(one, [])]
        assert phases.index("rotate") > max((at for at, phase in enumerate(phases) if phase == "stop"), default=0)
        assert phases[0] == "isolate"


def test_a_scoped_name_is_found_in_a_bill_of_materials_whose_package_urls_escape_it() -> None:
    bad = Bad("npm", "@ctrl/tinycolor", ("4.1.1",), (), "2025-09-14T00:00:00Z", "2025-09-16T00:00:00Z", "install", ())
    reader = Reader(Matching(Incident("demo", "demo", "", (), "", (bad,), Markers(), (), ())))
    part = '{"type": "library", "group": "@ctrl", "name": "tinycolor", "purl": "pkg:npm/%40ctrl/tinycolor@4.1.1"}'
    bill = f'{{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{part}]}}'
    assert [said.version for said in reader.read("bom.cdx.json", bill.encode()).said] == ["4.1.1"]


MANY = """
[[package]]
ecosystem = "npm"
releases = ["@ctrl/tinycolor 4.1.1 4.1.2", "koa 1.0.1"]
window = ["2025-09-14T00:00:00Z", "2025-09-18T23:59:59Z"]
runs = "install"
"""


def test_many_packages_of_one_window_stand_in_one_table(tmp_path: Path) -> None:
    made = read_incident(written(tmp_path, GOOD.replace("[markers]", MANY + "\n[markers]")))
    assert [(bad.name, bad.versions) for bad in made.packages[1:]] == [
        ("@ctrl/tinycolor", ("4.1.1", "4.1.2")),
        ("koa", ("1.0.1",)),
    ]


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ('"koa 1.0.1"', '"koa"', "releases should be texts"),
        ('"koa 1.0.1"', '"koa one"', "is no version of npm"),
        ('releases = ["@', 'versions = ["1.0"]\nreleases = ["@', "unknown key 'versions'"),
    ],
)
def test_a_wrong_release_among_many_is_an_error(tmp_path: Path, old: str, new: str, what: str) -> None:
    with pytest.raises(RuleError, match=what):
        read_incident(written(tmp_path, GOOD.replace("[markers]", MANY.replace(old, new) + "\n[markers]")))


def test_of_many_bad_packages_the_clean_up_names_those_that_were_found() -> None:
    incident = incident_of("shai-hulud-2025-11")
    found = Trace("locked", True, "package-lock.json", 1, "posthog-js", "1.297.3")
    pin = next(step.do for step in steps(incident, [found]) if step.do.startswith("Pin "))
    assert pin.startswith("Pin posthog-js to a release")

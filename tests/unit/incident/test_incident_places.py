"""Environments, caches, markers, the store, and the words of an answer."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import zipfile
from pathlib import Path

import pytest

from depscan.errors import StoreError
from depscan.incident.ask import Where, ask
from depscan.incident.caches import caches
from depscan.incident.formats import format_names, render
from depscan.incident.records import Incident
from depscan.nightly import Plan, nightly


def installed(site: Path, name: str, version: str) -> None:
    (site / f"{name}-{version}.dist-info").mkdir(parents=True)


def test_an_environment_and_node_modules_below_a_path_are_read_by_their_metadata(
    tmp_path: Path, incident: Incident
) -> None:
    installed(tmp_path / ".venv" / "lib" / "python3.12" / "site-packages", "LiteLLM", "1.82.8")
    package = tmp_path / "web" / "node_modules" / "axios"
    package.mkdir(parents=True)
    (package / "package.json").write_text('{"name": "axios", "version": "1.14.0"}', "utf-8")
    record = {"packages": {"node_modules/axios": {"version": "1.14.1"}}}
    (package.parent / ".package-lock.json").write_text(json.dumps(record), "utf-8")
    made = ask(incident, Where((str(tmp_path),)))
    assert [(t.kind, t.package, t.version) for t in made.traces] == [
        ("installed", "litellm", "1.82.8"),
        ("installed", "axios", "1.14.1"),
    ]
    assert any("was installed" in what for _, what in made.timeline)


def test_caches_of_every_installer_are_asked(tmp_path: Path, incident: Incident) -> None:
    assert {"pip", "uv", "npm", "Poetry", "Yarn"} == {cache.title for cache in caches()}
    cache = tmp_path / ".cache"
    wheel = io.BytesIO()
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("litellm-1.82.8.dist-info/METADATA", "x")
    sdist = io.BytesIO()
    with tarfile.open(fileobj=sdist, mode="w") as archive_tar:
        archive_tar.addfile(tarfile.TarInfo("litellm-1.82.7/PKG-INFO"))
    files = {
        "pip/http-v2/a/b/abc.body": wheel.getvalue(),
        "pip/http-v2/a/b/def.body": gzip.compress(sdist.getvalue()),
        "pip/wheels/a/litellm-1.82.7-py3-none-any.whl": b"",
        "pypoetry/artifacts/a/litellm-1.82.8-py3-none-any.whl": b"",
        "uv/archive-v0/xyz/litellm-1.82.8.dist-info/METADATA": b"",
        "uv/wheels-v8/pypi/litellm/1.82.8-py3-none-any.msgpack": b"",
        "uv/wheels-v8/pypi/litellm/1.82.6-py3-none-any.msgpack": b"",
        "yarn/v6/npm-axios-1.14.1-0123456789abcdef0123456789abcdef01234567-integrity": b"",
    }
    for name, data in files.items():
        path = cache / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    key = "make-fetch-happen:request-cache:https://index.example/axios/-/axios-1.14.1.tgz"
    row = tmp_path / ".npm" / "_cacache" / "index-v5" / "aa" / "bb" / "cc"
    row.parent.mkdir(parents=True)
    row.write_text(f"\nabc\t{json.dumps({'key': key, 'time': 1774350000000})}", "utf-8")
    (tmp_path / "empty").mkdir()
    made = ask(incident, Where((str(tmp_path / "empty"),), str(tmp_path), {}, caches=True))
    found = sorted(t.place.removeprefix(str(tmp_path)) for t in made.traces if t.kind == "cached")
    assert len(found) == 8, found
    assert any(t.first == "2026-03-24T11:00:00Z" for t in made.traces)
    assert ask(incident, Where((str(tmp_path / "empty"),), str(tmp_path), {})).verdict == "nothing to look at"


def test_markers_are_found_at_home_and_in_environments_and_links_lead_nowhere(
    tmp_path: Path, incident: Incident
) -> None:
    home, work = tmp_path / "home", tmp_path / "work"
    site = work / ".venv" / "lib" / "python3.12" / "site-packages"
    site.mkdir(parents=True)
    (site / "litellm_init.pth").write_text("import os", "utf-8")
    (home / ".config" / "sysmon").mkdir(parents=True)
    (home / ".config" / "sysmon" / "x.py").write_text("", "utf-8")
    (home / ".bashrc").write_text("a\nHALT NOW\ncurl c2.example\n", "utf-8")
    made = ask(incident, Where((str(work),), str(home)))
    assert sorted((Path(t.place).name, t.line) for t in made.traces) == [
        (".bashrc", 2),
        (".bashrc", 3),
        ("litellm_init.pth", 0),
        ("x.py", 0),
    ]
    assert made.exit_code == 1


def test_the_store_tells_in_which_nights_a_repository_held_it(tmp_path: Path, incident: Incident) -> None:
    place = str(tmp_path / "s.db")
    with pytest.raises(StoreError):
        ask(incident, Where((str(tmp_path),), store=place))
    repository = tmp_path / "fleet" / "app"
    (repository / ".git").mkdir(parents=True)
    (repository / "requirements.txt").write_text("litellm==1.82.8\n", "utf-8")
    nightly([str(tmp_path / "fleet")], Plan(place))
    (tmp_path / "empty").mkdir()
    made = ask(incident, Where((str(tmp_path / "empty"),), store=place))
    (stored,) = made.traces
    assert (stored.kind, stored.version) == ("stored", "1.82.8")
    assert stored.place == f"{place}: app"
    assert stored.said == "held in night 1 (the store's first: since when is not known), still"
    assert (stored.first, stored.last) == ("", "")
    assert "after it could be had" not in render(made, "text")


def test_a_bad_version_that_a_later_night_no_longer_holds_is_told_with_the_nights_around_it(
    tmp_path: Path, incident: Incident
) -> None:
    place = str(tmp_path / "s.db")
    repository = tmp_path / "fleet" / "app"
    (repository / ".git").mkdir(parents=True)
    for version in ("1.82.6", "1.82.8", "1.83.0"):
        (repository / "requirements.txt").write_text(f"litellm=={version}\n", "utf-8")
        nightly([str(tmp_path / "fleet")], Plan(place))
    (tmp_path / "empty").mkdir()
    made = ask(incident, Where((str(tmp_path / "empty"),), store=place))
    (stored,) = made.traces
    assert stored.said == "held in night 2 (not yet in night 1), last in night 2"
    assert [what for _, what in stored.events] == [
        "night 2: app held litellm 1.82.8 in its files",
        "night 3: app no longer held litellm 1.82.8 in its files",
    ]
    assert (made.verdict, made.exit_code) == ("hit", 1)
    assert "is here no longer" in render(made, "text")
    assert any(step.phase == "isolate" and "Find every machine" in step.do for step in made.clean)


@pytest.mark.parametrize("name", format_names())
def test_every_format_is_the_same_twice_and_harmless(tmp_path: Path, incident: Incident, name: str) -> None:
    folder = tmp_path / "<script>\x1b[31m@all"
    folder.mkdir()
    (folder / "requirements.txt").write_text("litellm==1.82.8\n", "utf-8")
    made = ask(incident, Where((str(tmp_path),)))
    text = render(made, name)
    assert text == render(made, name)
    assert "\x1b" not in text
    if name == "markdown":
        assert "<script" not in text
    if name == "json":
        assert json.loads(text)["verdict"] == "hit"


def packed(path: Path, requirements: str) -> None:
    data = requirements.encode()
    member = tarfile.TarInfo("shop-main/api/requirements.txt")
    member.size = len(data)
    with tarfile.open(path, "w:gz") as archive:
        archive.addfile(member, io.BytesIO(data))


def test_an_archive_that_is_named_is_read_and_one_below_a_folder_is_told(tmp_path: Path, incident: Incident) -> None:
    place = tmp_path / "shop.tar.gz"
    packed(place, "requests==2.31.0\nlitellm==1.82.8\n")
    made = ask(incident, Where((str(place),)))
    assert [(t.kind, t.place, t.line, t.version) for t in made.traces] == [
        ("locked", f"{place}/api/requirements.txt", 2, "1.82.8")
    ]
    below = ask(incident, Where((str(tmp_path),)))
    assert (below.exit_code, below.traces) == (3, [])
    (gap,) = [gap for gap in below.gaps if gap.place == "archives"]
    assert gap.why == f"1 was not opened, such as {place}: name one to have it read"
    assert not gap.failed
    packed(place, "litellm==1.82.6\n")
    clean = ask(incident, Where((str(place),)))
    assert clean.exit_code == 0
    assert "1 lock or manifest, 0 environments" in render(clean, "text")


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("deps.txt", "hit"),  # no folder is searched for it, but it was named
        ("README.md", "incomplete"),
        ("deps.lst", "incomplete"),
        ("litellm-1.82.8-py3-none-any.whl", "hit"),
        ("litellm-1.82.8.tar.gz", "hit"),
        ("other.whl", "hit"),
        ("other.tar.gz", "hit"),
    ],
)
def test_a_file_that_is_named_is_read_or_the_answer_is_incomplete(
    tmp_path: Path, incident: Incident, name: str, verdict: str
) -> None:
    place = tmp_path / name
    if name.endswith(".whl"):
        with zipfile.ZipFile(place, "w") as archive:
            archive.writestr("litellm-1.82.8.dist-info/METADATA", "Name: litellm\n")
    elif name.endswith(".gz"):
        with tarfile.open(place, "w:gz") as sdist:
            sdist.addfile(tarfile.TarInfo("litellm-1.82.8/PKG-INFO"), io.BytesIO())
    else:
        place.write_text("litellm==1.82.8\n", "utf-8")
    made = ask(incident, Where((str(place),)))
    assert made.verdict == verdict, made.gaps
    assert all(render(made, form) for form in format_names())


def test_an_archive_that_cannot_be_read_is_never_clean(tmp_path: Path, incident: Incident) -> None:
    place = tmp_path / "shop.tar.gz"
    packed(place, "litellm==1.82.8\n" * 500)
    whole = place.read_bytes()
    for data in (b"", b"no archive", whole[: len(whole) // 2]):
        place.write_bytes(data)
        assert ask(incident, Where((str(place),))).exit_code == 4, data


PIXI = """\
version: 6
environments:
  default:
    channels: [{{ url: https://index.example/conda-forge/ }}]
    packages:
      linux-64:
      - pypi: https://files.example/litellm-{0}-py3-none-any.whl
packages:
- pypi: https://files.example/litellm-{0}-py3-none-any.whl
  name: litellm
  version: {0}
"""
HASHES = ", ".join(f'"sha256:{at:064x}"' for at in range(60))
LOCKS = {
    "poetry.lock": '[[package]]\nname = "litellm"\nversion = "{0}"\ndescription = ""\noptional = false\nfiles = []\n',
    "Pipfile.lock": '{{"_meta": {{}}, "default": {{"litellm": {{"hashes": [' + HASHES + '], "version": "=={0}"}}}}}}',
    "package-lock.json": '{{"lockfileVersion": 3, "packages": {{"node_modules/axios": {{"version": "{1}"}}}}}}',
    "yarn.lock": '# yarn lockfile v1\n\naxios@^1.0.0, axios@^1.14.0:\n  version "{1}"\n  resolved "https://index.example/a"\n',
    "pnpm-lock.yaml": "lockfileVersion: '9.0'\npackages:\n  axios@{1}:\n    resolution: {{integrity: sha512-aa}}\n",
    "pylock.toml": 'lock-version = "1.0"\ncreated-by = "x"\n[[packages]]\nname = "litellm"\nversion = "{0}"\n',
    "requirements.txt": "LiteLLM[proxy] == {0}\n",
    "pixi.lock": PIXI,
}


@pytest.mark.parametrize("name", LOCKS)
def test_every_lock_names_the_bad_release_and_no_other(tmp_path: Path, incident: Incident, name: str) -> None:
    (tmp_path / name).write_text(LOCKS[name].format("1.82.8", "1.14.1"), "utf-8")
    made = ask(incident, Where((str(tmp_path),)))
    assert [(t.kind, t.version in {"1.82.8", "1.14.1"}) for t in made.traces] == [("locked", True)], made.gaps
    (tmp_path / name).write_text(LOCKS[name].format("1.82.6", "1.14.0"), "utf-8")
    assert ask(incident, Where((str(tmp_path),))).exit_code == 0


def test_a_name_that_is_written_with_escapes_does_not_hide(tmp_path: Path, incident: Incident) -> None:
    text = '{"lockfileVersion": 3, "packages": {"node_modules/\\u0061xios": {"version": "1.14\\u002e1"}}}'
    (tmp_path / "package-lock.json").write_text(text, "utf-8")
    assert ask(incident, Where((str(tmp_path),))).verdict == "hit"


def test_a_hash_tells_a_bad_archive_whatever_its_version(tmp_path: Path, incident: Incident) -> None:
    (tmp_path / "requirements.txt").write_text(f"litellm==1.0 --hash=sha256:{'ab' * 32}\n", "utf-8")
    assert ask(incident, Where((str(tmp_path),))).verdict == "hit"

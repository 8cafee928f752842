"""Pages of an index: every wrong shape is an error that names the page, whatever stands in it."""

from __future__ import annotations

import copy
import json
import random
import time
from typing import Any

import pytest

from depscan.errors import RegistryError
from depscan.registry import npm, simple
from depscan.registry.records import Project

URL = "https://index.example/simple/alpha/"
JSON = "application/vnd.pypi.simple.v1+json"
GOOD: dict[str, Any] = {
    "meta": {"api-version": "1.4"},
    "name": "Alpha",
    "project-status": {"status": "quarantined", "reason": "malware"},
    "versions": ["1.0", "1.0.post1"],
    "files": [
        {
            "filename": "alpha-1.0-py3-none-any.whl",
            "url": "../../files/alpha-1.0-py3-none-any.whl",
            "hashes": {"sha256": "A" * 64, "blake2b": "x"},
            "requires-python": ">=3.9",
            "core-metadata": {"sha256": "b" * 64},
            "yanked": "bad build",
            "size": 12,
            "upload-time": "2026-11-01T10:00:00.123456Z",
            "provenance": "https://index.example/integrity/x",
            "gpg-sig": True,
        },
        {"filename": "alpha-1.0.post1.tar.gz", "url": "https://files.example/alpha-1.0.post1.tar.gz", "hashes": {}},
    ],
}


def page(value: object, kind: str = JSON) -> Project:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return simple.read_page(body, kind, URL, "https://index.example/simple", "alpha")


def test_all_that_a_page_states_is_read() -> None:
    project = page(GOOD)
    packed, sdist = project.files
    assert (project.status, project.status_reason) == ("quarantined", "malware")
    assert project.versions == ("1.0", "1.0.post1")
    assert packed.url == "https://index.example/files/alpha-1.0-py3-none-any.whl"
    assert packed.hashes == (("sha256", "a" * 64),)
    assert packed.metadata == (("sha256", "b" * 64),)
    assert (packed.yanked, packed.size, packed.requires_python) == ("bad build", 12, ">=3.9")
    assert packed.upload_time == "2026-11-01T10:00:00.123456Z"
    assert (sdist.version, sdist.hashes, sdist.metadata, sdist.size) == ("1.0.post1", (), None, -1)


@pytest.mark.parametrize("value", [True, {}, {"sha512": "c" * 128}])
def test_metadata_is_told_from_its_absence(value: object) -> None:
    row = {**GOOD["files"][0], "core-metadata": value}
    found = page({**GOOD, "files": [row]}).files[0].metadata
    assert found == ((("sha512", "c" * 128),) if value and value is not True else ())
    assert page({**GOOD, "files": [{**row, "core-metadata": False}]}).files[0].metadata is None


def wrong(**change: object) -> dict[str, Any]:
    return {**GOOD, **change}


def row(**change: object) -> dict[str, Any]:
    return wrong(files=[{**GOOD["files"][0], **{k.replace("_", "-"): v for k, v in change.items()}}])


@pytest.mark.parametrize(
    "value",
    [
        b"", b"{", b"[]", b"null", b"[" * 100_000, b'{"meta": ' + b"9" * 10_000 + b"}", b"\xff\xfe", b"NaN",
        wrong(meta=None), wrong(meta={"api-version": "2.0"}), wrong(meta={"api-version": 1.0}), wrong(name="beta"),
        wrong(name=None), wrong(files=None), wrong(files={}), wrong(files=[1]), wrong(versions="1.0"),
        wrong(versions=[1]),
        wrong(**{"project-status": "active"}), wrong(**{"project-status": {"status": "fine"}}),
        wrong(**{"project-status": {"status": "active", "reason": 1}}), wrong(**{"project-status": {"status": []}}),
        row(filename="../../../etc/passwd"), row(filename=""), row(filename=".pth"), row(filename="a\nb.whl"),
        row(filename="x" * 300), row(filename=7), row(filename="a\\b.whl"), row(filename="C:a.whl"),
        row(url="file:///etc/passwd"), row(url="javascript:alert(1)"), row(url=""), row(url=None), row(url="http://["),
        row(url="http://files.example/x.whl"), row(url="https://files.example/" + "x" * 9000), row(url="https://a b/x"),
        row(hashes=None), row(hashes=[]), row(hashes={"sha256": 1}), row(hashes={"sha256": "zz"}),
        row(size=-1), row(size="12"), row(size=True), row(size=1e9), row(size=1 << 60), row(upload_time="yesterday"),
        row(upload_time=5), row(yanked=3), row(yanked="x" * 5000), row(core_metadata=[1]),
        row(core_metadata="sha256=1"),
        row(provenance=5), row(requires_python=5), row(requires_python="x" * 5000),
    ],
)  # fmt: skip
def test_json_of_a_wrong_shape_is_an_error_that_names_the_page(value: object) -> None:
    with pytest.raises(RegistryError) as caught:
        page(value)
    assert "index.example" in str(caught.value)
    assert len(str(caught.value)) < 2000


@pytest.mark.parametrize("kind", ["", "application/json", "image/png", "text/plain", "application/octet-stream"])
def test_a_page_of_another_type_is_an_error(kind: str) -> None:
    with pytest.raises(RegistryError, match="its type is"):
        page(GOOD, kind)


def html(body: str, head: str = "") -> Project:
    return page(f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>".encode(), "text/html")


def test_html_is_read_with_all_its_attributes() -> None:
    project = html(
        '<a href="/files/alpha-1.0-py3-none-any.whl#sha256='
        + "a" * 64
        + '" data-yanked data-requires-python="&gt;=3.9" '
        'data-dist-info-metadata="sha256=' + "b" * 64 + '" data-provenance="/p/1">x</a>'
        "<A HREF='alpha-1.1.zip' data-core-metadata=true>x</A><a href='https://home.example/'>home</a><a>none</a>",
        '<meta name="pypi:project-status" content="archived"><base href="https://index.example/base/">',
    )
    packed, sdist = project.files
    assert project.status == "archived"
    assert packed.url == "https://index.example/files/alpha-1.0-py3-none-any.whl"
    assert (packed.hashes, packed.yanked, packed.requires_python) == ((("sha256", "a" * 64),), "", ">=3.9")
    assert (packed.metadata, packed.provenance) == ((("sha256", "b" * 64),), "https://index.example/p/1")
    assert (sdist.url, sdist.version, sdist.metadata) == ("https://index.example/base/alpha-1.1.zip", "1.1", ())


def test_an_empty_html_page_must_say_that_it_is_one() -> None:
    assert html("", '<meta name="pypi:repository-version" content="1.0">').files == ()
    with pytest.raises(RegistryError, match="links no file"):
        html('<h1>Please log in</h1><a href="/login">here</a>')


@pytest.mark.parametrize(
    "body",
    [
        '<a href="http://files.example/alpha-1.0.zip">x</a>', '<a href="ftp://files.example/alpha-1.0.zip">x</a>',
        '<a href="a%2F..%2F..%2Fx.whl">x</a>', '<a href="alpha-1.0.zip#sha256=12">x</a>', '<a href="http://[/x.whl">x</a>',
        '<a href="%00.zip">x</a>', "<a" * 100_000, "<!--" * 100_000, "<![CDATA[" * 50_000, "<a " + "x=1 " * 200_000,
        "<" * 300_000, '<a href="' + "x" * 200_000, "&" * 300_000, "<!" * 200_000, "<?" * 200_000, "</" * 200_000,
    ],
)  # fmt: skip
def test_hostile_html_is_an_error_in_seconds(body: str) -> None:
    begin = time.monotonic()
    with pytest.raises(RegistryError):
        html(body)
    assert time.monotonic() - begin < 5


def test_mutated_pages_are_read_or_refused_and_raise_nothing_else() -> None:
    dice = random.Random(5)
    base = json.dumps(GOOD).encode()
    for _ in range(1500):
        data = bytearray(base)
        for _ in range(dice.randint(1, 4)):
            at = dice.randrange(len(data))
            data[at : at + dice.randint(0, 8)] = dice.randbytes(dice.randint(0, 4))
        for kind in (JSON, "text/html"):
            try:
                page(bytes(data), kind)
            except RegistryError:
                continue


PACKUMENT: dict[str, Any] = {
    "name": "@scope/alpha",
    "versions": {
        "1.0.0": {
            "dist": {
                "tarball": "http://index.example/@scope/alpha/-/alpha-1.0.0.tgz",
                "integrity": "sha512-" + "A" * 86 + "==",
                "shasum": "b" * 40,
                "attestations": {"url": "https://index.example/attestations/1"},
            },
            "deprecated": "use beta",
        },
        "1.1.0": {"dist": {"tarball": "https://files.example/alpha-1.1.0.tgz"}},
    },
    "time": {"created": "x", "1.0.0": "2026-01-01T00:00:00.000Z"},
}


def packument(value: object, kind: str = "application/json") -> Project:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return npm.read_page(body, kind, "https://index.example/@scope%2Falpha", "https://index.example", "@scope/alpha")


def test_a_packument_is_read() -> None:
    first, second = packument(PACKUMENT).files
    assert first.url == "https://index.example/@scope/alpha/-/alpha-1.0.0.tgz"
    assert first.hashes == (("sha512", "0" * 128), ("sha1", "b" * 40))
    assert (first.yanked, first.upload_time) == ("use beta", "2026-01-01T00:00:00.000Z")
    assert first.provenance == "https://index.example/attestations/1"
    assert (second.name, second.version, second.hashes, second.yanked) == ("alpha-1.1.0.tgz", "1.1.0", (), None)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("name",), "other"), (("name",), None), (("versions",), None), (("versions",), []), (("time",), []),
        (("versions", "1.0.0"), None), (("versions", "1.0.0", "dist"), 1),
        (("versions", "1.0.0", "dist", "tarball"), None),
        (("versions", "1.0.0", "dist", "tarball"), "https://files.example/../"),
        (("versions", "1.0.0", "dist", "tarball"), "http://files.example/a.tgz"),
        (("versions", "1.0.0", "dist", "integrity"), "sha512-!!"), (("versions", "1.0.0", "dist", "shasum"), "x"),
    ],
)  # fmt: skip
def test_a_packument_of_a_wrong_shape_is_an_error(path: tuple[str, ...], value: object) -> None:
    changed = copy.deepcopy(PACKUMENT)
    inside = changed
    for step in path[:-1]:
        inside = inside[step]
    inside[path[-1]] = value
    with pytest.raises(RegistryError, match=r"index\.example"):
        packument(changed)


def test_a_packument_of_another_type_is_an_error() -> None:
    with pytest.raises(RegistryError, match="its type is"):
        packument(PACKUMENT, "text/html")

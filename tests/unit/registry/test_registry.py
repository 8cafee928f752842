"""The index client on a sound index: what it finds, what the second run asks, and what offline means."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from depscan.errors import HashMismatch, NotThere, RegistryError
from depscan.registry.cache import Cache, Page
from depscan.registry.registry import Registry
from tests.unit.registry.loopback import DAY, Loopback, sha256
from tests.unit.registry.wheels import metadata_of, registry, wheel


@pytest.fixture(params=["json", "html"])
def index(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Loopback]:
    folder = tmp_path / "archives"
    folder.mkdir()
    for name in ("alpha", "beta"):
        wheel(str(folder), name, requires=("gamma>=2",), beside=name == "alpha")
    (folder / "alpha-0.9.tar.gz").write_bytes(b"an sdist")
    with Loopback(str(folder), html=request.param == "html") as made:
        yield made


def everything(client: Registry) -> tuple[bytes | None, str, bytes]:
    project = client.project("PyPI", "Alpha")
    packed = next(f for f in project.files if f.name.endswith(".whl"))
    other = client.project("PyPI", "beta").files[0]
    return client.metadata(packed), client.fetch(packed), client.source(other).at(0, 4)


def test_a_project_is_read_as_the_index_states_it(index: Loopback, tmp_path: Path) -> None:
    index.yanked["alpha-0.9.tar.gz"] = "broken"
    index.provenance["alpha-1.0-py3-none-any.whl"] = f"{index.base}/integrity/alpha"
    index.states["alpha"] = ("archived", "no longer kept")
    with registry(index.url, tmp_path / "cache") as client:
        project = client.project("PyPI", "Alpha")
    sdist, packed = project.files
    assert (project.name, project.index, project.status) == ("alpha", index.url, "archived")
    assert project.status_reason == "no longer kept"
    assert (sdist.version, sdist.yanked, packed.yanked) == ("0.9", "broken", None)
    assert packed.hashes == (("sha256", sha256(f"{index.folder}/{packed.name}")),)
    assert packed.provenance == f"{index.base}/integrity/alpha"
    assert packed.metadata == (("sha256", sha256(f"{index.folder}/{packed.name}.metadata")),)
    assert set(project.versions) == {"0.9", "1.0"}


def test_json_states_sizes_and_upload_times(index: Loopback, tmp_path: Path) -> None:
    with registry(index.url, tmp_path / "cache") as client:
        file = client.project("PyPI", "beta").files[0]
    size = os.path.getsize(f"{index.folder}/{file.name}")
    assert (file.size, file.upload_time) == ((-1, "") if index.html else (size, DAY))


def test_core_metadata_comes_without_the_wheel(index: Loopback, tmp_path: Path) -> None:
    with registry(index.url, tmp_path / "cache") as client:
        packed = client.project("PyPI", "alpha").files[1]
        assert client.metadata(packed) == metadata_of("alpha", "1.0", ("gamma>=2",))
        assert client.metadata(client.project("PyPI", "beta").files[0]) is None
    assert [one.path for one in index.asked("/files/")] == [f"/files/{packed.name}.metadata"]


def test_a_fetched_file_keeps_its_name(index: Loopback, tmp_path: Path) -> None:
    with registry(index.url, tmp_path / "cache") as client:
        file = client.project("PyPI", "beta").files[0]
        path = client.fetch(file)
    assert os.path.basename(path) == file.name
    assert sha256(path) == file.hashes[0][1]


def test_the_second_run_asks_conditionally_for_pages_and_for_no_file(index: Loopback, tmp_path: Path) -> None:
    with registry(index.url, tmp_path / "cache") as client:
        first = everything(client)
    seen = len(index.log)
    with registry(index.url, tmp_path / "cache") as client:
        assert everything(client) == first
        assert client.received == 0
    again = index.log[seen:]
    assert [(one.path, one.status) for one in again] == [("/simple/alpha/", 304), ("/simple/beta/", 304)]
    assert all("if-none-match" in one.headers for one in again)


def test_offline_answers_from_the_cache_and_opens_no_socket(
    index: Loopback, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with registry(index.url, tmp_path / "cache") as client:
        first = everything(client)

    def refuse(*_: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    with registry(index.url, tmp_path / "cache", offline=True) as client:
        assert everything(client) == first
        with pytest.raises(RegistryError, match="offline and not in the cache"):
            client.project("PyPI", "gamma")
        with pytest.raises(RegistryError, match="offline and not in the cache"):
            client.fetch(client.project("PyPI", "alpha").files[0])


def test_a_name_that_no_index_has_is_an_answer_of_its_own(index: Loopback, tmp_path: Path) -> None:
    with registry(index.url, tmp_path / "cache") as client, pytest.raises(NotThere) as caught:
        client.project("PyPI", "delta")
    assert caught.value.exit_code == 4


@pytest.mark.parametrize("name", ["", "../x", "a/b", "a b", "é", "x" * 300, "a?b", "-a"])
def test_a_name_that_is_none_is_never_asked_for(name: str, index: Loopback, tmp_path: Path) -> None:
    with registry(index.url, tmp_path / "cache") as client, pytest.raises(RegistryError, match="no name"):
        client.project("PyPI", name)
    assert index.log == []


def test_a_lock_that_allows_another_file_stops_before_anything_is_fetched(index: Loopback, tmp_path: Path) -> None:
    with registry(index.url, tmp_path / "cache") as client:
        file = client.project("PyPI", "beta").files[0]
        with pytest.raises(HashMismatch) as caught:
            client.fetch(file, [("sha256", "1" * 64)])
        assert client.fetch(file, [("sha256", "1" * 64), file.hashes[0]])
    assert caught.value.expected == f"sha256:{'1' * 64}"
    assert caught.value.actual == f"sha256:{file.hashes[0][1]}"
    assert len(index.asked("/files/")) == 1


def test_a_lock_with_another_kind_of_hash_is_compared_with_the_bytes(index: Loopback, tmp_path: Path) -> None:
    with registry(index.url, tmp_path / "cache") as client:
        file = client.project("PyPI", "beta").files[0]
        with pytest.raises(HashMismatch, match="none of the files that the lock allows"):
            client.fetch(file, [("sha512", "1" * 128)])
        with pytest.raises(RegistryError, match="nothing can be compared"):
            client.fetch(file, [("blake7", "1" * 128)])


def test_a_damaged_file_in_the_cache_is_fetched_again(index: Loopback, tmp_path: Path) -> None:
    with registry(index.url, tmp_path / "cache") as client:
        file = client.project("PyPI", "beta").files[0]
        path = client.fetch(file)
        Path(path).write_bytes(b"other bytes")
        assert sha256(client.fetch(file)) == file.hashes[0][1]
    assert len(index.asked("/files/")) == 2


def test_a_damaged_page_in_the_cache_is_asked_for_again(index: Loopback, tmp_path: Path) -> None:
    with registry(index.url, tmp_path / "cache") as client:
        first = client.project("PyPI", "beta")
    for page in (tmp_path / "cache" / "registry-1" / "pages").rglob("*"):
        if page.is_file():
            page.write_bytes(page.read_bytes()[:-3] + b"???")
    with registry(index.url, tmp_path / "cache") as client:
        assert client.project("PyPI", "beta") == first
    assert [one.status for one in index.asked("/simple/beta/")] == [200, 200]


def test_a_cache_that_others_can_write_is_not_used(index: Loopback, tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "registry-1"
    folder.mkdir(parents=True)
    folder.chmod(0o777)
    with registry(index.url, tmp_path / "cache") as client:
        path = client.fetch(client.project("PyPI", "beta").files[0])
        assert os.path.exists(path)
    assert list(folder.iterdir()) == []
    assert not os.path.exists(path)


def test_the_cache_is_the_users_own(index: Loopback, tmp_path: Path) -> None:
    with registry(index.url, tmp_path / "cache") as client:
        client.project("PyPI", "beta")
    assert (tmp_path / "cache" / "registry-1").stat().st_mode & 0o777 == 0o700


def test_without_a_configured_index_nothing_is_asked(tmp_path: Path) -> None:
    with registry("", tmp_path / "cache") as client:
        for ecosystem in ("PyPI", "npm"):
            with pytest.raises(RegistryError, match="is configured"):
                client.project(ecosystem, "alpha")
        with pytest.raises(RegistryError, match="no client for the ecosystem"):
            client.project("RubyGems", "alpha")
        with pytest.raises(RegistryError, match="no http or https index"):
            client.project("PyPI", "alpha", "file:///etc")


def test_many_threads_share_one_client(index: Loopback, tmp_path: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with registry(index.url, tmp_path / "cache") as client, ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: everything(client), range(24)))
    assert len(set(found)) == 1


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("depscan.registry.cache._KEEP", 2_500)
    cache = Cache(str(tmp_path / "cache"))
    for number, key in enumerate(("a" * 64, "b" * 64, "c" * 64)):
        cache.keep_page(key, Page("u", "t", "", "", b"x" * 1000))
        path = tmp_path / "cache" / "registry-1" / "pages" / key[:2] / key[2:]
        os.utime(path, (number, number))
    cache.close()
    assert [cache.page(key * 64) is not None for key in "abc"] == [False, True, True]

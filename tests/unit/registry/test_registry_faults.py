"""A broken or hostile index: every fault is an error of exit code 4 within seconds, never another answer."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from depscan.errors import HashMismatch, RegistryError
from depscan.registry.records import Budget, IndexFile
from depscan.registry.registry import Registry
from tests.unit.registry.loopback import Loopback
from tests.unit.registry.wheels import HASTY, QUICK, metadata_of, registry, wheel

PAGE = "/simple/alpha/"
FILE = "/files/alpha-1.0-py3-none-any.whl"


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Loopback]:
    folder = tmp_path / "archives"
    folder.mkdir()
    wheel(str(folder), "alpha", files={"alpha/data.bin": random.Random(3).randbytes(1 << 18)}, beside=True)
    with Loopback(str(folder)) as made:
        yield made


def limits(mode: str) -> Budget:
    return HASTY if mode.startswith("drip") else QUICK


@pytest.fixture
def client(index: Loopback, tmp_path: Path) -> Iterator[Registry]:
    with registry(index.url, tmp_path / "cache") as made:
        yield made


def alpha(client: Registry) -> IndexFile:
    return client.project("PyPI", "alpha").files[0]


def read_all(client: Registry) -> bytes:
    source = client.source(alpha(client))
    return source.at(0, source.size)


def ends_in_an_error(what: Callable[[], object]) -> RegistryError:
    begin = time.monotonic()
    with pytest.raises(RegistryError) as caught:
        what()
    assert time.monotonic() - begin < 12
    assert caught.value.exit_code == 4
    return caught.value


PAGE_FAULTS = ["truncated", "endless", "redirect-host", "redirect-loop", "wrong-type", "invalid-json", "500-always",
               "drip", "drip-headers", "bomb", "missing"]  # fmt: skip


@pytest.mark.parametrize("mode", PAGE_FAULTS)
def test_a_fault_of_a_page_is_an_error(mode: str, index: Loopback, tmp_path: Path) -> None:
    index.mode[PAGE] = mode
    with registry(index.url, tmp_path / "cache", limits(mode)) as client:
        ends_in_an_error(lambda: client.project("PyPI", "alpha"))


@pytest.mark.parametrize("mode", PAGE_FAULTS)
def test_a_fault_of_a_page_is_an_error_on_the_second_run_too(mode: str, index: Loopback, tmp_path: Path) -> None:
    with registry(index.url, tmp_path / "cache") as client:
        client.project("PyPI", "alpha")
    index.mode[PAGE] = mode
    with registry(index.url, tmp_path / "cache", limits(mode)) as client:
        ends_in_an_error(lambda: client.project("PyPI", "alpha"))


FILE_FAULTS = ["wrong-hash", "truncated", "endless", "redirect-host", "redirect-loop", "wrong-type", "invalid-json",
               "500-always", "drip", "drip-headers", "bomb", "missing"]  # fmt: skip


@pytest.mark.parametrize("mode", FILE_FAULTS)
def test_a_fault_of_a_file_is_an_error(mode: str, index: Loopback, tmp_path: Path) -> None:
    index.mode[FILE] = mode
    with registry(index.url, tmp_path / "cache", limits(mode)) as client:
        ends_in_an_error(lambda: client.fetch(alpha(client)))
    assert [p for p in (tmp_path / "cache" / "registry-1" / "files").rglob("*") if p.is_file()] == []
    assert list((tmp_path / "cache" / "registry-1" / "parts").iterdir()) == []


@pytest.mark.parametrize("mode", [m for m in FILE_FAULTS if m not in {"wrong-hash", "missing"}])
def test_a_fault_of_core_metadata_is_an_error(mode: str, index: Loopback, tmp_path: Path) -> None:
    index.mode[f"{FILE}.metadata"] = mode
    with registry(index.url, tmp_path / "cache", limits(mode)) as client:
        ends_in_an_error(lambda: client.metadata(alpha(client)))


def test_metadata_of_another_hash_is_refused(index: Loopback, client: Registry) -> None:
    index.mode[f"{FILE}.metadata"] = "wrong-hash"
    with pytest.raises(HashMismatch):
        client.metadata(alpha(client))


def test_announced_metadata_that_is_not_there_is_none(index: Loopback, client: Registry) -> None:
    index.mode[f"{FILE}.metadata"] = "missing"
    assert client.metadata(alpha(client)) is None


@pytest.mark.parametrize("mode", [m for m in FILE_FAULTS if m not in {"wrong-hash", "invalid-json"}])
def test_a_fault_of_range_reads_is_an_error(mode: str, index: Loopback, tmp_path: Path) -> None:
    index.mode[FILE] = mode
    with registry(index.url, tmp_path / "cache", limits(mode)) as client:
        ends_in_an_error(lambda: read_all(client))


def test_a_wrong_hash_names_both(index: Loopback, client: Registry) -> None:
    index.mode[FILE] = "wrong-hash"
    with pytest.raises(HashMismatch) as caught:
        client.fetch(alpha(client))
    assert caught.value.expected == f"sha256:{'0' * 64}"
    assert caught.value.actual.startswith("sha256:")


@pytest.mark.parametrize("path", [PAGE, FILE, f"{FILE}.metadata"])
def test_one_failure_of_the_server_is_overcome(path: str, index: Loopback, client: Registry) -> None:
    index.mode[path] = "500-once"
    file = alpha(client)
    assert client.metadata(file) == metadata_of("alpha", "1.0")
    client.fetch(file)
    assert [one.status for one in index.asked(path) if one.path == path] == [500, 200]


def test_the_servers_wish_to_wait_is_heeded_within_limits(index: Loopback, tmp_path: Path) -> None:
    waits: list[float] = []
    index.mode[PAGE] = "500-always"
    with registry(index.url, tmp_path / "cache", QUICK._replace(sleep=waits.append)) as client:
        ends_in_an_error(lambda: client.project("PyPI", "alpha"))
    assert waits == [0.5, 1.0]


def test_an_endless_body_costs_no_more_than_its_limit(index: Loopback, tmp_path: Path) -> None:
    index.mode[PAGE] = "endless"
    with registry(index.url, tmp_path / "cache") as client:
        ends_in_an_error(lambda: client.project("PyPI", "alpha"))
        assert client.received <= QUICK.page + (1 << 16)


def test_an_endless_file_ends_at_the_size_the_index_states(index: Loopback, client: Registry) -> None:
    index.mode[FILE] = "endless"
    file = alpha(client)
    ends_in_an_error(lambda: client.fetch(file))
    assert client.received < file.size + (1 << 18)


def test_the_budget_of_bytes_holds_over_all_requests(index: Loopback, tmp_path: Path) -> None:
    with registry(index.url, tmp_path / "cache", QUICK._replace(total=20_000)) as client:
        error = ends_in_an_error(lambda: client.fetch(alpha(client)))
    assert "budget of 20000 bytes" in str(error)
    assert len(index.asked(FILE)) <= 1 + QUICK.attempts


def test_the_budget_of_seconds_holds_over_all_requests(tmp_path: Path, index: Loopback) -> None:
    with registry(index.url, tmp_path / "cache", QUICK._replace(seconds=1)) as client:
        client.project("PyPI", "alpha")
        time.sleep(1.1)
        error = ends_in_an_error(lambda: client.fetch(alpha(client)))
    assert "budget of 1 seconds" in str(error)


def test_a_host_that_does_not_answer_is_not_asked_for_ever(tmp_path: Path) -> None:
    with registry("http://127.0.0.1:1/simple", tmp_path / "cache") as client:
        for name in ("a", "b", "c"):
            ends_in_an_error(lambda name=name: client.project("PyPI", name))  # type: ignore[misc]
        sent = client.requests
        error = ends_in_an_error(lambda: client.project("PyPI", "d"))
        assert client.requests == sent
    assert "did not answer" in str(error)


def test_files_may_come_from_another_host_if_their_hash_fits(index: Loopback, tmp_path: Path) -> None:
    with Loopback(index.folder) as other:
        index.mode[FILE] = f"{other.base}{FILE}"
        with registry(index.url, tmp_path / "cache") as client:
            client.fetch(alpha(client))
            assert client.moves == ((index.base[7:], other.base[7:]),)


def test_a_page_may_not_come_from_another_host(index: Loopback, tmp_path: Path) -> None:
    with Loopback(index.folder) as other:
        index.mode[PAGE] = f"{other.base}{PAGE}"
        with registry(index.url, tmp_path / "cache") as client:
            error = ends_in_an_error(lambda: client.project("PyPI", "alpha"))
        assert other.log == []
    assert "another host" in str(error)


@pytest.mark.parametrize(
    "place", ["file:///etc/passwd", "ftp://files.example/x", "http://", "http://[", "//", "\\\\x\\y"]
)
def test_a_redirect_to_no_web_address_is_refused(place: str, index: Loopback, client: Registry) -> None:
    index.mode[PAGE] = place if "://" in place else f"/{place}"
    ends_in_an_error(lambda: client.project("PyPI", "alpha"))


def test_a_redirect_on_the_same_host_is_followed(index: Loopback, client: Registry) -> None:
    index.mode["/simple/a-l-p-h-a/"] = PAGE
    with pytest.raises(RegistryError, match="about another project"):
        client.project("PyPI", "a.l.p.h.a")
    assert [one.path for one in index.log] == ["/simple/a-l-p-h-a/", PAGE]


@pytest.mark.parametrize("cut", [0, 200])
def test_a_page_without_length_must_show_that_it_is_whole(cut: int, index: Loopback, client: Registry) -> None:
    index.html = True
    index.mode[PAGE] = "no-length"
    index.cut = cut
    if cut:
        ends_in_an_error(lambda: client.project("PyPI", "alpha"))
    else:
        assert len(client.project("PyPI", "alpha").files) == 1


def test_a_file_with_neither_hash_nor_length_is_an_error(index: Loopback, client: Registry) -> None:
    index.mode[FILE] = "no-length"
    file = alpha(client)
    assert client.fetch(file)
    bare = file._replace(hashes=(), size=-1, url=f"{file.url}?again")
    assert "cut short" in str(ends_in_an_error(lambda: client.fetch(bare)))


def test_a_page_that_cannot_be_read_does_not_take_the_place_of_a_good_one(index: Loopback, tmp_path: Path) -> None:
    with registry(index.url, tmp_path / "cache") as client:
        good = client.project("PyPI", "alpha")
    for mode in ("wrong-type", "invalid-json"):
        index.mode[PAGE] = mode
        with registry(index.url, tmp_path / "cache") as client:
            ends_in_an_error(lambda: client.project("PyPI", "alpha"))
    with registry(index.url, tmp_path / "cache", offline=True) as client:
        assert client.project("PyPI", "alpha") == good

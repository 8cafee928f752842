"""The index file: what is read is checked, what is damaged is an error and never a miss."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from depscan.errors import IntelError
from depscan.intel.build import build
from depscan.intel.files import only_writer, replace_file
from depscan.intel.index import Index
from depscan.intel.layout import HEADER_SIZE, name_hash
from depscan.model.advisory import Advisory
from tests.unit.intel.records import BUILT, export, fixed, introduced, made, record

NAMES = [f"package-{i}" for i in range(40)]
RECORDS = [
    record(f"PYSEC-{i}", name, introduced(), fixed(f"{i}.1"), versions=["7!7"], aliases=[f"CVE-{i}"])
    for i, name in enumerate(NAMES)
]

COLLISION = ("a" * 65, "cccacccaacaaaaccaaccacaaacccccccccccccccaaacaccaaccaaaacaacccaccc")


def answers(path: str, names: list[str]) -> dict[str, list[Advisory] | None]:
    """Return what the index says of each name; None for an IntelError."""
    found: dict[str, list[Advisory] | None] = {}
    for name in names:
        try:
            with Index.open(path) as index:
                found[name] = index.lookup("PyPI", name)
        except IntelError:
            found[name] = None
    return found


def test_what_was_built_is_found_in_any_spelling_of_the_name(tmp_path: Path) -> None:
    path = made(tmp_path, RECORDS).path
    with Index.open(path) as index:
        [found] = index.lookup("PyPI", "Package_.3")
        assert (found.id, found.package, found.versions, found.aliases) == (
            "PYSEC-3",
            "package-3",
            ("7!7",),
            ("CVE-3",),
        )
        assert index.lookup("PyPI", "package-41") == []
        assert index.lookup("npm", "package-3") == []
        assert (index.covers("PyPI"), index.covers("npm"), index.ecosystems) == (True, False, ("PyPI",))
        assert index.verify() == len(RECORDS)
        assert index.names("PyPI") == sorted(NAMES)
        assert [a.id for a in index.find_advisory("CVE-7")] == ["PYSEC-7"]
        info = index.info("2026-02-01")
        assert (info.counts, info.newest, info.age_days) == ({"PyPI": 40}, "2026-01-02T03:04:05Z", 30)


def test_no_flipped_byte_changes_an_answer_silently(tmp_path: Path) -> None:
    path = made(tmp_path, RECORDS[:8]).path
    whole = Path(path).read_bytes()
    names = [*NAMES[:8], "not-there"]
    right = answers(path, names)
    for at in range(0, len(whole), 7):
        Path(path).write_bytes(whole[:at] + bytes([whole[at] ^ 0x5A]) + whole[at + 1 :])
        for name, answer in answers(path, names).items():
            assert answer in (None, right[name]), (at, name)
        with pytest.raises(IntelError), Index.open(path) as index:
            index.verify()


@pytest.mark.parametrize("keep", [0, 1, HEADER_SIZE - 1, HEADER_SIZE, HEADER_SIZE + 9, -1])
def test_a_truncated_file_is_refused(tmp_path: Path, keep: int) -> None:
    path = Path(made(tmp_path, RECORDS).path)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(IntelError):
        Index.open(str(path))


@pytest.mark.parametrize("content", [b"", b"SQLite format 3\0" * 99, b"\0" * 4096, b"{}"])
def test_a_foreign_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "advisories.idx").write_bytes(content)
    with pytest.raises(IntelError):
        Index.open(str(tmp_path / "advisories.idx"))


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "no.idx", tmp_path):
        with pytest.raises(IntelError):
            Index.open(str(path))


def test_names_with_one_hash_are_told_apart(tmp_path: Path) -> None:
    # Both CRCs of the hash are linear, so a pattern of differing bits that is a multiple of both polynomials
    # collides in every name of that length. The two texts below were found by solving for one.
    left, right = COLLISION
    assert name_hash(left) == name_hash(right)
    given = [record("X-1", left, ecosystem="npm"), record("X-2", right, ecosystem="npm")]
    with Index.open(made(tmp_path, given, "npm").path) as index:
        assert [a.id for a in index.lookup("npm", left)] == ["X-1"]
        assert [a.id for a in index.lookup("npm", right)] == ["X-2"]
        assert index.verify() == 2


def test_the_same_sources_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = made(tmp_path / "a", RECORDS), made(tmp_path / "b", list(reversed(RECORDS)))
    with Index.open(first.path) as one, Index.open(second.path) as two:
        assert one.raw_section("PyPI") == two.raw_section("PyPI")
    again = made(tmp_path / "c", RECORDS)
    assert Path(first.path).read_bytes() == Path(again.path).read_bytes()


def test_building_one_ecosystem_keeps_the_others(tmp_path: Path) -> None:
    made(tmp_path, RECORDS)
    npm = [record("MAL-1", "@Scope/Evil", introduced(), ecosystem="npm", type="SEMVER")]
    report = made(tmp_path, npm, "npm")
    assert report.counts == {"PyPI": 40, "npm": 1}
    report = made(tmp_path, RECORDS[:3])
    assert report.counts == {"PyPI": 3, "npm": 1}
    with Index.open(report.path) as index:
        assert index.lookup("npm", "@Scope/Evil")[0].id == "MAL-1"
        assert index.lookup("npm", "@scope/evil") == []
        assert index.lookup("PyPI", "package-9") == []
        assert index.verify() == 4


def test_entries_of_other_ecosystems_in_an_export_do_not_replace_their_section(tmp_path: Path) -> None:
    made(tmp_path, [record(f"MAL-{i}", f"n{i}", introduced(), ecosystem="npm") for i in range(5)], "npm")
    both = record("GHSA-1")
    both["affected"].append({"package": {"name": "left", "ecosystem": "npm"}, "versions": ["1.0.0"]})
    report = made(tmp_path, [both])
    assert (report.counts, report.foreign) == ({"PyPI": 1, "npm": 5}, 1)


def test_a_broken_old_index_is_replaced_and_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "advisories.idx").write_bytes(b"broken")
    report = made(tmp_path, RECORDS)
    assert report.counts == {"PyPI": 40}
    assert "replaced" in report.problems[0]


def test_a_folder_of_json_and_yaml_is_a_source(tmp_path: Path) -> None:
    source = tmp_path / "vulns"
    (source / "alpha").mkdir(parents=True)
    (source / "alpha" / "PYSEC-1.yaml").write_text(
        "id: PYSEC-1\nmodified: 2026-01-02T00:00:00Z\naffected:\n- package: {name: alpha, ecosystem: PyPI}\n"
        "  ranges:\n  - type: ECOSYSTEM\n    events:\n    - introduced: 0\n    - fixed: 1.10\n  versions:\n"
    )
    (source / "b.json").write_text('{"id": "X-1", "affected": [{"package": {"name": "b", "ecosystem": "Go"}}]}')
    (source / "broken.yml").write_text("a: [1")
    (source / "readme.txt").write_text("no record")
    report = build(str(tmp_path), [str(source)], built=BUILT)
    assert (report.counts, report.malformed) == ({"Go": 1, "PyPI": 1}, 1)
    with Index.open(report.path) as index:
        assert index.lookup("PyPI", "alpha")[0].ranges[0].events == (("introduced", "0"), ("fixed", "1.10"))


def test_malformed_records_are_counted_and_the_rest_is_kept(tmp_path: Path) -> None:
    report = made(tmp_path, ["{", "[" * 100_000, "null", '{"id": 1}', *RECORDS])
    assert (report.counts, report.malformed) == ({"PyPI": 40}, 4)


def test_of_two_records_with_one_id_the_later_one_counts(tmp_path: Path) -> None:
    old = record("X-1", "alpha", introduced(), fixed("1.0"), modified="2025-01-01T00:00:00Z")
    for given in ([old, record("X-1")], [record("X-1"), old]):
        with Index.open(made(tmp_path, given).path) as index:
            assert [a.modified for a in index.lookup("PyPI", "alpha")] == ["2026-01-02T03:04:05Z"]


def test_a_record_from_the_future_does_not_make_the_data_young(tmp_path: Path) -> None:
    given = [record("X-1"), record("X-2", modified="2099-01-01T00:00:00Z")]
    assert made(tmp_path, given).newest == "2026-01-02T03:04:05Z"


def test_bare_names_are_kept_where_no_malicious_record_is_known(tmp_path: Path) -> None:
    listed = tmp_path / "names.tsv"
    listed.write_text("name\tid\tin_all_zip\nAlpha\tMAL-1\t1\nbeta_x\tMAL-2\t0\n")
    report = made(tmp_path, [record("MAL-1", "alpha", introduced())], names=[str(listed)])
    with Index.open(report.path) as index:
        assert [(a.id, a.origin) for a in index.lookup("PyPI", "alpha")] == [("MAL-1", "osv")]
        assert [(a.id, a.origin) for a in index.lookup("PyPI", "beta-x")] == [("MAL-2", "names")]
    assert report.counts == {"PyPI": 1}


@pytest.mark.parametrize("text", ["", "x\ty\n", "name\tid\nalpha\n", "name\tid\n\tMAL-1\n"])
def test_a_list_of_names_without_names_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "names.tsv").write_text(text)
    with pytest.raises(IntelError):
        made(tmp_path, RECORDS, names=[str(tmp_path / "names.tsv")])


def test_a_source_without_advisories_is_refused_and_the_old_index_stays(tmp_path: Path) -> None:
    path = Path(made(tmp_path, RECORDS).path)
    before = path.read_bytes()
    bad = tmp_path / "bad.zip"
    whole = Path(export(str(tmp_path / "s"), "PyPI", RECORDS)).read_bytes()
    damaged = bytearray(whole)
    damaged[len(whole) // 3] ^= 0xFF
    for content in (b"", b"no zip", whole[:-50], whole[: len(whole) // 2], bytes(damaged)):
        bad.write_bytes(content)
        with pytest.raises(IntelError):
            build(str(tmp_path), [str(bad)], built=BUILT)
        assert path.read_bytes() == before
    with pytest.raises(IntelError):
        made(tmp_path, ['{"id": 1}'])
    with pytest.raises(IntelError):
        build(str(tmp_path), [str(tmp_path / "missing.zip")])
    assert path.read_bytes() == before


def test_dying_at_any_piece_leaves_the_old_file_whole(tmp_path: Path) -> None:
    path = tmp_path / "advisories.idx"
    path.write_bytes(b"old")

    def dying(after: int) -> Iterator[bytes]:
        yield from [b"x" * 100_000] * after
        raise KeyboardInterrupt

    for after in range(4):
        with pytest.raises(KeyboardInterrupt):
            replace_file(str(path), dying(after))
        assert (path.read_bytes(), os.listdir(tmp_path)) == (b"old", ["advisories.idx"])


def test_a_killed_writer_leaves_the_old_index_and_no_lock(tmp_path: Path) -> None:
    path = made(tmp_path, RECORDS).path
    before = Path(path).read_bytes()
    script = (
        "import os, sys\n"
        "from depscan.intel.files import only_writer, replace_file\n"
        "def pieces():\n    yield b'x' * 100000\n    os._exit(9)\n"
        "with only_writer(sys.argv[1]):\n    replace_file(sys.argv[1], pieces())\n"
    )
    assert subprocess.run([sys.executable, "-c", script, path], check=False).returncode == 9
    assert Path(path).read_bytes() == before
    assert made(tmp_path, RECORDS[:2]).counts == {"PyPI": 2}


def test_a_second_writer_is_turned_away(tmp_path: Path) -> None:
    with only_writer(str(tmp_path / "advisories.idx")), pytest.raises(IntelError, match="another process"):
        made(tmp_path, RECORDS)


def test_reading_imports_nothing_heavy(tmp_path: Path) -> None:
    path = made(tmp_path, RECORDS).path
    script = (
        "import sys\nfrom depscan.intel.match import match\nfrom depscan.intel.store import open_index\n"
        "from depscan.model.package import Package\n"
        "with open_index(sys.argv[1]) as index:\n"
        "    assert match(index, Package('PyPI', 'package-5', '1.0+cpu.rc1'))\n"
        "heavy = {'packaging', 'cvss', 'hashlib', 'datetime', 'dataclasses', 'pathlib', 'urllib', 'zipfile', 'yaml'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    code = f"import sys; sys.path.insert(0, {os.getcwd()!r})\n{script}"
    done = subprocess.run([sys.executable, "-I", "-c", code, path], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"

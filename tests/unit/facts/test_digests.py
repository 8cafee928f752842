"""Digests of model files: of the whole within a budget, of headers, of templates, and the code beside them."""

from __future__ import annotations

import io
import json
import pickle
import struct
import zipfile
from hashlib import sha256
from pathlib import Path

from depscan.facts.digests import ALL, Digests
from depscan.facts.project import DigestedProject, digest_project, read_project
from depscan.model.modelfile import ModelFile

HEADER = (2).to_bytes(8, "little") + b"{}"
TEMPLATE = "{{ messages[0].content }}"


def digest(data: bytes) -> str:
    return sha256(data).hexdigest()


def write(folder: Path, files: dict[str, bytes]) -> str:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return str(folder)


def about(made: DigestedProject) -> dict[str, dict[str, str]]:
    models: tuple[ModelFile, ...] = made.item.models if made.item else ()
    return {" > ".join((*model.container, model.path)): dict(model.about) for model in models}


def gguf(template: str) -> bytes:
    def text(value: str) -> bytes:
        return struct.pack("<Q", len(value.encode())) + value.encode()

    entry = text("tokenizer.chat_template") + struct.pack("<I", 8) + text(template)
    return b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + entry


def test_whole_headers_and_templates_are_hashed(tmp_path: Path) -> None:
    settings = json.dumps({"chat_template": TEMPLATE, "tokenizer_class": "LlamaTokenizer"}).encode()
    model = gguf(TEMPLATE)
    top = write(tmp_path, {"w.safetensors": HEADER, "tokenizer_config.json": settings, "m.gguf": model})
    made = about(digest_project(top, Digests(ALL)))
    assert made["w.safetensors"]["sha256"] == digest(HEADER)
    assert made["w.safetensors"]["header-sha256"] == digest(HEADER)
    assert made["tokenizer_config.json"]["template-sha256"] == f"chat_template {digest(TEMPLATE.encode())}"
    assert made["m.gguf"]["template-sha256"] == f"tokenizer.chat_template {digest(TEMPLATE.encode())}"
    assert made["m.gguf"]["header-sha256"] == digest(model)


def test_the_header_of_weights_ends_where_the_numbers_begin(tmp_path: Path) -> None:
    row = json.dumps({"a": {"dtype": "U8", "shape": [4], "data_offsets": [0, 4]}}).encode()
    head = len(row).to_bytes(8, "little") + row
    top = write(tmp_path, {"a/w.safetensors": head + b"1111", "b/w.safetensors": head + b"2222"})
    made = about(digest_project(top, Digests(ALL)))
    assert made["a/w.safetensors"]["header-sha256"] == made["b/w.safetensors"]["header-sha256"] == digest(head)
    assert made["a/w.safetensors"]["sha256"] != made["b/w.safetensors"]["sha256"]


def test_a_budget_of_bytes_holds_for_whole_files_only(tmp_path: Path) -> None:
    digests = Digests(len(HEADER))
    top = write(tmp_path, {"a.safetensors": HEADER, "b.safetensors": HEADER})
    made = about(digest_project(top, digests))
    assert ["sha256" in made[name] for name in ("a.safetensors", "b.safetensors")] == [True, False]
    assert "header-sha256" in made["b.safetensors"]
    assert digests.left == ["b.safetensors"]


def test_a_plain_scan_hashes_nothing(tmp_path: Path) -> None:
    item = read_project(write(tmp_path, {"a.safetensors": HEADER}))
    assert item is not None
    assert not {"sha256", "header-sha256"} & dict(item.models[0].about).keys()


def zipped(numbers: bytes, name: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(name, pickle.dumps({"a": 1}))
        archive.writestr("m/data/0", numbers)
    return held.getvalue()


def test_a_torch_archive_is_hashed_whole_because_its_numbers_are_members_nobody_reads(tmp_path: Path) -> None:
    made = []
    for number in (b"1", b"2"):
        top = write(tmp_path / number.decode(), {"m.pt": zipped(number * 16, "m/data.pkl")})
        made.append(about(digest_project(top, Digests(ALL))))
    assert made[0].keys() == made[1].keys() == {"m.pt", "m.pt > data.pkl"}
    assert made[0]["m.pt"]["sha256"] != made[1]["m.pt"]["sha256"]
    assert made[0]["m.pt > data.pkl"] == made[1]["m.pt > data.pkl"]


def test_an_archive_that_is_no_model_itself_is_listed_with_its_digest(tmp_path: Path) -> None:
    data = zipped(b"1", "deep/model.pkl")
    made = digest_project(write(tmp_path, {"all.zip": data}), Digests(ALL))
    assert made.archives == (("all.zip", len(data), digest(data)),)


def test_code_beside_models_is_listed_and_says_whether_loading_runs_it(tmp_path: Path) -> None:
    settings = json.dumps({"model_type": "x", "auto_map": {"AutoModel": "modeling_x.M"}}).encode()
    top = write(tmp_path, {
        "m/config.json": settings, "m/w.safetensors": HEADER, "m/modeling_x.py": b"class M: pass\n",
        "m/tool.py": b"", "app.py": b"", "pkg/__init__.py": b"", "pkg/w.safetensors": HEADER, "pkg/own.py": b"",
        "bare/w.safetensors": HEADER, "bare/load.py": b"",
    })  # fmt: skip
    made = digest_project(top, Digests(0))
    assert [(path, when) for path, when, _ in made.code] == [
        ("bare/load.py", "call"), ("m/modeling_x.py", "load"), ("m/tool.py", "call"),
    ]  # fmt: skip
    assert about(made)["m/config.json"]["auto-map"] == "auto_map.AutoModel: modeling_x.M"


def test_a_folder_without_models_has_nothing(tmp_path: Path) -> None:
    assert digest_project(write(tmp_path, {"app.py": b""}), Digests(ALL)) == DigestedProject(None)

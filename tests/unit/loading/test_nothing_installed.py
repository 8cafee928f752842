"""The verdict does not depend on what is installed beside depscan: nothing of it is imported, or even looked for."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import joblib
import numpy as np
from sklearn.linear_model import Ridge

_CORE = "org depscan cvss jinja2 markupsafe packageurl packaging rapidfuzz yaml _yaml requests tomli networkx"
# (org.python: the standard library itself looks for Jython.)
_READ = """
import json, os, sys

class Forbids:
    tried = []
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        if top not in sys.stdlib_module_names and top not in CORE and not top.endswith("__mypyc"):  # tomli's own
            self.tried.append(name)
            raise ModuleNotFoundError(name)

CORE = set(sys.argv[3].split())
sys.path.insert(0, sys.argv[2])
if sys.argv[4] == "forbid":
    sys.meta_path.insert(0, Forbids())
before = set(sys.modules)
from depscan.facts.engine import inspect_data
said = {}
for name in sorted(os.listdir(sys.argv[1])):
    with open(os.path.join(sys.argv[1], name), "rb") as stream:
        made = inspect_data(stream.read(), name)
    said[name] = [[m.path, m.format, m.verdict, [list(s) for s in m.program]] for m in made.models]
extra = {n.partition(".")[0] for n in set(sys.modules) - before} - set(sys.stdlib_module_names) - CORE
built = ("__", "_cython", "cython_runtime")
print(json.dumps([said, Forbids.tried, sorted(n for n in extra if not n.startswith(built) and "__mypyc" not in n)]))
"""
ROOT = Path(__file__).resolve().parents[3]


def _files(folder: Path) -> None:
    folder.mkdir()
    model = Ridge().fit(np.eye(3), np.arange(3))
    files = {
        "array.npy": b"",
        "arrays.npz": b"",
        "model.joblib": b"",
        "model.pkl": pickle.dumps({"m": model, "w": np.eye(2)}),
        "torch.pkl": b"ctorch._utils\n_rebuild_tensor_v2\n0ctorch\nload\n(S'x'\ntR.",
        "numpy.pkl": b"cnumpy.testing._private.utils\nrunstring\n(S'x'\n}tR.",
        "other.pkl": b"csome_package\nNet\n(tR.",
        "system.pkl": b"cos\nsystem\n(S'true'\ntR.",
        "config.json": json.dumps({"auto_map": {"AutoModel": "modeling.M"}, "model_type": "m"}).encode(),
        "tokenizer_config.json": json.dumps({"chat_template": "{{ messages.__class__ }}"}).encode(),
        "keras.json": json.dumps({"module": "keras.layers", "class_name": "Lambda", "config": {}}).encode(),
        "conf.yaml": b"model:\n  _target_: os.system\n  command: 'true'\n",
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    np.save(folder / "array.npy", np.eye(2))
    np.savez(folder / "arrays.npz", a=np.eye(2))
    joblib.dump(model, folder / "model.joblib", compress=("zlib", 3))


def _said(folder: Path, how: str, *flags: str) -> tuple[object, list[str], list[str]]:
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, *flags, "-c", _READ, str(folder), str(ROOT), _CORE, how]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=folder)
    assert done.returncode == 0, done.stderr
    said, tried, extra = json.loads(done.stdout)
    return said, tried, extra


def test_the_verdicts_are_those_of_a_python_that_has_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "models"
    _files(folder)
    free, _, extra = _said(folder, "allow")
    closed, tried, _ = _said(folder, "forbid", "-I")
    assert tried == []
    assert closed == free
    assert extra == []
    assert isinstance(free, dict)
    assert all(free[name] for name in ("array.npy", "model.joblib", "system.pkl", "config.json"))


def test_a_module_of_the_folder_is_not_imported(tmp_path: Path) -> None:
    folder = tmp_path / "models"
    _files(folder)
    for name in ("numpy", "some_package", "torch", "pickle_tools", "sklearn"):
        (folder / f"{name}.py").write_text("raise SystemExit(9)\n", "utf-8")
    _said(folder, "allow")

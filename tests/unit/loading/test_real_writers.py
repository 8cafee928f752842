"""What the real libraries write today goes through the whole inspection with exit 0."""

from __future__ import annotations

import gzip
import io
import json
import pickle
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
import scipy.io
import scipy.sparse
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from depscan.api import Options
from depscan.inspection import inspect, inspect_bytes

X = np.random.default_rng(0).random((40, 3))
Y = (X[:, 0] > 0.5).astype(int)
MODEL = make_pipeline(StandardScaler(), RandomForestClassifier(n_estimators=3)).fit(X, Y)
VALUES: dict[str, Any] = {
    "forest": MODEL,
    "regression": LogisticRegression().fit(X, Y),
    "words": CountVectorizer().fit(["one two", "two three"]),
    "frame": pd.DataFrame({"a": X[:, 0], "b": pd.Categorical(["x", "y"] * 20), "c": pd.date_range("2024", periods=40)}),
    "arrays": {"w": X, "b": Y, "names": np.array(["a", None], dtype=object)},
    "sparse": scipy.sparse.csr_matrix(X),
}


def passes(data: bytes, name: str, tmp_path: Path) -> None:
    """Assert that a file is let through, in memory and on disk."""
    options = Options(config=str(empty_policy(tmp_path)))
    path = tmp_path / name
    path.write_bytes(data)
    for result in (inspect_bytes(data, name, options), inspect([str(path)], options)):
        assert result.models
        words = {model.verdict for model in result.models}
        assert words <= {"data only", "known constructors"}, [
            step for model in result.models for step in model.program if step[2] != "known"
        ]
        assert result.exit_code == 0, (result.findings, result.coverage)


def empty_policy(tmp_path: Path) -> Path:
    path = tmp_path / "depscan.toml"
    path.write_text("", "utf-8")
    return path


@pytest.mark.parametrize("protocol", [0, 2, 4, 5])
@pytest.mark.parametrize("name", VALUES)
def test_pickles_of_the_libraries_pass(name: str, protocol: int, tmp_path: Path) -> None:
    passes(pickle.dumps(VALUES[name], protocol), f"{name}.pkl", tmp_path)


@pytest.mark.parametrize("how", [0, "zlib", "gzip", "bz2", "xz", "lzma"])
@pytest.mark.parametrize("name", ["forest", "arrays", "frame"])
def test_what_joblib_writes_passes_however_packed(name: str, how: Any, tmp_path: Path) -> None:
    stream = io.BytesIO()
    joblib.dump(VALUES[name], stream, compress=how and (how, 3))
    passes(stream.getvalue(), f"{name}.joblib", tmp_path)


def test_arrays_of_numpy_pass(tmp_path: Path) -> None:
    for dtype in ("f4", "i8", "?", "U4", "i4,f8", "M8[s]"):
        stream = io.BytesIO()
        np.save(stream, np.zeros((3, 2), dtype))
        passes(stream.getvalue(), "weights.npy", tmp_path)
    for write in (np.savez, np.savez_compressed):
        stream = io.BytesIO()
        write(stream, w=X, b=Y)
        passes(stream.getvalue(), "weights.npz", tmp_path)
    stream = io.BytesIO()
    np.save(stream, np.array([{"a": 1}, None], dtype=object), allow_pickle=True)
    passes(stream.getvalue(), "objects.npy", tmp_path)


@pytest.mark.parametrize("ending", ["pkl", "pkl.gz", "pkl.bz2", "pkl.xz"])
def test_frames_of_pandas_pass_however_packed(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"made.{ending}"
    VALUES["frame"].to_pickle(path)
    passes(path.read_bytes(), f"frame.{ending}", tmp_path)


def test_sparse_matrices_and_packed_pickles_pass(tmp_path: Path) -> None:
    stream = io.BytesIO()
    scipy.sparse.save_npz(stream, scipy.sparse.csr_matrix(X))
    passes(stream.getvalue(), "sparse.npz", tmp_path)
    passes(gzip.compress(pickle.dumps(MODEL)), "model.pkl.gz", tmp_path)


@pytest.mark.parametrize("new", [True, False])
def test_checkpoints_of_torch_pass(new: bool, tmp_path: Path) -> None:  # noqa: FBT001
    torch = pytest.importorskip("torch")
    model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU())
    for value in (model.state_dict(), {"model": model.state_dict(), "epoch": 3, "rng": torch.get_rng_state()}):
        stream = io.BytesIO()
        torch.save(value, stream, _use_new_zipfile_serialization=new)
        passes(stream.getvalue(), "model.pt", tmp_path)


def test_boosters_of_xgboost_pass(tmp_path: Path) -> None:
    xgboost = pytest.importorskip("xgboost")
    model = xgboost.XGBClassifier(n_estimators=2).fit(X, Y)
    passes(pickle.dumps(model), "booster.pkl", tmp_path)
    for ending in ("json", "ubj"):
        path = tmp_path / f"booster.{ending}"
        model.save_model(path)
        passes(path.read_bytes(), f"model.{ending}", tmp_path)


def test_tensors_of_safetensors_pass(tmp_path: Path) -> None:
    safetensors = pytest.importorskip("safetensors.numpy")
    passes(safetensors.save({"w": X, "b": Y}, {"format": "np"}), "model.safetensors", tmp_path)


def test_tokenizers_pass(tmp_path: Path) -> None:
    tokenizers = pytest.importorskip("tokenizers")
    made = tokenizers.Tokenizer(tokenizers.models.WordLevel({"a": 0, "[UNK]": 1}, unk_token="[UNK]"))  # noqa: S106
    made.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    passes(json.dumps(json.loads(made.to_str())).encode(), "tokenizer.json", tmp_path)

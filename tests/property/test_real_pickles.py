"""Random honest objects, pickled by the real libraries with every protocol: every name in them is known."""

from __future__ import annotations

import io
import pickle
import pickletools
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
import scipy.sparse
import scipy.stats
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans
from sklearn.compose import make_column_transformer
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, Ridge, SGDClassifier
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeRegressor

from depscan.loading.file import file_of
from depscan.loading.known import known
from depscan.loading.route import declared, read_file
from depscan.loading.steps import CONSTRUCTORS, DATA_ONLY

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)
_READER = any(one.module.endswith(".pickle") for one in declared())
_TEXTS = {"SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8", "UNICODE"}


def names_in(data: bytes) -> set[tuple[str, str]]:
    """Return every (module, name) of a pickle: a simple walk, its own, so that it shares no mistake with the reader."""
    found: set[tuple[str, str]] = set()
    memo: dict[int, Any] = {}
    recent: list[Any] = []
    for op, arg, _ in pickletools.genops(data):
        if op.name in {"GLOBAL", "INST"}:
            module, _, name = str(arg).partition(" ")
            found.add((module, name))
            recent.append(None)
        elif op.name == "STACK_GLOBAL":
            found.add((recent[-2], recent[-1]))
            recent.append(None)
        elif op.name == "MEMOIZE":
            memo[len(memo)] = recent[-1]
        elif "PUT" in op.name:
            memo[int(str(arg))] = recent[-1] if recent else None
        elif "GET" in op.name:
            recent.append(memo.get(int(str(arg))))
        elif op.name not in {"PROTO", "FRAME"}:
            recent.append(arg if op.name in _TEXTS else None)
    return found


def check(value: object) -> None:
    """Assert that every name in every pickle of a value is known, and that the reader lets it through."""
    for protocol in PROTOCOLS:
        data = pickle.dumps(value, protocol)
        unknown = {name for name in names_in(data) if known(*name) is None}
        assert not unknown, (protocol, unknown)
        if _READER:
            report = read_file(file_of(data, "value.pkl"))
            assert report is not None
            assert report.verdict in {DATA_ONLY, CONSTRUCTORS}, (
                protocol,
                report.gaps,
                [s for s in report.steps if s.verdict != "known"],
            )


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.complex_numbers()
    | st.decimals() | st.fractions() | st.uuids() | st.datetimes() | st.dates() | st.times()
    | st.timedeltas() | st.timezones()
    | st.ip_addresses() | st.sampled_from([ValueError("x"), type(None), ..., int, dict, len, sum, range(3), slice(1)]),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner)
    | st.sets(st.integers()) | st.frozensets(st.text()),
    max_leaves=12,
)  # fmt: skip


@given(PLAIN)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_plain_values_of_python_are_known(value: object) -> None:
    check(value)


@given(
    st.sampled_from([
        "?", "i1", "u2", "i8", "f2", "f4", "f8", "c8", "U5", "S5", "O", "M8[ns]", "m8[s]", ">i4", "V3", "i4,f8",
    ]),
    st.lists(st.integers(0, 4), max_size=3),
    st.sampled_from("CF"),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_arrays_of_every_type_are_known(dtype: str, shape: list[int], order: Any) -> None:
    array: Any = np.zeros(shape, dtype, order)
    check(array)
    check({"scalar": array.flat[0] if array.size else None, "dtype": array.dtype})


@pytest.mark.parametrize(
    "kind", [np.random.MT19937, np.random.PCG64, np.random.PCG64DXSM, np.random.Philox, np.random.SFC64]
)
def test_random_generators_are_known(kind: Any) -> None:
    check(
        [
            np.random.Generator(kind(1)),
            np.random.RandomState(1),
            np.ma.array([1, 2], mask=[False, True]),
            np.sin,
            np.poly1d([1]),
        ]
    )


@given(st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_frames_of_every_type_are_known(data: st.DataObject) -> None:
    types = [
        "int8",
        "float64",
        "bool",
        "object",
        "string",
        "category",
        "Int64",
        "Float64",
        "boolean",
        "datetime64[ns]",
        "timedelta64[ns]",
    ]
    columns = {t: pd.Series([1, 0, 1]).astype(t) for t in data.draw(st.lists(st.sampled_from(types), unique=True))}
    index = data.draw(st.sampled_from([
        pd.RangeIndex(3), pd.Index(list("abc")), pd.date_range("2020", periods=3, tz="Europe/Berlin"),
        pd.period_range("2020", periods=3, freq="M"),
        pd.MultiIndex.from_product([[1], list("abc")]), pd.interval_range(0, 3), pd.timedelta_range(0, periods=3),
        pd.CategoricalIndex(list("aba")),
    ]))  # fmt: skip
    check(pd.DataFrame({k: v.array for k, v in columns.items()}, index=index))


X = np.random.RandomState(0).rand(30, 4)
Y = (X[:, 0] > 0.5).astype(int)
ESTIMATORS = [
    LogisticRegression(), Ridge(), SGDClassifier(), GaussianNB(), KNeighborsClassifier(algorithm="kd_tree"), SVC(),
    DecisionTreeRegressor(), RandomForestClassifier(n_estimators=2), GradientBoostingClassifier(n_estimators=2),
    HistGradientBoostingClassifier(max_iter=2), KMeans(2, n_init=1),
    make_pipeline(StandardScaler(), LogisticRegression()),
    GridSearchCV(Ridge(), {"alpha": [1, 2]}, cv=2),
    RandomizedSearchCV(Ridge(), {"alpha": scipy.stats.uniform(0, 1)}, n_iter=2, cv=2),
    FunctionTransformer(np.log1p), make_column_transformer((OneHotEncoder(), [0]), (StandardScaler(), [1])),
]  # fmt: skip


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda e: type(e).__name__)
def test_fitted_estimators_are_known(estimator: Any) -> None:
    check(estimator.fit(X, Y))


def test_text_and_sparse_matrices_are_known() -> None:
    check(TfidfVectorizer().fit(["a text", "another text"]))
    check([scipy.sparse.csr_matrix(X), scipy.sparse.coo_array(X), scipy.sparse.dok_matrix(X), scipy.stats.norm(0, 1)])


def test_what_joblib_writes_is_known() -> None:
    stream = io.BytesIO()
    joblib.dump({"model": Ridge().fit(X, Y), "array": X, "objects": np.array([1, None], dtype=object)}, stream)
    if _READER:
        report = read_file(file_of(stream.getvalue(), "model.joblib"))
        assert report is not None
        assert report.verdict == CONSTRUCTORS, (report.gaps, report.steps)


def test_models_of_torch_are_known() -> None:
    torch = pytest.importorskip("torch")
    model = torch.nn.Sequential(
        torch.nn.Conv2d(1, 2, 3), torch.nn.ReLU(), torch.nn.LSTM(2, 2), torch.nn.TransformerEncoderLayer(4, 2)
    )
    check(model)
    check(torch.optim.AdamW(model.parameters()))
    check({"dtype": torch.float16, "device": torch.device("cpu"), "size": torch.Size([1])})


def test_boosters_of_lightgbm_are_known() -> None:
    lightgbm = pytest.importorskip("lightgbm")
    check(lightgbm.LGBMClassifier(n_estimators=2, verbose=-1).fit(X, Y))

"""Honest objects are never stopped, and a pickle that would call something is never called data, however spelt."""

from __future__ import annotations

import io
import pickle
import struct
from collections.abc import Callable
from functools import cache
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LinearRegression
from sklearn.preprocessing import MinMaxScaler
from sklearn.tree import DecisionTreeClassifier

from depscan.facts.engine import inspect_data
from depscan.facts.inspected import Inspected
from depscan.loading.known import known
from tests.property.callables import CALLABLES

_QUICK = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
_HARMLESS = {"data only", "known constructors"}

NUMBERS = st.integers(-(2**70), 2**70) | st.floats() | st.booleans()


@st.composite
def _arrays(draw: st.DrawFn) -> Any:
    shape = tuple(draw(st.lists(st.integers(0, 5), max_size=3)))
    dtype = draw(
        st.sampled_from(["?", "i1", "<i4", ">u8", "f2", "f8", "c16", "U3", "S4", "M8[s]", "m8[D]", "O", "i4,f8"])
    )
    order: Any = draw(st.sampled_from("CF"))
    made = np.zeros(shape, dtype, order)
    return draw(st.sampled_from([made, made[:1] if shape else made, np.ma.masked_array(made), {"in": [made, made]}]))


@st.composite
def _fitted(draw: st.DrawFn) -> Any:
    rows, columns = draw(st.integers(4, 9)), draw(st.integers(1, 3))
    values = np.random.default_rng(draw(st.integers(0, 99))).random((rows, columns))
    model: Any = draw(st.sampled_from([LinearRegression, MinMaxScaler, DecisionTreeClassifier]))()
    return model.fit(values, np.arange(rows) % 2)


@st.composite
def _frames(draw: st.DrawFn) -> Any:
    kinds = ["int64", "float32", "object", "category", "datetime64[ns]", "boolean", "string"]
    names = draw(st.lists(st.text(max_size=5), unique=True, max_size=4))
    return pd.DataFrame({name: pd.Series([0, 1, 1]).astype(draw(st.sampled_from(kinds))) for name in names})


@given(_arrays() | _fitted() | _frames(), st.integers(0, pickle.HIGHEST_PROTOCOL), st.booleans())
@settings(_QUICK, max_examples=60)
def test_what_the_libraries_pickle_is_never_stopped(value: Any, protocol: int, wrapped: bool) -> None:  # noqa: FBT001
    _harmless(pickle.dumps({"model": value, "n": protocol} if wrapped else value, protocol), "model.pkl")


@given(
    _arrays() | _fitted(), st.integers(0, pickle.HIGHEST_PROTOCOL), st.sampled_from([0, "zlib", "gzip", "bz2", "xz"])
)
@settings(_QUICK, max_examples=30)
def test_what_joblib_writes_is_never_stopped(value: Any, protocol: int, how: Any) -> None:
    stream = io.BytesIO()
    joblib.dump(value, stream, compress=how and (how, 3), protocol=protocol)
    _harmless(stream.getvalue(), "model.joblib")


@given(st.lists(st.sampled_from(["float32", "float16", "int64", "bool"]), max_size=3), st.integers(2, 4), st.booleans())
@settings(_QUICK, max_examples=20)
def test_what_torch_saves_is_never_stopped(kinds: list[str], protocol: int, new: bool) -> None:  # noqa: FBT001
    torch = pytest.importorskip("torch")
    value = {str(n): torch.zeros(2, n, dtype=getattr(torch, kind)) for n, kind in enumerate(kinds)}
    stream = io.BytesIO()
    torch.save(value, stream, pickle_protocol=protocol, _use_new_zipfile_serialization=new)
    _harmless(stream.getvalue(), "model.pt")


def _harmless(data: bytes, name: str) -> None:
    made = inspect_data(data, name)
    bad = [(m.path, m.verdict, [s for s in m.program if s[2] != "known"]) for m in made.models]
    assert made.models, "it is a model file"
    assert {model.verdict for model in made.models} <= _HARMLESS, (bad, made.gaps)
    assert not [gap for gap in made.gaps if gap.when == "load" or gap.fatal], made.gaps


# What calls: one expression of the machine that leaves one value, put together with what stands around it.


def _short(text: str) -> bytes:
    data = text.encode()
    return b"\x8c%c%b" % (len(data), data)


_WORD = st.text("abcdefgh/-. $", max_size=12)
_ARGUMENTS = st.lists(
    st.one_of(
        _WORD.map(_short), st.integers(0, 255).map(lambda n: b"K%c" % n),
        st.sampled_from([b"N", b"]", b"}", b")", b"\x88", b"K\x01\x85"]), _WORD.map(lambda t: b"(" + _short(t) + b"l"),
    ),
    max_size=3,
)  # fmt: skip


def _long(text: str) -> bytes:
    data = text.encode()
    return b"X" + struct.pack("<I", len(data)) + data


def _longest(text: str) -> bytes:
    data = text.encode()
    return b"\x8d" + struct.pack("<Q", len(data)) + data


def _line(text: str) -> bytes:
    return b"V" + text.encode() + b"\n"


def _old(text: str) -> bytes:
    data = text.encode()
    return b"U%c%b" % (len(data), data)


def _quoted(text: str) -> bytes:
    return b"S'" + text.encode() + b"'\n"


def _remembered(text: str) -> bytes:
    return _short(text) + b"r\x21\x03\x00\x000j\x21\x03\x00\x00"


def _numbered(text: str) -> bytes:
    return _short(text) + b"p77\n0g77\n"


_TEXTS: tuple[Callable[[str], bytes], ...] = (
    _short, _long, _longest, _line, _old, _quoted, _remembered, _numbered
)  # fmt: skip


@st.composite
def _named(draw: st.DrawFn, module: str, name: str) -> bytes:
    """Return what puts the callable on the stack."""
    text = draw(st.sampled_from(_TEXTS))
    forms = [
        b"c" + module.encode() + b"\n" + name.encode() + b"\n",
        text(module) + draw(st.sampled_from(_TEXTS))(name) + b"\x93",
        _short("junk") + b"0" + text(module) + text(name) + b"\x93",
        text(name) + b"p5\n0" + text(module) + b"g5\n\x93",
    ]
    after = [b"", b"20", b"p9\n", b"q\x070h\x07", b"\x94", b"p300\n0g300\n"]
    return draw(st.sampled_from(forms)) + draw(st.sampled_from(after))


@st.composite
def _called(draw: st.DrawFn) -> tuple[bytes, str, str]:
    """Return opcodes that call a callable and leave one value, and its name."""
    module, name = draw(st.sampled_from(CALLABLES))
    args = draw(_ARGUMENTS)
    named = draw(_named(module, name))
    flat = b"".join(args)
    tuples = [b"(" + flat + b"t", flat + (b")", b"\x85", b"\x86", b"\x87")[len(args)]]
    packed = draw(st.sampled_from(tuples))
    forms = [
        named + packed + b"R",
        named + packed + b"\x81",
        named + packed + b"}\x92",
        b"(" + flat + b"i" + module.encode() + b"\n" + name.encode() + b"\n",
        b"(" + named + flat + b"o",
        packed + b"p8\n0" + named + b"g8\nR",
        named + packed + b"R}b",
        named + packed + b"R" + packed + b"R",
    ]
    return draw(st.sampled_from(forms)), module, name


@st.composite
def _streams(draw: st.DrawFn) -> tuple[bytes, str, str]:
    """Return a whole file that calls something somewhere in it."""
    call, module, name = draw(_called())
    around = draw(st.sampled_from([
        b"%b", b"]%ba", b"(%bl", b"%b\x85", b"}K\x01%bs", b"(K\x01%bd", b"](K\x02%be", b"%b0N", b"N%b0", b"K\x01%b\x86",
        b"(%b1N", b"](((%btlt0", b"}(K\x01%bu0N", b"\x8f(K\x05K\x06\x900%b",
    ]))  # fmt: skip
    body = around.replace(b"%b", call)
    framed = b"\x95" + struct.pack("<Q", len(body) + 1) + body
    honest = pickle.dumps([1, "a", {"b": None}], draw(st.integers(0, 5)))
    whole = draw(st.sampled_from([
        body + b".", b"\x80\x02" + body + b".", b"\x80\x05" + body + b".", b"\x80\x04" + framed + b".",
        honest + b"\x80\x04" + body + b".", b"\x80\x04" + body + b"." + honest, b"\x80\x04" + body + b"\xff\xff",
        b"\x80\x04" + body, b"\x80\x04" + body + b"\x8c\xff", b"\x80\x04" + body + b".\0\0\0",
        b"\x80\x04N0" + body + b"0000.", b"\x80\x03" + body + b"R.",
    ]))  # fmt: skip
    return whole, module, name


@cache
def _allowed(module: str, name: str) -> bool:
    return known(module, name) is not None


@given(_streams())
@settings(_QUICK, max_examples=600)
def test_a_call_in_whatever_spelling_is_never_data_and_stopped_when_not_on_the_allowlist(
    made: tuple[bytes, str, str],
) -> None:
    data, module, name = made
    result = inspect_data(data, "model.pkl")
    assert result.models, "it is a model file"
    if _allowed(module, name):
        assert result.models[0].verdict != "data only", data
    else:
        assert _stops(result), (data, result)


@given(
    _called(), st.sampled_from(["model.pt", "model.joblib", "model", "weights.bin", "model.npy", "model.safetensors"])
)
@settings(_QUICK, max_examples=100)
def test_a_call_is_found_whatever_the_file_is_called(made: tuple[bytes, str, str], name: str) -> None:
    call, module, attribute = made
    result = inspect_data(b"\x80\x04" + call + b".", name)
    if not _allowed(module, attribute):
        assert _stops(result), (call, result)


def _stops(result: Inspected) -> bool:
    """Whether a step is of the kind that the gate stops on; a file that is damaged behind it is stopped as well."""
    return any(step[2] in {"hostile", "foreign"} for model in result.models for step in model.program)

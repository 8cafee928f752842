"""What random objects and random bytes show: data are never hostile, and nothing raises."""

from __future__ import annotations

import collections
import fractions
import pickle
import pickletools
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from depscan.artifacts.source import BytesSource
from depscan.loading.known import known
from depscan.loading.pickle.judge import Judge
from depscan.loading.pickle.machine import Machine
from depscan.loading.pickle.values import Dict
from depscan.loading.steps import Meter, Report
from tests.unit.loading.pickled import SYSTEM, read_bytes

_PLAIN: st.SearchStrategy[object] = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary(),
    st.binary(min_size=250, max_size=300), st.datetimes(), st.dates(), st.complex_numbers(), st.decimals(),
    st.fractions(), st.uuids(),
)  # fmt: skip


def _around(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.one_of(
        st.lists(inner), st.tuples(inner, inner), st.dictionaries(st.text(), inner),
        st.builds(collections.deque, st.lists(inner)),
        st.builds(collections.OrderedDict, st.dictionaries(st.text(), inner)), st.frozensets(st.integers()),
        st.sets(st.text()),
    )  # fmt: skip


_OBJECTS = st.recursive(_PLAIN, _around, max_leaves=20)


@given(_OBJECTS, st.integers(0, 5))
@settings(max_examples=200, deadline=None)
def test_objects_of_the_standard_library_are_never_stopped(value: object, protocol: int) -> None:
    report = read_bytes(pickle.dumps(value, protocol))
    assert report.gaps == []
    assert [step for step in report.steps if step.verdict in {"hostile", "foreign"}] == []


class _Runs:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        import os

        return os.system, ("true",)


@given(_OBJECTS, st.integers(0, 5), st.booleans())
@settings(max_examples=100, deadline=None)
def test_a_call_among_random_objects_is_never_data(value: object, protocol: int, first: bool) -> None:  # noqa: FBT001
    data = pickle.dumps([_Runs(), value] if first else {"x": value, "y": (_Runs(),)}, protocol)
    assert read_bytes(data).verdict == "hostile"


_NAMES = st.text("abcdefghijklmnopqrstuvwxyz_", min_size=1, max_size=12)


@given(st.lists(_NAMES, min_size=1, max_size=3), _NAMES, st.sampled_from([b")R", b")\x81", b"", b")R0N"]))
@settings(max_examples=200, deadline=None)
def test_a_name_that_is_not_on_the_allowlist_is_never_passed_over(module: list[str], name: str, use: bytes) -> None:
    whole = ".".join(module)
    if known(whole, name) is None:
        data = b"\x80\x02c%b\n%b\n%b." % (whole.encode(), name.encode(), use)
        assert read_bytes(data).verdict in {"hostile", "foreign code needed"}


@given(st.binary(max_size=400))
@settings(max_examples=300, deadline=None)
def test_random_bytes_raise_nothing(data: bytes) -> None:
    read_bytes(data)
    read_bytes(b"\x80\x04" + data)


_SEEDS = (
    pickle.dumps([fractions.Fraction(1, 3), {"a": {1, 2}}, b"x" * 300, "y" * 20]),
    pickle.dumps(collections.OrderedDict(a=[1, 2.5]), 0),
    pickle.dumps({"a": [None, (1, "b", b"c")]}, 2),
    b"\x80\x04" + SYSTEM + b"}(\x8c\x01aK\x01ub.",
)


@given(st.integers(), st.sampled_from(_SEEDS))
@settings(max_examples=300, deadline=None)
def test_mutations_raise_nothing(seed: int, data: bytes) -> None:
    chance = random.Random(seed)
    changed = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(changed))
        changed[at : at + chance.randint(0, 2)] = chance.randbytes(chance.randint(0, 3)) or b"."
    read_bytes(bytes(changed))


_SIMPLE: st.SearchStrategy[object] = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text()
)


def _containers(inner: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.one_of(st.lists(inner), st.tuples(inner), st.tuples(inner, inner), st.dictionaries(st.text(), inner))


_DATA = st.recursive(_SIMPLE, _containers, max_leaves=30)


def _plain(value: object) -> object:
    """Return a value of the machine as Python's own."""
    if isinstance(value, Dict):
        return {_plain(value[n]): _plain(value[n + 1]) for n in range(0, len(value), 2)}
    if isinstance(value, tuple):
        return tuple(_plain(one) for one in value)
    return [_plain(one) for one in value] if isinstance(value, list) else value


@given(_DATA, st.integers(0, 5))
@settings(max_examples=200, deadline=None)
def test_the_machine_ends_with_the_value_that_was_pickled(value: object, protocol: int) -> None:
    data = pickle.dumps(value, protocol)
    source = BytesSource(data)
    machine = Machine(source, 0, Judge(Report(), source), Meter())
    assert machine.run() is None
    assert _plain(machine.value) == value
    assert machine.at == len(data)
    assert machine.opcodes == len(list(pickletools.genops(data)))

import pytest

from depscan.artifacts.source import Source
from depscan.loading.protobuf import SPAN, VARINT, Wire, WireError, shape, wire_of
from tests.unit.loading.messages import message, varint


def test_fields_are_read_in_order_with_their_spans() -> None:
    wire = wire_of(message((1, 300), (2, "text"), (536870911, b"\0")))
    found = list(wire.fields())
    assert [(f.number, f.kind) for f in found] == [(1, VARINT), (2, SPAN), (536870911, SPAN)]
    assert found[0].value == 300
    assert wire.text(found[1]) == "text"


@pytest.mark.parametrize(
    "data",
    [b"\x0a\xff\xff\xff\xff\x0f", b"\x00", b"\x0e", b"\x08" + b"\xff" * 11, b"\x09\0", b"\x08"],
    ids=["longer than the message", "number 0", "wire type 6", "endless number", "cut", "no value"],
)
def test_what_is_no_field_is_an_error_with_an_offset(data: bytes) -> None:
    with pytest.raises(WireError) as caught:
        list(wire_of(data).fields())
    assert caught.value.at >= 0
    assert shape(wire_of(data)) is None


def test_a_span_of_gigabytes_is_skipped_without_being_read() -> None:
    size = 3 << 30
    head = message((1, 7)) + varint(9 << 3 | 2) + varint(size)
    tail = message((2, "behind"))

    class Sparse:
        def __init__(self) -> None:
            self.size = len(head) + size + len(tail)
            self.read = 0

        def at(self, start: int, length: int) -> bytes:
            length = min(length, self.size - start)
            self.read += length
            data = bytearray(max(length, 0))
            for place, piece in ((0, head), (len(head) + size, tail)):
                for index, byte in enumerate(piece):
                    if start <= place + index < start + length:
                        data[place + index - start] = byte
            return bytes(data)

    source = Sparse()
    as_source: Source = source
    wire = Wire(as_source)
    assert [wire.text(f) for f in wire.fields() if f.number == 2] == ["behind"]
    assert source.read < 1 << 20


def test_a_group_that_parsers_skip_does_not_end_the_reading() -> None:
    wire = wire_of(b"\x9b\x06" + message((7, 1)) + b"\x9c\x06" + message((2, "behind")))
    assert [wire.text(f) for f in wire.fields() if f.number == 2] == ["behind"]

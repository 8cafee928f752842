"""Values as readable pseudo-code, cut to a length: ``os.system('true')``. Linear in what is shown."""

from __future__ import annotations

from depscan.loading.pickle.explain import clean
from depscan.loading.pickle.values import Bag, Blob, Buffer, Call, Dict, Extension, Global, Persistent, Value

LENGTH = 240
_DEPTH = 5
_ITEMS = 8
_TEXT = 120


def render(value: Value, length: int = LENGTH) -> str:
    """Return a value as one line of pseudo-code of at most ``length`` characters."""
    parts: list[str] = []
    _Writer(parts, length).put(value, 0)
    text = "".join(parts)
    return text if len(text) <= length else f"{text[: length - 3]}..."


class _Writer:
    def __init__(self, parts: list[str], length: int) -> None:
        self.parts = parts
        self.left = length

    def add(self, text: str) -> None:
        self.parts.append(text)
        self.left -= len(text)

    def put(self, value: Value, depth: int) -> None:
        if self.left <= 0 or depth > _DEPTH:
            self.add("...")
        elif isinstance(value, Call):
            self.call(value, depth)
        elif isinstance(value, (list, tuple)):
            self.many(value, depth)
        else:
            self.add(_leaf(value))

    def call(self, value: Call, depth: int) -> None:
        self.put(value.fn, depth + 1)
        self.add(".__new__(" if value.built else "(")
        if isinstance(value.args, (list, tuple)):
            self.items(value.args, depth)
        else:
            self.add("*")
            self.put(value.args, depth + 1)
        if value.named is not None:
            self.add(", **")
            self.put(value.named, depth + 1)
        self.add(")")

    def many(self, value: list[Value] | tuple[Value, ...], depth: int) -> None:
        if isinstance(value, Dict):
            self.add("{")
            self.pairs(value, depth)
            self.add("}")
            return
        open_, close = ("(", ")") if isinstance(value, tuple) else ("{", "}") if isinstance(value, Bag) else ("[", "]")
        self.add(open_)
        self.items(value, depth)
        self.add(f",{close}" if isinstance(value, tuple) and len(value) == 1 else close)

    def items(self, values: list[Value] | tuple[Value, ...], depth: int) -> None:
        for n, item in enumerate(values[:_ITEMS]):
            if n:
                self.add(", ")
            self.put(item, depth + 1)
        if len(values) > _ITEMS:
            self.add(f", ... {len(values) - _ITEMS} more")

    def pairs(self, values: Dict, depth: int) -> None:
        shown = min(len(values) // 2, _ITEMS)
        for n in range(shown):
            if n:
                self.add(", ")
            self.put(values[2 * n], depth + 1)
            self.add(": ")
            self.put(values[2 * n + 1], depth + 1)
        if len(values) // 2 > shown:
            self.add(f", ... {len(values) // 2 - shown} more")


def _leaf(value: Value) -> str:
    if isinstance(value, Global):
        return clean(value.dotted[:_TEXT])
    if isinstance(value, (str, bytes)):
        return repr(value) if len(value) <= _TEXT else f"{value[:_TEXT]!r}..."
    if isinstance(value, int):
        return str(value) if value.bit_length() < 128 else f"<integer of {value.bit_length()} bits>"  # noqa: PLR2004
    if isinstance(value, Blob):
        return f"<{value.size} bytes of {'text' if value.text else 'data'} at {value.at:#x}>"
    if isinstance(value, Persistent):
        return f"persistent_load({render(value.id, _TEXT)})"
    if isinstance(value, Extension):
        return f"copyreg.extension({value.code})"
    return "<buffer>" if isinstance(value, Buffer) else repr(value)

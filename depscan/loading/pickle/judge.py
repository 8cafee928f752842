"""Judges what a pickle does when it is loaded: every name, call, construction and state, against the allowlist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.loading.known import gadget, known
from depscan.loading.pickle import claims, code, nested, state
from depscan.loading.pickle.broken import LIE, MALFORMED, BrokenError
from depscan.loading.pickle.explain import clean, foreign, lookup, package_of, root, shown, texts
from depscan.loading.pickle.render import render
from depscan.loading.pickle.shapes import foreign_attribute, initialized, misfit, newobj_ex
from depscan.loading.pickle.values import (
    ENCODERS,
    GETATTR,
    Call,
    Extension,
    Global,
    Persistent,
    Value,
    plain,
)
from depscan.loading.steps import FOREIGN, HOSTILE, KNOWN, ODD, Step

if TYPE_CHECKING:
    from depscan.artifacts.source import Source
    from depscan.loading.known import Known
    from depscan.loading.pickle.machine import Machine
    from depscan.loading.steps import Report

_NEWOBJ = frozenset({"copyreg.__newobj__", "copy_reg.__newobj__"})
_NEWOBJ_EX = frozenset({"copyreg.__newobj_ex__"})
_RECONSTRUCTOR = frozenset({"copyreg._reconstructor", "copy_reg._reconstructor"})
_BUILTINS = frozenset({"builtins", "__builtin__"})
_SAME_VALUE = "torch.jit._pickle."
"""Module whose allowed functions give back the very value that they are given."""

_PARTIAL = frozenset({"functools.partial", "_functools.partial"})
_SAME = 50
_LOOKS = 3_000_000
_LOOKS_PER_BYTE = 10
_MOST_ITEMS = 1 << 44
"""Elements of a tensor's storage from which on no disk holds them."""


class Judge:
    """Everything one stream does.

    Args:
        report: gets the steps.
        source: the file's bytes, for constants that are looked into.
        depth: encodings and pickles around this one.

    Attributes:
        now: offset of what is judged.
        short: what a frame claims beyond the end; "" for nothing.
        storages: torch's storages by key: (dtype class's name, elements).
        ran: whether anything was called, constructed or given state.
        states: dicts of state that were looked at by identity: how many items they had then, and their ``__dict__``s.
        looked: dicts whose keys were looked at by identity: how many items they had then.
        loads: what was said of a constant that a call unpickles, by its place or its bytes.
    """

    def __init__(self, report: Report, source: Source, depth: int = 0) -> None:
        self.report = report
        self.source = source
        self.depth = depth
        self.now = -1
        self.short = ""
        self.ran = False
        self.storages: dict[str, tuple[str, int]] = {}
        self.names: dict[tuple[str, str], Global] = {}
        self.states: dict[int, tuple[Value, int, list[Value]]] = {}
        self.loads: dict[object, str] = {}
        self.looked: dict[int, tuple[Value, int]] = {}
        self._looks = 0
        self._told: set[tuple[str, str]] = set()
        self._count: dict[tuple[str, str], int] = {}

    # names

    def name(self, module: str, name: str, at: int) -> Global:
        """Return a name that is imported."""
        found = self.names.get((module, name))
        if found is None:
            found = self.names[module, name] = Global(module, name, at, FOREIGN)
            if lookup(module, name):
                found.verdict = KNOWN
            elif gadget(module, name) and not code.is_helper(found):
                found.verdict = HOSTILE
        return found

    def computed(self, module: Value, name: Value, at: int) -> Global:
        """Return a name that is made at load time, which only those do who hide it."""
        made = Global(render(module, 60), render(name, 60), at, HOSTILE, computed=True)
        made.used = True
        text = f"import {render(module, 60)} . {render(name, 60)}"
        self.step("load.import", HOSTILE, "computed-name", text, "the imported name is computed while loading", at)
        return made

    def extension(self, code_: int, at: int) -> Extension:
        """Return what a code of the extension registry stands for: nothing in the file says what."""
        why = "what the code stands for is registered elsewhere: a name nobody can read here"
        self.step("load.import", HOSTILE, "extension", f"copyreg.extension({code_})", why, at)
        return Extension(code_)

    def persistent(self, ident: Value, at: int) -> Value:
        """Return what the loader makes of a persistent id; torch's storages are known."""
        if isinstance(ident, tuple) and len(ident) >= 5 and ident[0] == "storage":  # noqa: PLR2004 - torch's form
            kind, key, count = ident[1], ident[2], ident[4]
            if isinstance(kind, Global) and isinstance(key, str) and isinstance(count, int):
                self.storages[key] = (kind.name, count)
                self._storage(key, kind.name, count, at)
                return Persistent(ident)
        if isinstance(ident, tuple) and len(ident) == 4 and ident[0] == "module":  # noqa: PLR2004 - torch's older form
            return ident[1]
        text = f"persistent_load({render(ident, 80)})"
        if isinstance(ident, str) and (found := gadget(*ident.rpartition(".")[::2])):
            why = f"a persistent id that names a callable, for a loader that imports it: {found.why}"
            self.step("load.call", HOSTILE, "persistent-id", text, why, at, callee=ident, does=found.does)
            return Persistent(ident)
        self.step("load.call", ODD, "persistent-id", text, "what it stands for is up to the program that loads", at)
        return Persistent(ident)

    def _storage(self, key: str, kind: str, count: int, at: int) -> None:
        if ".." in key.replace("\\", "/").split("/") or key[:1] in {"/", "\\"}:
            why = "the key of a storage is the name of a file below data/: this one leads out of the archive"
            text = f"data/{render(key, 100)}"
            self.step("load.path", HOSTILE, "external-path", text, why, at, values=(key,))
        if count > _MOST_ITEMS or count < 0:
            why = "no file can hold so many numbers: the loader reserves memory for them"
            self.step("load.bomb", HOSTILE, "storage", f"{count:.3g} items of {kind}", why, at)

    # calls

    def call(self, fn: Value, args: Value, at: int) -> Value:
        """Return the result of a call."""
        self.now = at
        self.ran = True
        made = plain(args)
        args = made if isinstance(made, tuple) else args
        given = args if isinstance(args, tuple) else tuple(args) if isinstance(args, list) else (args,)
        if isinstance(fn, Global):
            return self._call_name(fn, given, at)
        if isinstance(fn, (Call, Extension, Persistent)):
            return self._call_result(fn, given, at)
        raise BrokenError(MALFORMED, f"it calls {render(fn, 60)}, which is no function")

    def construct(self, cls: Value, args: Value, at: int, named: Value = None) -> Value:
        """Return an instance made by ``cls.__new__``."""
        self.now = at
        self.ran = True
        spread = plain(args)
        given = spread if isinstance(spread, tuple) else (args,)
        made = Call(cls, given, at, built=True)
        made.named = named if named else None
        if not isinstance(cls, Global):
            if isinstance(cls, (Call, Extension, Persistent)):
                shipped = isinstance(cls, Call) and cls.verdict == FOREIGN and cls.callee.startswith(code.SHIPPED)
                made.verdict = FOREIGN if shipped else HOSTILE
                why = "the class is made from what the file ships" if shipped else "the class is what a call returned"
                self.step("load.call", made.verdict, "indirect", render(made), why, at, callee=root(cls))
                return made
            raise BrokenError(MALFORMED, f"it constructs {render(cls, 60)}, which is no class")
        entry = None if cls.computed else lookup(cls.module, cls.name)
        if entry and cls.module in _BUILTINS and misfit(entry.args, given, self):
            entry = None  # an int makes bytes of that length, an iterator fills a tuple
        if entry and ("construct" in entry.roles or ("call" in entry.roles and not misfit(entry.args, given, self))):
            self.allow(cls, render(made) if self.fresh(cls, "call") else "", entry, at)
            claims.check(self, made)
        else:
            made.verdict = self._refuse(cls, render(made), given, at, "constructed")
        return made

    def _call_name(self, fn: Global, args: tuple[Value, ...], at: int) -> Value:
        dotted = fn.dotted
        if dotted in _NEWOBJ and args:
            return self.construct(args[0], args[1:], at)
        if dotted in _NEWOBJ_EX and len(args) == 3:  # noqa: PLR2004 - class, arguments, keywords
            return self.construct(args[0], args[1], at, args[2])
        if dotted in _RECONSTRUCTOR and args:
            made = self.construct(args[0], args[1:], at)
            if isinstance(made, Call) and (why := initialized(args[1:], self)):
                made.verdict = self._refuse(fn, render(Call(fn, args, at)), args, at, why)
            return made
        made = Call(fn, args, at)
        if code.makes_code(fn):
            made.verdict = self._code(fn, args, at)
            return made
        entry = None if fn.computed else known(fn.module, fn.name)
        lacks = "" if entry and "call" in entry.roles else "called"
        if entry and not lacks:
            lacks = misfit(entry.args, args, self)
        if lacks and fn.dotted in GETATTR and foreign_attribute(args):
            fn.used = True
            made.verdict = FOREIGN
            return made
        if lacks or entry is None:
            made.verdict = self._refuse(fn, render(made), args, at, lacks)
            return made
        self.allow(fn, render(made) if self.fresh(fn, "call") else "", entry, at)
        claims.check(self, made)
        state.given_dicts(self, made, at)
        return self._folded(made, args)

    def _folded(self, made: Call, args: tuple[Value, ...]) -> Value:
        """Return the value of a known call where it is a constant, or another name."""
        dotted = made.callee
        if dotted in ENCODERS and args:
            return self._bytes(made, args)
        if dotted.startswith(_SAME_VALUE) and args:
            return args[0]
        if dotted in GETATTR and isinstance(args[0], Global):
            name = f"{args[0].name}.{args[1]}"
            if known(args[0].module, name):
                return self.name(args[0].module, name, made.at)
        return made

    def _bytes(self, made: Call, args: tuple[Value, ...]) -> Value:
        """Return the bytes that a text stands for in protocols 0 to 2, or that bytes and bytearray copy."""
        value: Value = made
        if isinstance(args[0], str):
            codec = args[1] if len(args) > 1 else "utf-8"
            try:
                value = args[0].encode(str(codec))
            except (UnicodeEncodeError, LookupError):
                raise BrokenError(MALFORMED, "a text cannot be encoded") from None
        elif isinstance(args[0], (bytes, bytearray)):
            return args[0]
        nested.constant(self, value, made.at)
        return value

    def _call_result(self, fn: Value, args: tuple[Value, ...], at: int) -> Value:
        made = Call(fn, args, at, HOSTILE)
        if isinstance(fn, Call) and not args and fn.callee in _PARTIAL and fn.verdict == KNOWN:
            bound = newobj_ex(fn)
            if bound is not None:
                return self.construct(bound[0], bound[1], at, bound[2])
        if isinstance(fn, Call) and code.is_code_type(fn):
            made.verdict = self._code(fn, args, at)
            return made
        if isinstance(fn, Extension):
            why = "it calls something of the extension registry: nothing in the file says what"
        elif isinstance(fn, Persistent):
            why = "it calls what the loading program makes of a persistent id"
        else:
            why = "it calls what another call returned: a name that is nowhere written"
        self.step("load.call", HOSTILE, "indirect", render(made), why, at, callee=root(fn), values=texts(args))
        return made

    def _code(self, fn: Value, args: tuple[Value, ...], at: int) -> str:
        self.look(sum(min(len(one), 5_000) for one in args if isinstance(one, (list, tuple))))
        found = code.read_code(args)
        callee = fn.dotted if isinstance(fn, Global) else "types.CodeType"
        package = package_of(callee)
        if isinstance(fn, Global):
            fn.used = True
        self.report.add(
            Step("load.code", found.verdict, "code", found.text(callee), found.why, callee, found.values,
                 found.does, package, at)
        )  # fmt: skip
        return found.verdict

    # state

    def build(self, target: Value, given: Value, at: int) -> None:
        """Judge the state that BUILD sets."""
        self.now = at
        self.ran = True
        state.build(self, target, given, at)

    def fill(self, target: Value, method: str, items: list[Value], at: int) -> None:
        """Judge items that are put into something that is no plain container."""
        self.now = at
        state.fill(self, target, method, items, at)

    def constant(self, value: Value, m: Machine) -> None:
        """Look into a constant that may be a pickle or hold one."""
        nested.constant(self, value, m.at)

    def read_pickle(self, args: tuple[Value, ...]) -> str:
        """Read the bytes that a known function unpickles; return why it cannot, "" when it was read."""
        return nested.loaded(self, args)

    # reporting

    def look(self, items: int) -> None:
        """Count items that a judgement looks at.

        Raises:
            BrokenError: the same ones were given again and again: the loader copies them every time as well.
        """
        self._looks += items
        if self._looks > _LOOKS and self._looks > _LOOKS_PER_BYTE * self.source.size:
            why = f"{self.source.size} bytes make calls take {self._looks:,} items over and over"
            raise BrokenError(LIE, why)

    def step(  # noqa: PLR0913 - a step has as many parts
        self, what: str, verdict: str, slug: str, text: str, why: str, at: int,
        *, callee: str = "", values: tuple[str, ...] = (), does: str = "", package: str = "",
    ) -> None:  # fmt: skip
        """Report a step; of one callee no more than 50 of a kind."""
        if callee:
            kind = (callee, verdict)
            self._count[kind] = self._count.get(kind, 0) + 1
            if self._count[kind] > _SAME:
                return
        self.report.add(Step(what, verdict, slug, text, why, clean(callee), values, does, clean(package), at))

    def odd(self, slug: str, text: str, why: str, at: int) -> None:
        """Report something odd about the stream."""
        self.step("load.layout", ODD, slug, text, why, at)

    def fresh(self, name: Global, kind: str) -> bool:
        """Whether a known name was not reported in this role yet: one step for each tells enough."""
        return (name.dotted, kind) not in self._told

    def allow(self, name: Global, text: str, entry: Known, at: int) -> None:
        """Report the first allowed call of a known name."""
        name.used = True
        if text:
            self._told.add((name.dotted, "call"))
            package = package_of(name.module)
            self.step("load.call", KNOWN, "call", text, entry.why, at, callee=name.dotted, package=package)

    def _refuse(self, name: Global, text: str, args: tuple[Value, ...], at: int, lacks: str) -> str:
        """Report a call that is not allowed; return its verdict."""
        name.used = True
        found = None if name.computed or code.is_helper(name) else gadget(name.module, name.name)
        package = package_of(name.module)
        if found or name.computed:
            verdict, why = HOSTILE, found.why if found else "the called name is computed while loading"
        elif name.verdict == KNOWN:
            verdict = FOREIGN
            why = f"{name.dotted} is known, but not to be {lacks}" if lacks in {"called", "constructed"} else lacks
        else:
            verdict, why = FOREIGN, foreign(name, package)
        self.step(
            "load.call", verdict, "call", text, why, at, callee=name.dotted, values=shown(found, args),
            does=found.does if found else "", package=package,
        )  # fmt: skip
        return verdict

    def finish(self) -> None:
        """Report the names that were imported and never called."""
        for one in self.names.values():
            if one.used:
                continue
            package = package_of(one.module)
            found = gadget(one.module, one.name) if one.verdict == HOSTILE else None
            entry = lookup(one.module, one.name)
            why = entry.why if entry else found.why if found else foreign(one, package)
            does = found.does if found else ""
            self.step("load.import", one.verdict, "name", render(one), why, one.at, callee=one.dotted, does=does,
                      package=package)  # fmt: skip

"""Looks names up and puts what was found into words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.loading.known import distribution, known
from depscan.loading.pickle.values import Blob, Call, Global, Value

if TYPE_CHECKING:
    from depscan.loading.known import Gadget, Known


def lookup(module: str, name: str) -> Known | None:
    """Return the entry of a name; classes of TorchScript are those that the archive's own code text defines."""
    if module.startswith("__torch__"):
        from depscan.loading.known import Known

        return Known(frozenset({"construct"}), "", "a class of TorchScript, compiled from the code text beside it")
    return known(module, name)


def foreign(name: Global, package: str) -> str:
    """Return why a name that is not on the allowlist is not allowed."""
    if name.module == "__main__":
        return "code of the program that wrote the file: it is not in the file, and nobody here vouches for it"
    if package:
        return f"code of {package} that is not on the allowlist runs while loading"
    return f"{clean(name.dotted)} of the standard library is not on the allowlist"


def root(value: Value) -> str:
    """Return the name that a chain of calls starts with."""
    for _ in range(50):
        if not isinstance(value, Call):
            break
        value = value.fn
    return value.dotted if isinstance(value, Global) else ""


def texts(args: tuple[Value, ...]) -> tuple[str, ...]:
    """Return the texts among arguments, one level of containers deep."""
    found: list[str] = []
    for one in args[:20]:
        for value in one[:20] if isinstance(one, (list, tuple)) else (one,):
            if isinstance(value, (bytes, bytearray)):
                found.append(bytes(value[:2000]).decode("latin-1"))
            elif isinstance(value, (str, Blob)):
                found.append(value if isinstance(value, str) else value.head.decode("latin-1"))
    return tuple(_writable(text) for text in found if text)


def shown(found: Gadget | None, args: tuple[Value, ...]) -> tuple[str, ...]:
    """Return the texts of a call that matter: those of the argument that the gadget takes, where it has any."""
    takes = found.takes if found else ""
    if takes.isdigit():
        index = int(takes)
        return texts(args[index : index + 1]) or texts(args)
    return texts(args)


def package_of(module: str) -> str:
    """Return the distribution that brings a module; "" for the standard library and for the loading program itself."""
    return "" if module.partition(".")[0] in {"__main__", "__mp_main__"} else clean(distribution(module))


def clean(text: str) -> str:
    """Return a name as one printable line that every encoding can write."""
    return text if text.isprintable() else text.encode("unicode_escape", "backslashreplace").decode("ascii")


def _writable(text: str) -> str:
    """Return a text without lone surrogates, which no encoding can write."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")

"""Where a cluster is: the HOST:PORT of an engine's name, and whether anything answers there."""

from __future__ import annotations

import re
import socket

from depscan.errors import UsageError

SECONDS = 10.0
"""How long a cluster may take to answer."""


def address(scheme: str, rest: str, port: int, *, speaks_first: bool = False) -> str:
    """Return HOST:PORT of what stands behind ``scheme://``.

    Args:
        scheme: the engine.
        rest: ``HOST``, ``HOST:PORT`` or ``[IPv6]:PORT``.
        port: where none is named.
        speaks_first: whether a server of that kind does: one that says nothing is none, and its client would wait.

    Raises:
        UsageError: it is no such text, nothing listens there, or what does is something else.
    """
    match = re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+)(?::([0-9]{1,5}))?/?", rest)
    if match is None or int(match[2] or port) not in range(1, 65536):
        raise UsageError(f"not the address of a cluster: {scheme}://{rest}", hint=f"{scheme}://HOST:{port}")
    number = int(match[2] or port)
    try:
        with socket.create_connection((match[1].strip("[]"), number), timeout=SECONDS) as stream:
            silent = speaks_first and not stream.recv(1)
    except (OSError, UnicodeError) as error:  # the second: a name that no machine can have
        why = getattr(error, "strerror", "") or str(error)
        raise unreachable(scheme, f"{match[1]}:{number}", why) from error
    if silent:
        raise unreachable(scheme, f"{match[1]}:{number}", "it ends connections")
    return f"{match[1]}:{number}"


def unreachable(scheme: str, where: str, why: str) -> UsageError:
    """Return the error of a cluster that does not answer."""
    hint = "depscan connects to a cluster that runs; it starts none"
    return UsageError(f"no {scheme} cluster answers at {where}: {why}", hint=hint)

"""Typed access to values of a hostile file: the right type or a clear InputError."""

from __future__ import annotations

import re
from typing import Any

from depscan.errors import InputError

_RFC3339 = re.compile(r"(?ai)\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)").fullmatch


def table(value: Any, what: str) -> dict[str, Any]:  # noqa: ANN401 - any value of a parsed file
    """Return ``value`` if it is a table; {} for None.

    Raises:
        InputError: it is something else; ``what`` names it for the user.
    """
    if isinstance(value, dict):
        return value
    if value is None:
        return {}
    raise InputError(f"{what} should be a table, not {_kind(value)}")


def array(value: Any, what: str) -> list[Any]:  # noqa: ANN401
    """Return ``value`` if it is an array; [] for None. Raises InputError otherwise."""
    if isinstance(value, list):
        return value
    if value is None:
        return []
    raise InputError(f"{what} should be an array, not {_kind(value)}")


def tables(value: Any, what: str) -> list[dict[str, Any]]:  # noqa: ANN401
    """Return ``value`` if it is an array of tables; [] for None. Raises InputError otherwise."""
    items = array(value, what)
    for item in items:
        if not isinstance(item, dict):
            raise InputError(f"{what} should hold tables, not {_kind(item)}")
    return items


def string(value: Any, what: str) -> str:  # noqa: ANN401
    """Return ``value`` if it is a text; "" for None. Raises InputError otherwise."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    raise InputError(f"{what} should be a text, not {_kind(value)}")


def strings(value: Any, what: str) -> list[str]:  # noqa: ANN401
    """Return ``value`` if it is an array of texts; [] for None. Raises InputError otherwise."""
    return [string(item, what) for item in array(value, what)]


def required(value: Any, what: str) -> str:  # noqa: ANN401
    """Return ``value`` if it is a non-empty text.

    Raises:
        InputError: missing, empty or of another type.
    """
    text = string(value, what)
    if not text:
        raise InputError(f"{what} is missing")
    return text


def timestamp(value: Any, what: str) -> str:  # noqa: ANN401
    """Return a date and time as RFC 3339 text in UTC where the file names no zone; "" for None.

    TOML reads a bare ``2025-01-31T12:00:00Z`` as a datetime while other files quote it.

    Raises:
        InputError: neither a date and time nor a text that is one.
    """
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        if _RFC3339(value):
            return value.replace(" ", "T").replace("t", "T").replace("z", "Z")
    elif hasattr(value, "utcoffset") and hasattr(value, "year"):
        text: str = value.isoformat()
        return (text if value.tzinfo else f"{text}Z").replace("+00:00", "Z")
    raise InputError(f"{what} should be a date and time, not {_kind(value)}")


def _kind(value: Any) -> str:  # noqa: ANN401
    names = {dict: "a table", list: "an array", str: "a text", bool: "a truth value", int: "a number"}
    return names.get(type(value), f"a {type(value).__name__}")

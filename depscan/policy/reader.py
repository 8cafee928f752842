"""Typed reading of the policy file's values; every complaint names file and line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from depscan.errors import PolicyError
from depscan.model.decision import Waiver
from depscan.text.lines import locate_toml

if TYPE_CHECKING:
    from depscan.model.location import Route
    from depscan.text.source import SourceFile

_EXCEPTION = ("id", "package", "reason", "owner", "expires", "never")


class Reader:
    """Reads values of one policy file.

    Args:
        source: the file.
        prefix: keys above the policy's own table: ("tool", "depscan") in pyproject.toml.

    Attributes:
        lines: dotted key to 1-based line, for every key that was read and set.
        texts: line to text, for the lines of exceptions.
    """

    def __init__(self, source: SourceFile, prefix: tuple[str, ...]) -> None:
        self.source = source
        self.lines: dict[str, int] = {}
        self.texts: dict[int, str] = {}
        self._prefix = prefix

    def line(self, route: tuple[str | int, ...]) -> int:
        """Return the line of a key; for tables written inline, the line of their array."""
        if len(route) > 1 and isinstance(route[1], int):
            full: Route = (".".join((*self._prefix, str(route[0]))), *route[1:])
            return locate_toml(self.source, full) or locate_toml(self.source, (*self._prefix, route[0]))
        return locate_toml(self.source, (*self._prefix, *route))

    def fail(self, route: tuple[str | int, ...], message: str, hint: str = "") -> NoReturn:
        """Raise the PolicyError for a key."""
        key = ".".join(p for p in route if isinstance(p, str))
        text = f"{key}: {message}" if key else message
        raise PolicyError(text, path=self.source.path, line=self.line(route) if route else 1, hint=hint)

    def table(self, value: Any, route: tuple[str | int, ...], keys: tuple[str, ...]) -> dict[str, Any]:  # noqa: ANN401
        """Return a table whose keys are all among ``keys``; {} for None."""
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.fail(route, "should be a table")
        for key, item in value.items():
            if key not in keys:
                self.fail((*route, key), "unknown key", f"known here: {', '.join(keys)}")
            if not isinstance(item, dict) and not any(isinstance(p, int) for p in route):
                self.lines[".".join((*map(str, route), key))] = self.line((*route, key))
        return value

    def text(self, value: Any, route: tuple[str | int, ...], *, needed: bool = False) -> str:  # noqa: ANN401
        """Return a text; "" for None unless ``needed``, which also refuses an empty one."""
        if value is None and not needed:
            return ""
        if not isinstance(value, str):
            self.fail(route, "is missing" if value is None else "should be a text")
        if needed and not value.strip():
            self.fail(route, "is empty")
        return value

    def words(self, value: Any, route: tuple[str | int, ...]) -> tuple[str, ...] | None:  # noqa: ANN401
        """Return an array of texts; None for None."""
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            self.fail(route, "should be an array of texts")
        return tuple(value)

    def flag(self, value: Any, route: tuple[str | int, ...]) -> bool:  # noqa: ANN401
        """Return a truth value; False for None."""
        if value is not None and not isinstance(value, bool):
            self.fail(route, "should be true or false")
        return bool(value)

    def choice(self, value: Any, route: tuple[str | int, ...], words: tuple[str, ...]) -> str:  # noqa: ANN401
        """Return one of ``words``; the first for None."""
        if value is None:
            return words[0]
        if value not in words:
            self.fail(route, "is not known", f"one of: {', '.join(words)}")
        return str(value)

    def days(self, value: Any, route: tuple[str | int, ...]) -> int | None:  # noqa: ANN401
        """Return a number of days, zero or more."""
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            self.fail(route, "should be a number of days, zero or more")
        return value

    def reasons(self, value: Any, route: tuple[str | int, ...]) -> tuple[str, ...]:  # noqa: ANN401
        """Return the names of a table of name = reason; a reason is needed."""
        if value is None:
            return ()
        if not isinstance(value, dict):
            self.fail(route, "should be a table of name = reason")
        for key, item in value.items():
            self.text(item, (*route, key), needed=True)
        return tuple(value)

    def exceptions(self, value: Any) -> tuple[Waiver, ...]:  # noqa: ANN401
        """Return every ``[[exception]]``, in file order."""
        if value is None:
            return ()
        if not isinstance(value, list):
            self.fail(("exception",), "should be written [[exception]]")
        return tuple(self._exception(item, ("exception", i)) for i, item in enumerate(value))

    def _exception(self, value: Any, route: tuple[str | int, ...]) -> Waiver:  # noqa: ANN401
        row = self.table(value, route, _EXCEPTION)
        found = self.text(row.get("id"), (*route, "id"), needed=True)
        line = self.line((*route, "id"))
        self.texts[line] = self.source.line(line)
        return Waiver(
            found,
            self.text(row.get("package"), (*route, "package"), needed="package" in row),
            self.text(row.get("reason"), (*route, "reason"), needed=True),
            self.text(row.get("owner"), (*route, "owner")),
            self._expires(row, route),
            self.source.path,
            line,
        )

    def _expires(self, row: dict[str, Any], route: tuple[str | int, ...]) -> str:
        """Return the last day as YYYY-MM-DD; "" where the file says that it never ends."""
        import datetime as dt

        never = self.flag(row.get("never"), (*route, "never"))
        value = row.get("expires")
        if value is None:
            if not never:
                self.fail((*route, "expires"), "is missing", "a date such as 2030-01-31, or never = true")
            return ""
        if never:
            self.fail((*route, "never"), "stands beside a date", "remove one of them")
        if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
            return value.isoformat()
        try:
            return dt.datetime.strptime(value, "%Y-%m-%d").date().isoformat()  # noqa: DTZ007 - a day
        except (TypeError, ValueError):
            self.fail((*route, "expires"), "should be a date", "such as 2030-01-31")

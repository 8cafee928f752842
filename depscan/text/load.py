"""Load TOML, JSON and JSON with comments; every failure is an InputError with a line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from depscan.text.source import SourceFile

_TOML_LINE = r"\(at line (\d+)"


def load_toml(source: SourceFile) -> dict[str, Any]:
    """Return the table of a TOML file (https://toml.io/en/v1.0.0).

    Raises:
        InputError: not TOML (also duplicate keys and nesting too deep to read).
    """
    import tomli

    text = source.text
    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        found = re.search(_TOML_LINE, str(error))
        reason = str(error).partition(" (at ")[0]
        raise _not(source, "TOML", reason, int(found[1]) if found else text.count("\n") + 1) from None
    except RecursionError:
        raise source.error("nested too deeply to be a dependency file") from None
    except ValueError as error:  # dates and integers the grammar allows and Python does not
        raise source.error(f"invalid TOML: {error}") from None


def load_json(source: SourceFile) -> Any:  # noqa: ANN401 - JSON
    """Return the value of a JSON file (RFC 8259); an object with a repeated key is refused.

    Raises:
        InputError: not JSON, a repeated key, or nesting too deep to read.
    """
    return _json(source, source.text)


def load_jsonc(source: SourceFile) -> Any:  # noqa: ANN401 - JSON
    """Return the value of JSON with comments and trailing commas, as bun and deno write it.

    Raises:
        InputError: see ``load_json``.
    """
    return _json(source, _strip(source.text))


def _json(source: SourceFile, text: str) -> Any:  # noqa: ANN401 - JSON
    import json

    repeated: list[str] = []

    def table(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) != len(pairs):
            seen: set[str] = set()
            repeated.extend(k for k, _ in pairs if k in seen or seen.add(k))  # type: ignore[func-returns-value]
        return made

    try:
        value = json.loads(text, object_pairs_hook=table)
    except json.JSONDecodeError as error:
        raise _not(source, "JSON", error.msg[:1].lower() + error.msg[1:], error.lineno) from None
    except RecursionError:
        raise source.error("nested too deeply to be a dependency file") from None
    except ValueError as error:  # integers of more than 4300 digits
        raise source.error(f"invalid JSON: {error}") from None
    if repeated:
        key = json.dumps(repeated[0])
        lines = [i for i, line in enumerate(text.split("\n"), 1) if f"{key}:" in line.replace(" ", "")]
        raise source.error(f"invalid JSON: duplicate key {key}", lines[-1] if lines else 0)
    return value


_JSONC = r'"(?:[^"\\\n]|\\.)*"|//[^\n]*|/\*.*?\*/|,(?=(?:\s|//[^\n]*|/\*.*?\*/)*[\]}])'


def _strip(text: str) -> str:
    """Blank out comments and trailing commas; line numbers stay."""

    def blank(match: re.Match[str]) -> str:
        part = match[0]
        return part if part[0] == '"' else "\n" * part.count("\n")

    return re.sub(_JSONC, blank, text, flags=re.DOTALL)


def _not(source: SourceFile, language: str, reason: str, line: int) -> Exception:
    conflict = source.conflict_line()
    if conflict:
        return source.error("merge-conflict markers: the file was committed unresolved", conflict)
    return source.error(f"invalid {language}: {reason[:200]}", line)

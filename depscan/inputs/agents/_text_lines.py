"""Lines of values by the text around them: for TOML and YAML, whose readers give no places."""

from __future__ import annotations

import re


class TextLines:
    """Route to 1-based line: the keys are sought one after the other, each below the one before.

    Args:
        text: the file.
    """

    def __init__(self, text: str) -> None:
        self._text = text

    def line(self, route: tuple[str | int, ...]) -> int:
        """Return the line of the last key of ``route`` that is found; 1 where none is."""
        at, met = 0, 0
        for part in route:
            if isinstance(part, int):
                continue
            found = re.compile(rf"(?<![\w-])[\"']?{re.escape(part)}[\"']?(?=\s*[:=.\]])").search(self._text, at)
            if found is None:
                break
            at, met = found.end(), found.start()
        return self._text.count("\n", 0, met) + 1

"""How common a word is in names: a made-up spelling stands in no other name, a real word in many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.intel.name_table import WORDS

if TYPE_CHECKING:
    from depscan.intel.name_table import NameTable


class Words:
    """The words that names are made of, from the table of names."""

    def __init__(self, table: NameTable) -> None:
        self._table = table
        self._levels: dict[str, int] | None = None

    def level(self, word: str) -> int:
        """Return 0 for a word that hardly any name contains, up to 5 for one that hundreds contain.

        Raises:
            IntelError: the table is damaged.
        """
        if self._levels is None:
            self._levels = {}
            for level, line in enumerate(self._table.text(WORDS).split("\n"), 1):
                self._levels.update(dict.fromkeys(line.split(" "), level))
        return self._levels.get(word, 0)

"""Two searches, one answer."""

from __future__ import annotations

import random
from pathlib import Path

from depscan.intel.name_table import open_table
from depscan.names.judge import Judge
from depscan.names.near import DeletionIndex, TextSearch
from depscan.names.protected import Protected
from depscan.names.spelling import squash
from depscan.names.verdict import NONE
from tests.unit.names.tables import table

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


def mutated(name: str, rng: random.Random) -> str:
    """Return a name after one to three slips."""
    letters = list(name)
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(letters)) if letters else 0
        kind = rng.randrange(4)
        if kind == 0:
            letters.insert(at, rng.choice(LETTERS))
        elif kind == 1 and len(letters) > 1:
            del letters[at]
        elif kind == 2:
            letters[at] = rng.choice(LETTERS)
        elif at + 1 < len(letters):
            letters[at], letters[at + 1] = letters[at + 1], letters[at]
    return "".join(letters)


def suspects(protected: Protected, count: int, seed: int) -> list[str]:
    rng = random.Random(seed)
    return [mutated(squash(rng.choice(protected.spelled())), rng) for _ in range(count)]


def test_the_index_finds_what_the_text_search_finds() -> None:
    protected = Protected("PyPI", open_table())
    index, text = DeletionIndex(protected), TextSearch(protected)
    found = 0
    for query in suspects(protected, 1500, seed=5):
        expected = text.find(query)
        assert index.find(query) == expected, query
        assert index.find(query, slips=1) == text.find(query, slips=1), query
        assert not expected or index.near_one(query) or index.near_two(query), query
        found += bool(expected)
    assert found > 600


def test_many_names_are_judged_as_one_by_one() -> None:
    for ecosystem in ("PyPI", "npm"):
        one, many = Judge(ecosystem, open_table()), Judge(ecosystem, open_table())
        rng = random.Random(3)
        names = [mutated(rng.choice(one.protected.spelled()), rng) for _ in range(400)]
        names += [
            f"{rng.choice(one.protected.spelled())}-{word}" for word in ("utils", "new", "js", "xyz") for _ in range(60)
        ]
        names += [
            f"{word}{rng.choice(one.protected.spelled())}" for word in ("py", "python-", "a-b-") for _ in range(60)
        ]
        names += [
            "-".join(reversed(name.split("-"))) for name in one.protected.spelled()[:3000] if name.count("-") in {1, 2}
        ]
        names += ["cv2", "раndas", "numpy", "", "a", "..", "@types2/node", "core-http", "uglify.js", "x" * 300]
        singly = [one.judge(name) for name in names]
        assert [v if v.tier != NONE else v.name for v in singly] == [
            v if v.tier != NONE else v.name for v in many.judge_many(names)
        ]
        assert sum(v.tier != NONE for v in singly) > 100


def test_short_and_endless_spellings_are_near_nothing(tmp_path: Path) -> None:
    protected = Protected("PyPI", table(tmp_path, ("ab", "abc", "a" * 60)))
    for search in (TextSearch(protected), DeletionIndex(protected)):
        assert search.find("") == search.find("ab") == search.find("a" * 61) == []
        assert [i for i, _ in search.find("abd")] == [0, 1]

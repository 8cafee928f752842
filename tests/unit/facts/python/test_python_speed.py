"""What makes reading cheap must hide nothing: words found in one pass, tests read last, gaps that say when."""

from __future__ import annotations

import gc

import pytest

from depscan.artifacts.artifact import Artifact, Member
from depscan.artifacts.entry import Entry
from depscan.artifacts.surface import Surface
from depscan.facts.engine import inspect_opened
from depscan.facts.fact import Gap
from depscan.facts.pause import collector_paused
from depscan.facts.python import read_python
from depscan.facts.python.vocabulary import Sought, is_dressed, words_of
from depscan.facts.sink import Sink
from depscan.rules.load import load_rules

_FILLER = "".join(f"def plain_{i}(a, b):\n    c = a + b\n    return c * {i}\n\n\n" for i in range(300))


def _read(files: list[tuple[str, str, str]]) -> Sink:
    members = tuple(Member(path, len(text), lambda t=text: t.encode()) for path, _, text in files)  # type: ignore[misc]
    entries = tuple(Entry(path, when, "python", "") for path, when, _ in files)
    modules = {path[:-3].removesuffix("/__init__").replace("/", "."): path for path, _, _ in files}
    sink = Sink()
    read_python(Artifact("x", "sdist", "x", "1", members, ()), Surface(entries, modules, ()), sink)
    return sink


def test_words_are_found_as_a_search_would_find_them() -> None:
    data = b"import os\nos.system('x')\nmypopen2(1)\n# exec\n"
    texts = (b"os.system", b"popen", b"exec(", b"eval", b"= exec\n")
    joined = b" ".join(words_of(data))
    assert Sought(texts).held(data, joined) == [text for text in texts if text in data]
    assert Sought(texts).any(data, joined)
    assert not Sought([b"exec("]).any(data, joined)


@pytest.mark.parametrize("name", ["\uff45xec", "\U0001d4ee\U0001d4ff\U0001d4aa\U0001d4f5", "ev\u00aal"])
def test_names_in_letters_that_only_look_like_others_are_told(name: str) -> None:
    assert is_dressed(words_of(f"{name}('x')".encode()))


@pytest.mark.parametrize("text", ["x = 'caf\u00e9'", "# \u6ce8\uff0cexec", "\u5909\u6570 = 1", "# 1\u00ba"])
def test_other_languages_are_not_dressed(text: str) -> None:
    assert not is_dressed(words_of(text.encode()))


def test_a_dressed_name_in_a_large_module_is_read() -> None:
    text = _FILLER + "\uff45xec(open('/tmp/x.example').read())\n"
    assert "code.eval" in {fact.what for fact in _read([("acme/__init__.py", "import", text)]).facts}


def test_what_tests_call_still_counts_as_called() -> None:
    text = "import os\n\n\ndef go(a):\n    os.system('make ' + a)\n"
    test = "from acme import core\n\ncore.go('x')\n"
    sink = _read([("acme/core.py", "call", text), ("tests/test_core.py", "test", test)])
    assert "call" in {fact.when for fact in sink.facts if fact.what == "shell.run"}


@pytest.mark.parametrize(("when", "told"), [("import", "import may run"), ("call", "only run when called")])
def test_what_a_budget_leaves_out_says_when_it_runs(when: str, told: str) -> None:
    text = "import subprocess\n" + "".join(f"subprocess.run(['a', '{i}'])\n" for i in range(4000))
    sink = _read([(f"acme/m{i}.py", when, text) for i in range(12)])
    assert [gap.when for gap in sink.gaps if told in gap.why] == [when]


def test_the_time_of_a_gap_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    sink = Sink()
    sink.gap("", "left out", when="import")
    assert sink.gaps == [Gap("", "left out", when="import")]
    monkeypatch.setattr("depscan.facts.engine.read_artifact", lambda _: (sink, {}))
    assert inspect_opened(Artifact("x", "wheel", "x", "1", (), ())).gaps[0].when == "import"


@pytest.mark.parametrize("on", [True, False])
def test_the_collector_is_left_as_it_was(*, on: bool) -> None:
    was_on = gc.isenabled()
    try:
        gc.enable() if on else gc.disable()
        with collector_paused():
            assert not gc.isenabled()
        assert gc.isenabled() == on
    finally:
        gc.enable() if was_on else gc.disable()


def test_reading_leaves_next_to_nothing_to_collect() -> None:
    text = _FILLER + "import os\n\n\ndef go(a):\n    return [os.system(x) for x in a]\n"
    files = [(f"acme/m{i}.py", "import", text) for i in range(4)]
    _read(files)
    gc.collect()
    with collector_paused():
        _read(files)
        assert gc.collect() < 500


def test_rules_without_their_examples_are_the_same_rules() -> None:
    whole = [rule._replace(examples=()) for rule in load_rules()]
    assert whole == list(load_rules(examples=False))

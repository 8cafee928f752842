"""What runs at import and what only later: main guards, caches, decorators, chat handlers, nested functions."""

from __future__ import annotations

import pytest

from depscan.artifacts.identity import disguise
from depscan.artifacts.magic import sniff
from depscan.facts.fact import Fact
from depscan.facts.python import read_python_text
from depscan.facts.python.parse import parse
from depscan.facts.sink import Sink

RUN = "import os\nimport functools\nimport contextlib\n"


def _facts(text: str) -> list[Fact]:
    sink = Sink()
    read_python_text(text, path="a.py", line=0, when="import", layer=(), sink=sink)
    return sink.facts


def _when(text: str) -> set[str]:
    return {fact.when for fact in _facts(RUN + text) if fact.what == "process.spawn"}


@pytest.mark.parametrize(
    "test",
    ["__name__ == '__main__'", "os.name != 'nt' and __name__ == '__main__'", "'__main__' == __name__ and os.sep"],
)
def test_what_only_a_started_script_does_is_no_import(test: str) -> None:
    assert _when(f"if {test}:\n    os.system('demo')\n") == {"call"}


@pytest.mark.parametrize("test", ["__name__ != '__main__'", "__name__ == '__main__' or os.sep", "__name__ == 'demo'"])
def test_other_conditions_on_the_name_do_not_delay(test: str) -> None:
    assert _when(f"if {test}:\n    os.system('demo')\n") == {"import"}


@pytest.mark.parametrize("wrapper", ["functools.lru_cache()", "functools.cache", "contextlib.contextmanager"])
def test_a_wrapped_function_runs_when_it_is_called(wrapper: str) -> None:
    define = "def ask():\n    os.system('demo')\n    yield 1\n"
    assert _when(f"{define}later = {wrapper}(ask)\n") == {"call"}
    assert _when(f"{define}later = {wrapper}(ask)\nlater()\n") == {"import"}


def test_wraps_gives_the_inner_function_back() -> None:
    text = "def deco(f):\n    def g():\n        os.system('demo')\n    return functools.wraps(f)(g)\n"
    assert _when(text + "@deco\ndef h(): pass\nh()\n") == {"import"}


def test_a_decorator_that_wants_more_arguments_does_not_run_its_body() -> None:
    text = "from other import decorator\n@decorator\ndef sudo(fn, command):\n    return fn(command)\n"
    assert _when(text + "@sudo\ndef match(command):\n    os.system('demo')\n") == {"call"}


def test_functions_inside_functions_that_nobody_calls_are_read() -> None:
    assert _when("def outer():\n    def inner():\n        os.system('demo')\n    return inner\n") == {"call"}


def test_each_closure_of_one_def_is_called_for_itself() -> None:
    text = (
        "def deco(f):\n    def g():\n        return f()\n    return g\ndef a(): pass\ndef b():\n    os.system('demo')\n"
    )
    assert _when(text + "deco(a)()\ndeco(b)()\n") == {"import"}


@pytest.mark.parametrize(
    "text",
    [
        "import telebot\nbot = telebot.TeleBot(T)\n@bot.message_handler()\ndef f(m):\n    os.system(m.text)\n",
        "from discord.ext import commands\nbot = commands.Bot('!')\n@bot.command()\nasync def f(ctx, *, t):\n    os.system(t)\n",
        "import discord\nclass C(discord.Client):\n    async def on_message(self, m):\n        os.system(m.content)\n",
        "from telegram.ext import CommandHandler\ndef f(u, c):\n    os.system(c.args[0])\nCommandHandler('x', f)\n",
        "def setup(bot):\n    @bot.message_handler()\n    def f(m):\n        os.system(m.text)\n",
    ],
)
def test_what_a_chat_handler_gets_comes_from_the_network(text: str) -> None:
    facts = _facts(RUN + text)
    spawn = next(fact for fact in facts if fact.what == "process.spawn")
    assert [facts[i].what for i in spawn.sources] == ["net.download"]


def test_a_handler_of_something_else_is_no_network() -> None:
    facts = _facts(RUN + "import click\n@click.command()\ndef f(name):\n    os.system(name)\n")
    assert not any(fact.what == "net.download" for fact in facts)


def test_a_cut_escape_hides_nothing() -> None:
    parsed = parse('text = "a\\x1"\nrun = "\\\\x1"\n')
    assert parsed.tree is not None
    assert (parsed.repaired, parsed.partial) == (True, False)


@pytest.mark.parametrize("key", [1, 0x41, 0xE8])
def test_a_masked_program_is_told(key: int) -> None:
    program = b"MZ" + bytes(58) + (0x80).to_bytes(4, "little") + bytes(64) + b"PE\0\0" + bytes(300)
    for plain in (program, b"\x7fELF\x02\x01\x01" + bytes(100)):
        kind = sniff(bytes(byte ^ key for byte in plain))
        assert kind == "masked-program"
        assert "mask" in disguise("acme/util.py", kind)


@pytest.mark.parametrize("data", [b"LZ" + bytes(510), bytes(range(1, 255)), b"\x00\x17" + bytes(62)])
def test_other_binaries_are_no_masked_program(data: bytes) -> None:
    assert sniff(data) != "masked-program"

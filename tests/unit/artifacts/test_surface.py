"""What runs in an artifact, and when."""

from __future__ import annotations

from depscan.artifacts.open import open_bytes
from depscan.artifacts.surface import Surface, surface
from tests.unit.artifacts.builders import ELF, PE, PNG, SDIST, WHEEL, Files, tar_of, zip_of


def wheel(files: Files) -> Surface:
    return surface(open_bytes(zip_of({**files, "a-1.dist-info/WHEEL": ""}), "a-1-py3-none-any.whl"))


def sdist(files: Files) -> Surface:
    return surface(open_bytes(tar_of({f"a-1/{k}": v for k, v in files.items()} | {"a-1/PKG-INFO": ""}), "a-1.tar.gz"))


def rows(found: Surface) -> set[tuple[str, str, str]]:
    return {(e.path, e.when, e.language) for e in found.entries}


def test_a_wheel_runs_at_import_and_by_its_scripts() -> None:
    found = surface(open_bytes(zip_of(WHEEL), "alpha-1.0-py3-none-any.whl"))
    assert rows(found) == {
        ("alpha/__init__.py", "import", "python"),
        ("alpha/core.py", "import", "python"),
        ("alpha/core.py", "call", "python"),
        ("alpha/_fast.cpython-311-x86_64-linux-gnu.so", "import", "native"),
        ("alpha/tests/test_core.py", "test", "python"),
        ("alpha-1.0.data/scripts/alpha-run", "call", "shell"),
    }
    assert found.modules["alpha"] == "alpha/__init__.py"
    assert found.modules["alpha.core"] == "alpha/core.py"
    assert found.top_level == ("alpha",)


def test_an_sdist_runs_its_setup_script_at_install_and_knows_the_src_layout() -> None:
    found = surface(open_bytes(tar_of(SDIST), "alpha-1.0.tar.gz"))
    assert found.entries[0][:3] == ("setup.py", "install", "python")
    assert ("src/alpha/core.py", "import", "python") in rows(found)
    assert ("tests/conftest.py", "test", "python") in rows(found)
    assert ("tools/release.sh", "call", "shell") in rows(found)
    assert found.modules["alpha.core"] == "src/alpha/core.py"


def test_in_tree_back_ends_and_build_hooks_run_at_install() -> None:
    project = (
        '[build-system]\nrequires = []\nbuild-backend = "own.back:x"\nbackend-path = ["_build"]\n'
        '[tool.hatch.build.hooks.custom]\n[tool.poetry.build]\nscript = "make_it.py"\n'
        '[tool.setuptools.cmdclass]\ninstall = "cmds.mine.Install"\n[project.scripts]\nrun = "pkg.cli:main"\n'
    )
    files = ("_build/own/back.py", "hatch_build.py", "make_it.py", "cmds/mine.py", "pkg/__init__.py", "pkg/cli.py")
    found = sdist({"pyproject.toml": project, **dict.fromkeys(files, "")})
    assert {p for p, when, _ in rows(found) if when == "install"} == set(files[:4])
    assert ("pkg/cli.py", "call", "python") in rows(found)


def test_a_pyproject_that_is_no_toml_still_names_its_back_end() -> None:
    found = sdist({"pyproject.toml": '[build-system\nbuild-backend = "own"\nbackend-path = ["."]\n', "own.py": ""})
    assert ("own.py", "install", "python") in rows(found)


def test_a_version_that_the_build_must_import_runs_at_install_and_a_literal_does_not() -> None:
    project = '[tool.setuptools.dynamic]\nversion = { attr = "a.__version__" }\n'
    for text, when in (("__version__ = '1'  # x\n", "import"), ("__version__ = str(1)\n", "install")):
        assert sdist({"pyproject.toml": project, "a/__init__.py": text}).entries[0].when == when


def test_setup_cfg_names_commands_and_entry_points() -> None:
    text = "[options]\ncmdclass =\n    build = cmd.Build\n[options.entry_points]\nconsole_scripts =\n    x = m.cli:go\n"
    found = sdist({"setup.cfg": text, "cmd.py": "", "m/__init__.py": "", "m/cli.py": ""})
    assert {("cmd.py", "install", "python"), ("m/cli.py", "call", "python")} <= rows(found)


def test_files_of_the_site_folder_run_at_every_start() -> None:
    found = wheel({
        "a.pth": "import os; os.getcwd()\n",
        "paths.pth": "/some/folder\n# import nothing\n",
        "bom.pth": b"\xef\xbb\xbfimport os\n",
        "deep/b.pth": "import os\n",
        "model.pth": b"PK\x03\x04import x\n" + bytes(30),
        "a.start": "a.b:c\n",
        "sitecustomize.py": "",
        "a-1.data/purelib/usercustomize.py": "",
        "a-1.data/platlib/c.pth": "import os\n",
    })  # fmt: skip
    assert {(p, lang) for p, when, lang in rows(found) if when == "startup"} == {
        ("a.pth", "pth"), ("bom.pth", "pth"), ("a-1.data/platlib/c.pth", "pth"), ("a.start", "start"),
        ("sitecustomize.py", "python"), ("a-1.data/purelib/usercustomize.py", "python"),
    }  # fmt: skip
    assert ("deep/b.pth", "call", "pth") in rows(found)


def test_a_command_script_runs_at_install_when_the_setup_script_names_it() -> None:
    found = sdist(
        {"setup.py": "run('go.sh')", "go.sh": "", "other.ps1": "", "x.bat": "", "bin/y": "#!/usr/bin/env bash\n"}
    )
    assert {("go.sh", "install", "shell"), ("other.ps1", "call", "powershell")} <= rows(found)
    assert {("x.bat", "call", "batch"), ("bin/y", "call", "shell")} <= rows(found)


def test_native_binaries_are_told_by_content_and_by_role() -> None:
    found = wheel({"a/x.so": ELF, "a/run": ELF, "a/y.dll": PE, "a/z.pyd": PE, "a/logo.png": PE, "a/true.png": PNG})
    assert {(e.path, e.when, e.why) for e in found.entries if e.language == "native"} == {
        ("a/x.so", "import", "extension module"), ("a/run", "call", "program"), ("a/y.dll", "call", "library"),
        ("a/z.pyd", "import", "extension module"), ("a/logo.png", "call", "program"),
    }  # fmt: skip


def test_npm_life_cycle_scripts_run_at_install() -> None:
    manifest = '{"name": "x", "version": "1.0.0", "main": "lib/a", "bin": {"x": "./cli.js"}, "scripts": %s}'
    files = {"package/package.json": manifest % '{"postinstall": "node s.js", "test": "x"}', "package/lib/a.js": "",
             "package/cli.js": "", "package/test/t.js": ""}  # fmt: skip
    found = surface(open_bytes(tar_of(files), "x-1.0.0.tgz"))
    assert found.entries[0] == ("package.json", "install", "npm", "postinstall", ())
    assert {("lib/a.js", "import", "javascript"), ("cli.js", "call", "javascript")} <= rows(found)
    gyp = {"package/package.json": manifest % "{}", "package/binding.gyp": "{}"}
    assert ("package.json", "install", "npm") in rows(surface(open_bytes(tar_of(gyp), "x-1.0.0.tgz")))


def test_conda_link_scripts_run_at_install_and_modules_lie_in_site_packages() -> None:
    files = {"info/index.json": '{"name": "b", "version": "1"}', "bin/.b-post-link.sh": "x",
             "site-packages/b/__init__.py": "",
             "etc/conda/activate.d/b.sh": "", "info/test/run_test.py": ""}  # fmt: skip
    found = surface(open_bytes(tar_of(files, "w:bz2"), "b-1-0.tar.bz2"))
    assert {("bin/.b-post-link.sh", "install", "shell"), ("etc/conda/activate.d/b.sh", "startup", "shell")} <= rows(
        found
    )
    assert ("info/test/run_test.py", "test", "python") in rows(found)
    assert found.modules == {"b": "site-packages/b/__init__.py", "info.test.run_test": "info/test/run_test.py"}


def test_editor_and_agent_files_notebooks_and_bytecode_are_listed() -> None:
    found = wheel({
        ".vscode/tasks.json": "{}", "a/.claude/settings.json": "{}", "CLAUDE.md": "", "n.ipynb": "{}",
        "a/__init__.pyc": b"\xa7\r\r\n" + bytes(20), "docs/d.ipynb": "{}",
    })  # fmt: skip
    assert rows(found) == {
        (".vscode/tasks.json", "call", "json-hook"), ("a/.claude/settings.json", "call", "json-hook"),
        ("CLAUDE.md", "call", "agent-text"), ("n.ipynb", "call", "notebook"), ("docs/d.ipynb", "test", "notebook"),
        ("a/__init__.pyc", "import", "bytecode"),
    }  # fmt: skip


def test_a_product_that_is_called_like_a_test_is_the_product() -> None:
    found = surface(open_bytes(tar_of({"demo-1/setup.py": "", "demo-1/demo/__init__.py": ""}), "demo-1.tar.gz"))
    assert ("demo/__init__.py", "import", "python") in rows(found)


def test_code_in_nested_archives_runs_only_when_called_unless_the_archive_is_all_there_is() -> None:
    inner = tar_of(SDIST)
    found = surface(open_bytes(zip_of({"pkg/__init__.py": "", "pkg/a.tar.gz": inner}), "x-1.zip"))
    assert {(e.when, e.container) for e in found.entries if e.path == "setup.py"} == {("call", ("a.tar.gz",))}
    alone = surface(open_bytes(zip_of({"a.tar.gz": inner}), "x-1.zip"))
    assert alone.entries[0] == ("setup.py", "install", "python", "setup script", ("a.tar.gz",))
    assert alone.modules["alpha"] == "src/alpha/__init__.py"


def test_a_file_that_only_a_command_names_runs_when_called() -> None:
    files = {"package.json": '{"name": "x", "version": "1.0.0", "bin": "cli.js"}', "cli.js": "", "lib.js": ""}
    found = rows(surface(open_bytes(tar_of({f"package/{path}": text for path, text in files.items()}), "x-1.0.0.tgz")))
    assert {row for row in found if row[2] == "javascript"} == {
        ("lib.js", "import", "javascript"),
        ("cli.js", "call", "javascript"),
    }

"""Which index an installer would ask: every place of configuration, their order, and what never leaves."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from depscan.registry import pip_config
from depscan.registry.settings import Settings, load_settings

OFF = {"PIP_CONFIG_FILE": os.devnull}


def load(tmp_path: Path, environment: dict[str, str] | None = None) -> Settings:
    """Load with a home, a project and a system of the test's own."""
    (tmp_path / "project").mkdir(exist_ok=True)
    variables = {"HOME": str(tmp_path / "home"), "VIRTUAL_ENV": str(tmp_path / "venv"), **(environment or {})}
    return load_settings(str(tmp_path / "project"), variables, root=str(tmp_path / "system"))


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def urls(settings: Settings) -> list[str]:
    return [index.url for index in settings.indexes("PyPI", "x")]


def test_without_configuration_pips_own_constant_is_the_index(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert urls(settings) == [pip_config.default_index()]
    assert settings.python[0].origin == "pip's own default"
    assert settings.python[0].url.startswith("https://")
    assert settings.python[0].url.endswith("/simple")


def test_the_constant_is_read_from_text_and_nothing_is_imported() -> None:
    text = 'class PackageIndex: ...\nPyPI = PackageIndex("https://index.example/", file_storage_domain="f.example")\n'
    assert pip_config._constant(text) == "https://index.example/simple"
    for broken in ("", "PyPI = 1", "PyPI = f()", "PyPI = f(1)", "PyPI = (", "\0", "Other = f('https://x.example')"):
        assert pip_config._constant(broken) == ""


def test_the_wheel_that_python_bundles_gives_the_same_constant() -> None:
    bundled = pip_config._bundled()
    if not bundled:
        pytest.skip("this Python bundles no pip")
    assert pip_config._constant(bundled) == pip_config.default_index()


def test_npm_has_no_default(tmp_path: Path) -> None:
    assert load(tmp_path).indexes("npm", "left-pad") == ()


@pytest.mark.parametrize(
    "place",
    [
        "home/.config/pip/pip.conf",
        "home/.pip/pip.conf",
        "venv/pip.conf",
        "system/etc/pip.conf",
        "system/etc/xdg/pip/pip.conf",
    ],
)
def test_each_of_pips_files_is_read(place: str, tmp_path: Path) -> None:
    write(
        tmp_path / place,
        "[global]\nindex-url = https://index.example/simple/\nextra-index-url =\n  https://b.example/s\n",
    )
    settings = load(tmp_path)
    assert urls(settings) == ["https://index.example/simple", "https://b.example/s"]
    assert settings.python[0].origin == str(tmp_path / place)


def test_of_pips_files_the_more_special_wins(tmp_path: Path) -> None:
    write(tmp_path / "system/etc/pip.conf", "[global]\nindex-url = https://system.example/s\n")
    write(tmp_path / "home/.config/pip/pip.conf", "[global]\nindex_url = https://user.example/s\n")
    assert urls(load(tmp_path)) == ["https://user.example/s"]
    write(tmp_path / "venv/pip.conf", "[global]\nindex-url = https://venv.example/s\n")
    assert urls(load(tmp_path)) == ["https://venv.example/s"]
    write(tmp_path / "system/etc/pip.conf", "[install]\nindex-url = https://install.example/s\n")
    assert urls(load(tmp_path)) == ["https://install.example/s"]
    write(tmp_path / "named.conf", "[install]\nindex-url = https://named.example/s\n")
    assert urls(load(tmp_path, {"PIP_CONFIG_FILE": str(tmp_path / "named.conf")})) == ["https://named.example/s"]
    assert urls(load(tmp_path, {"PIP_INDEX_URL": "https://env.example/s"})) == ["https://env.example/s"]


def test_xdg_moves_the_users_files(tmp_path: Path) -> None:
    write(tmp_path / "xdg/pip/pip.conf", "[global]\nindex-url = https://xdg.example/s\n")
    assert urls(load(tmp_path, {"XDG_CONFIG_HOME": str(tmp_path / "xdg")})) == ["https://xdg.example/s"]


def test_devnull_turns_pips_files_off(tmp_path: Path) -> None:
    write(tmp_path / "venv/pip.conf", "[global]\nindex-url = https://venv.example/s\n")
    assert urls(load(tmp_path, OFF)) == [pip_config.default_index()]


@pytest.mark.parametrize("place", ["venv/pip.conf", ""])
def test_who_told_pip_to_ask_no_index_gets_none(place: str, tmp_path: Path) -> None:
    if place:
        write(tmp_path / place, "[install]\nno-index = true\nindex-url = https://index.example/s\n")
    settings = load(tmp_path, {} if place else {"PIP_NO_INDEX": "1", "PIP_EXTRA_INDEX_URL": "https://b.example/s"})
    assert urls(settings) == []
    assert settings.notes == ("pip is told to ask no index (no-index)",)


def test_uvs_variables_name_further_indexes_before_the_default(tmp_path: Path) -> None:
    found = load(
        tmp_path,
        {
            "UV_INDEX": "gpu=https://gpu.example/s https://b.example/s",
            "UV_DEFAULT_INDEX": "https://d.example/s?a=b",
            "UV_INDEX_URL": "https://old.example/s",
            "PIP_INDEX_URL": "https://pip.example/s",
        },
    )
    assert urls(found) == ["https://gpu.example/s", "https://b.example/s", "https://d.example/s?a=b"]
    assert urls(load(tmp_path, {"UV_INDEX_URL": "https://old.example/s"})) == ["https://old.example/s"]


def test_a_project_of_uv_names_its_indexes(tmp_path: Path) -> None:
    write(
        tmp_path / "project/pyproject.toml",
        """
[[tool.uv.index]]
name = "gpu"
url = "https://gpu.example/s"
[[tool.uv.index]]
name = "only-by-name"
url = "https://explicit.example/s"
explicit = true
[[tool.uv.index]]
url = "https://default.example/s"
default = true
""",
    )
    settings = load(tmp_path)
    assert urls(settings) == ["https://gpu.example/s", "https://default.example/s"]
    assert [i.url for i in settings.python if i.explicit] == ["https://explicit.example/s"]
    write(tmp_path / "project/uv.toml", 'index-url = "https://uvtoml.example/s"\n')
    assert urls(load(tmp_path)) == ["https://uvtoml.example/s"]


def test_the_users_uv_toml_comes_after_the_project(tmp_path: Path) -> None:
    write(tmp_path / "home/.config/uv/uv.toml", '[[index]]\nurl = "https://user.example/s"\ndefault = true\n')
    assert urls(load(tmp_path)) == ["https://user.example/s"]
    write(tmp_path / "project/pyproject.toml", '[tool.uv]\nindex-url = "https://project.example/s"\n')
    assert urls(load(tmp_path)) == ["https://project.example/s"]


def test_poetrys_sources_are_asked_by_priority(tmp_path: Path) -> None:
    write(
        tmp_path / "project/pyproject.toml",
        """
[[tool.poetry.source]]
name = "more"
url = "https://more.example/s"
priority = "supplemental"
[[tool.poetry.source]]
name = "main"
url = "https://main.example/s"
[[tool.poetry.source]]
name = "named"
url = "https://named.example/s"
priority = "explicit"
""",
    )
    assert urls(load(tmp_path)) == ["https://main.example/s", "https://more.example/s"]


def test_npmrc_names_registries_by_scope(tmp_path: Path) -> None:
    write(tmp_path / "home/.npmrc", "registry=https://user.example/\n@a:registry=https://a.example/npm/\n; comment=1\n")
    write(tmp_path / "project/.npmrc", "registry = https://project.example/npm\n")
    settings = load(tmp_path)
    assert [i.url for i in settings.indexes("npm", "left-pad")] == ["https://project.example/npm"]
    assert [i.url for i in settings.indexes("npm", "@a/x")] == ["https://a.example/npm"]
    assert [i.url for i in settings.indexes("npm", "@b/x")] == ["https://project.example/npm"]
    settings = load(tmp_path, {"NPM_CONFIG_REGISTRY": "https://env.example/"})
    assert [i.url for i in settings.indexes("npm", "left-pad")] == ["https://env.example"]


def test_an_index_that_is_no_web_address_is_noted_and_not_replaced_by_another(tmp_path: Path) -> None:
    settings = load(tmp_path, {"PIP_INDEX_URL": "file:///srv/simple"})
    assert urls(settings) == []
    assert settings.notes == ("PIP_INDEX_URL: file:///srv/simple is no http or https URL: not asked",)


@pytest.mark.parametrize("text", ["[global", "index-url = x", "\0\0\0", "[global]\nindex-url = http://[\n"])
def test_broken_configuration_is_a_note_at_most(text: str, tmp_path: Path) -> None:
    write(tmp_path / "venv/pip.conf", text)
    write(tmp_path / "project/pyproject.toml", text)
    write(tmp_path / "project/.npmrc", text)
    assert load(tmp_path).notes


def test_credentials_of_a_url_stand_in_no_field_and_no_representation(tmp_path: Path) -> None:
    write(
        tmp_path / "home/.npmrc", "//npm.example/:_authToken=tokenvalue\nregistry=https://u:npmsecret@npm2.example/\n"
    )
    environment = {"PIP_INDEX_URL": "https://me:secret%40word@index.example/s", "UV_INDEX": "ftp://me:other@x.example/"}
    settings = load(tmp_path, environment)
    shown = f"{settings} {settings!r} {settings.credentials.__dict__.keys()}"
    for secret in ("secret", "tokenvalue", "npmsecret", "other"):
        assert secret not in shown
    # the name and the password after percent-decoding
    assert settings.credentials.header("https://index.example/s/x/") == "Basic bWU6c2VjcmV0QHdvcmQ="
    assert settings.credentials.header("https://npm.example/x") == "Bearer tokenvalue"
    for other in (
        "https://index.example:8443/s",
        "http://index.example/s",
        "https://files.example/",
        "http://npm.example/x",
    ):
        assert settings.credentials.header(other) == ""


def test_variables_are_filled_into_the_users_npmrc_only(tmp_path: Path) -> None:
    write(tmp_path / "home/.npmrc", "//npm.example/:_authToken=${MY_TOKEN}\n")
    write(
        tmp_path / "project/.npmrc",
        "registry=https://evil.example/${MY_TOKEN}\n//evil.example/:_authToken=${MY_TOKEN}\n",
    )
    settings = load(tmp_path, {"MY_TOKEN": "hidden"})
    assert settings.credentials.header("https://npm.example/") == "Bearer hidden"
    assert settings.credentials.header("https://evil.example/") == ""
    assert settings.indexes("npm", "x") == ()

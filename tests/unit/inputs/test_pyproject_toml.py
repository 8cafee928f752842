"""Facts about reading pyproject.toml."""

from __future__ import annotations

import pytest

from depscan.errors import InputError
from depscan.inputs.python.pyproject_toml import FORMAT, parse
from depscan.model.document import Document
from depscan.text.source import SourceFile

REV = "0123456789012345678901234567890123456789"


def read(text: str) -> Document:
    return parse(SourceFile("pyproject.toml", text.encode()))


def asked(text: str) -> list[tuple[str, str, str]]:
    return [(e.child, e.label, e.requested) for e in read(text).edges]


def test_project_tables_have_their_labels() -> None:
    text = """[project]
dependencies = ["a>=1"]
optional-dependencies.x = ["b==2"]
[dependency-groups]
g = ["c"]
[build-system]
requires = ["d"]
"""
    assert asked(text) == [
        ("pkg:pypi/a", "prod", ">=1"),
        ("pkg:pypi/b@2", "extra:x", "==2"),
        ("pkg:pypi/d", "build", ""),
        ("pkg:pypi/c", "group:g", ""),
    ]


def test_the_project_asking_for_its_own_extra_is_no_package() -> None:
    assert asked('[project]\nname = "My.P"\noptional-dependencies.all = ["my-p[x]"]\n') == []


def test_groups_that_include_each_other_are_a_problem() -> None:
    document = read('[dependency-groups]\na = [{include-group = "B"}]\nb = [{include-group = "a"}, "p"]\n')
    assert [p.message for p in document.problems] == ["group a includes itself", "group b includes itself"]
    assert [e.label for e in document.edges] == ["group:b"]


def test_an_included_group_must_exist() -> None:
    assert "includes group x" in read('[dependency-groups]\na = [{include-group = "x"}]\n').problems[0].message


def test_poetry_keeps_its_constraints_and_python_is_no_package() -> None:
    text = """[tool.poetry.dependencies]
python = "^3.9"
a = "^1.0"
b = [{version = "1.0", python = "<3.8"}, {version = "==2.0", markers = "os_name == 'nt'"}]
c = {version = "*", optional = true, extras = ["u"]}
d = {path = "../d"}
[tool.poetry.extras]
e = ["c"]
[tool.poetry.group.t.dependencies]
f = "~1"
[tool.poetry.dev-dependencies]
g = "*"
"""
    assert asked(text) == [
        ("pkg:pypi/a", "prod", "^1.0"),
        ("pkg:pypi/b", "prod", "1.0"),
        ("pkg:pypi/b@2.0", "prod", "==2.0"),
        ("pkg:pypi/c", "extra:e", "[u]*"),
        ("pkg:pypi/d", "prod", "@ ../d"),
        ("pkg:pypi/g", "group:dev", "*"),
        ("pkg:pypi/f", "group:t", "~1"),
    ]


def test_git_tables_give_a_commit_only_for_a_full_hash() -> None:
    text = f'[tool.poetry.dependencies]\na = {{git = "https://repo.example/a", rev = "{REV}"}}\n'
    text += 'b = {git = "https://repo.example/b", tag = "v1"}\n'
    packages = list(read(text).nodes.values())[1:]
    assert [(p.source, p.commit) for p in packages] == [("git", REV), ("git", "")]


def test_uv_sources_give_index_and_repository() -> None:
    text = """[project]
dependencies = ["a", "b==1", "c"]
[tool.uv.sources]
a = [{ index = "w", marker = "os_name == 'nt'" }, { git = "https://repo.example/a" }]
c = { workspace = true }
[[tool.uv.index]]
name = "w"
url = "https://files.example/w"
explicit = true
"""
    document = read(text)
    assert [(p.name, p.source, p.registry) for p in list(document.nodes.values())[1:]] == [
        ("a", "registry", "https://files.example/w"),
        ("a", "git", ""),
        ("b", "registry", ""),
        ("c", "registry", ""),
    ]
    assert document.edges[0].marker == "os_name == 'nt'"
    assert document.indexes[0].names == ("a",)


def test_indexes_of_poetry_pdm_and_uv_are_recorded() -> None:
    text = """[[tool.poetry.source]]
name = "p"
url = "https://a.example"
priority = "explicit"
[[tool.pdm.source]]
url = "https://b.example"
type = "find_links"
[tool.uv]
index-url = "https://c.example"
"""
    assert {(i.url, i.role) for i in read(text).indexes} == {
        ("https://a.example", "extra"),
        ("https://b.example", "find-links"),
        ("https://c.example", "index"),
    }


def test_setuptools_dynamic_files_are_includes() -> None:
    document = read('[tool.setuptools.dynamic]\ndependencies = {file = ["r.txt"]}\n')
    assert [i.path for i in document.includes] == ["r.txt"]


def test_overrides_and_pdm_groups_count() -> None:
    text = '[tool.uv]\noverride-dependencies = ["a>=1"]\n[tool.pdm.dev-dependencies]\nt = ["b", "-e file:///srv/c#egg=c"]\n'
    assert [(c, lab) for c, lab, _ in asked(text)] == [
        ("pkg:pypi/a", "optional"),
        ("pkg:pypi/b", "group:t"),
        ("pkg:pypi/c", "group:t"),
    ]


def test_a_route_leads_to_the_line() -> None:
    text = "[project]\ndependencies = [\n  'torchvision',\n  'torch>=2',\n  \"torch-x; os_name == 'nt'\",\n]\n"
    source = SourceFile("pyproject.toml", text.encode())
    assert [FORMAT.locate(source, e.at) for e in parse(source).edges] == [3, 4, 5]


def test_an_unreadable_requirement_is_a_problem_and_the_rest_is_kept() -> None:
    document = read('[project]\ndependencies = ["a", "b=1", 3, "{{ x }}"]\n')
    assert [e.child for e in document.edges] == ["pkg:pypi/a"]
    assert len(document.problems) == 3


def test_no_dependencies_at_all_is_fine() -> None:
    assert asked("[tool.ruff]\nline-length = 100\n") == []


@pytest.mark.parametrize("text", ["[project", "project = 1", "[project]\ndependencies = 1", "a = " + "[" * 9000])
def test_broken_files_are_an_error(text: str) -> None:
    with pytest.raises(InputError):
        read(text)

"""Facts about reading setup.py without running it."""

from __future__ import annotations

import pytest

from depscan.errors import InputError
from depscan.inputs.python.setup_py import parse
from depscan.model.document import Document
from depscan.text.source import SourceFile


def read(text: str) -> Document:
    return parse(SourceFile("setup.py", text.encode()))


@pytest.mark.parametrize(
    "text",
    [
        "setup(install_requires=['a==1'])",
        "setuptools.setup(install_requires=('a==1',))",
        "setup(install_requires='a==1')",
        "R = ['a==1']\nsetup(install_requires=R)",
        "R = ['a==1']\nS = R\nsetup(install_requires=list(S))",
        "R = []\nR += ['a==1']\nsetup(install_requires=R)",
        "R = []\nR.append('a' + '==1')\nsetup(install_requires=R)",
        "V = '1'\nsetup(install_requires=[f'a=={V}'])",
        "setup(install_requires='''\na==1\n'''.split('\\n'))",
        "K = dict(install_requires=['a==1'])\nsetup(**K)",
        "setup(**{'install_requires': ['a==1']})",
        "setup(install_requires=['a==1'] if x else [])",
    ],
)
def test_literals_and_names_bound_to_them_are_read(text: str) -> None:
    document = read(text)
    assert [(e.child, e.label) for e in document.edges] == [("pkg:pypi/a@1", "prod")]
    assert document.problems == []


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("setup(install_requires=open('requirements.txt').read().splitlines())", "requirements.txt"),
        ("with open(os.path.join(h, 'r', 'b.txt')) as f:\n    R = f.readlines()\nsetup(install_requires=R)", "r/b.txt"),
        ("def load(p):\n    return open(p).read()\nsetup(install_requires=load('x.in'))", "x.in"),
        ("def load():\n    return open('x.txt').read()\nsetup(install_requires=load())", "x.txt"),
        ("setup(install_requires=[l.strip() for l in open('x.txt')])", "x.txt"),
    ],
)
def test_files_that_are_read_become_includes(text: str, path: str) -> None:
    document = read(text)
    assert [i.path for i in document.includes] == [path]
    assert document.problems == []


def test_extras_may_carry_a_marker_and_be_assigned_one_by_one() -> None:
    document = read("E = {'x': ['a'], \":os_name=='nt'\": ['b']}\nE['y'] = E['x'] + ['c']\nsetup(extras_require=E)")
    assert [(e.child, e.label, e.marker) for e in document.edges] == [
        ("pkg:pypi/a", "extra:x", ""),
        ("pkg:pypi/b", "prod", "os_name=='nt'"),
        ("pkg:pypi/a", "extra:y", ""),
        ("pkg:pypi/c", "extra:y", ""),
    ]


@pytest.mark.parametrize("value", ["compute()", "R", "[x for x in y]", "['a'] + compute()", "__import__('os').x"])
def test_what_is_computed_is_a_problem(value: str) -> None:
    document = read(f"setup(install_requires={value})")
    assert "cannot be read statically" in document.problems[0].message
    assert document.problems[0].at == 1


def test_a_version_that_is_filled_in_is_not_known() -> None:
    document = read("setup(install_requires=['a==%s' % v, 'b=={}'.format(v)])")
    assert [e.child for e in document.edges] == ["pkg:pypi/a", "pkg:pypi/b"]
    assert len(document.problems) == 2


def test_no_call_of_setup_is_a_problem() -> None:
    assert "no call of setup()" in read("x = 1").problems[0].message


@pytest.mark.parametrize(
    "text",
    ["setup(\n", "{{ cookiecutter.x }}\n}", "print 'x'\n", "(" * 5000, "x = " + "-" * 200_000 + "1", "<<<<<<< H\n"],
)
def test_what_is_not_python_is_an_error(text: str) -> None:
    with pytest.raises(InputError):
        read(text)


def test_names_that_double_or_go_in_circles_end() -> None:
    doubling = "x0 = ['a']\n" + "".join(f"x{i + 1} = x{i} + x{i}\n" for i in range(60))
    assert read(doubling + "setup(install_requires=x60)").problems
    assert read("a = b\nb = a\nsetup(install_requires=a, extras_require=b)").problems


@pytest.mark.parametrize(
    "text",
    [
        "print 'old'\nsetup(install_requires=['a==1'])\n",
        "setup(\n    install_requires=['a==1',  # it's here\n    ],\n    entry_points={'x': []},\n",
        "{% if x %}\nsetup(tests_require=['a'.b, install_requires = ['a==1'])\n{% endif %}\n",
        "# install_requires=['no']\nsetup(install_requires=['a==1'], version=)\n",
    ],
)
def test_whole_lists_are_read_from_a_file_that_does_not_parse(text: str) -> None:
    document = read(text)
    assert [(e.child, e.requested) for e in document.edges] == [("pkg:pypi/a@1", "==1")]
    assert "not Python" in document.problems[0].message
    assert "a==1" in text.split("\n")[int(str(document.edges[0].at)) - 1]


@pytest.mark.parametrize("text", ["setup(install_requires=[['a==1')", "requires=['a'\nx = '", "install_requires=['''"])
def test_a_list_that_is_not_whole_is_not_read(text: str) -> None:
    with pytest.raises(InputError, match="not Python"):
        read(text)


@pytest.mark.parametrize("version", ["{}", "%s", "%(v)s", "$V", "{{ v }}"])
def test_a_hole_is_no_version(version: str) -> None:
    document = read(f"setup(install_requires=['a=={version}'])")
    assert [(p.name, p.version) for p in document.nodes.values()][1:] == [("a", None)]
    assert "placeholder" in document.problems[0].message


@pytest.mark.parametrize("want", ["a-==1", "a.==1", "a_==1", "-a==1", ".a==1", "_a==1", "%s==1", "a=='1'"])
def test_what_is_no_name_or_version_is_a_problem(want: str) -> None:
    document = read(f'setup(install_requires=["{want}"])')
    assert not document.edges
    assert len(document.problems) == 1

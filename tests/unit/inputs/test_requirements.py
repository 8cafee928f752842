"""Facts about reading pip's requirements files."""

from __future__ import annotations

import pytest

from depscan.errors import InputError
from depscan.inputs.python.requirements import parse
from depscan.model.document import Document, Edge
from depscan.text.source import SourceFile

REV = "0123456789012345678901234567890123456789"


def read(text: str | bytes) -> Document:
    data = text if isinstance(text, bytes) else text.encode()
    return parse(SourceFile("requirements.txt", data))


def only(text: str) -> Edge:
    edges = read(text).edges
    assert len(edges) == 1
    return edges[0]


def names(document: Document) -> list[tuple[str, str | None]]:
    return [(p.name, p.version) for p in document.nodes.values() if p.ecosystem == "PyPI"]


def test_a_pin_has_a_version_and_its_line() -> None:
    document = read("# head\n\nFoo_Bar==1.0\n")
    assert names(document) == [("foo-bar", "1.0")]
    assert document.edges[0].at == 3
    assert document.edges[0].requested == "==1.0"


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("a == 1.0", "1.0"),
        ("a===1.0-odd", "1.0-odd"),
        ("a (==1.0)", "1.0"),
        ("a==1!2.0+cu121", "1!2.0+cu121"),
        ("a==1.0.*", None),
        ("a==1.0,!=1.1", None),
        ("a>=1.0", None),
        ("a==${VERSION}", None),
        ("a", None),
    ],
)
def test_only_a_single_equality_is_a_version(text: str, version: str | None) -> None:
    document = read(text)
    assert names(document) == [("a", version)]
    assert document.problems == []


def test_byte_order_mark_line_ends_and_a_missing_last_newline_change_nothing() -> None:
    plain = read("a==1\nb==2 \\\n  --hash=sha256:ab\n")
    for other in (
        b"\xef\xbb\xbfa==1\r\nb==2 \\\r\n  --hash=sha256:ab",
        "a==1\nb==2 \\\n --hash=sha256:ab".encode("utf-16"),
    ):
        assert read(other).nodes == plain.nodes
        assert read(other).edges == plain.edges


def test_an_encoding_cookie_is_honoured() -> None:
    assert names(read("# -*- coding: latin-1 -*-\na==1  # f\xfcr\n".encode("latin-1"))) == [("a", "1")]


def test_hashes_belong_to_the_package() -> None:
    document = read("a==1 \\\n --hash=sha256:ab \\\n --hash sha384:cd\nb==1\n")
    assert document.nodes["pkg:pypi/a@1"].hashes == ("sha256:ab", "sha384:cd")
    assert document.hashed


def test_markers_and_extras_stay_as_written() -> None:
    edge = only("a[x, y] >= 1 ; python_version < '3.9'  # why")
    assert (edge.requested, edge.marker) == ("[x,y]>= 1", "python_version < '3.9'")


def test_options_behind_a_requirement_are_no_part_of_it() -> None:
    edge = only("a==1 --no-binary :all: --config-settings=\"k=v w\" --global-option='--x'")
    assert edge.requested == "==1"


def test_includes_are_listed_and_never_opened() -> None:
    document = read("-r base.txt\n-cc.txt\n--requirement=more.txt --constraint other.txt\n")
    assert [(i.path, i.role, i.at) for i in document.includes] == [
        ("base.txt", "requirement", 1),
        ("c.txt", "constraint", 2),
        ("more.txt", "requirement", 3),
        ("other.txt", "constraint", 3),
    ]


def test_indexes_have_roles() -> None:
    text = "-i https://index.example/s\n--extra-index-url=https://files.example\n-f ./w\n--trusted-host index.example\n"
    assert [(i.url, i.role) for i in read(text).indexes] == [
        ("https://index.example/s", "index"),
        ("https://files.example", "extra"),
        ("./w", "find-links"),
        ("index.example", "trusted-host"),
    ]


@pytest.mark.parametrize(
    ("text", "name", "version", "source", "commit"),
    [
        (f"-e git+https://repo.example/o/r.git@{REV}#egg=g&subdirectory=d", "g", None, "git", REV),
        ("git+ssh://git@repo.example/o/r.git@main#egg=g[x]", "g", None, "git", ""),
        ("git+ssh://git@repo.example/o/r.git@main", "r", None, "git", ""),
        ("-e git://repo.example/o/r.git#egg=g", "g", None, "git", ""),
        ("t[x]@git+https://repo.example/o/t", "t", None, "git", ""),
        ("n @ https://files.example/n-1.0%2Bcu1-py3-none-any.whl ; os_name == 'nt'", "n", "1.0+cu1", "url", ""),
        ("https://files.example/z-2.0.tar.gz", "z", "2.0", "url", ""),
        ("./w/a_b-1.0-py3-none-any.whl", "a-b", "1.0", "local", ""),
        ("-e .[dev]", ".", None, "local", ""),
        ("../lib", "lib", None, "local", ""),
        ("file:///srv/a-1.0.zip", "a", "1.0", "local", ""),
    ],
)
def test_urls_repositories_and_paths(text: str, name: str, version: str | None, source: str, commit: str) -> None:
    (package,) = list(read(text).nodes.values())[1:]
    assert (package.name, package.version, package.source, package.commit) == (name, version, source, commit)


def test_a_hash_in_a_url_counts() -> None:
    document = read("https://files.example/z-2.0.tar.gz#sha256=abcd")
    assert document.nodes["pkg:pypi/z@2.0"].hashes == ("sha256:abcd",)


@pytest.mark.parametrize(
    "comment",
    ["    # via b", "    # via\n    #   b", "    # via\n    #   -c c.txt\n    #   b", "    # via\n    #   b[x]"],
)
def test_via_makes_the_named_package_the_parent(comment: str) -> None:
    document = read(f"a==1\n{comment}\nb==2\n    # via -r requirements.in\n")
    assert [(e.parent, e.child) for e in document.edges] == [
        ("pkg:pypi/b@2", "pkg:pypi/a@1"),
        (document.root, "pkg:pypi/b@2"),
    ]


def test_via_on_the_same_line_names_several() -> None:
    document = read("a==1  # via b, c, -r x.in\nb==1\nc==1\n")
    assert [e.parent for e in document.edges if e.child == "pkg:pypi/a@1"] == [
        "pkg:pypi/b@1",
        "pkg:pypi/c@1",
        document.root,
    ]


@pytest.mark.parametrize("via", ["-c c.txt", "sample (pyproject.toml)", "setuptools", "a"])
def test_the_file_asks_where_no_package_of_it_does(via: str) -> None:
    document = read(f"a==1\n    # via {via}\n")
    assert [(e.parent, e.child) for e in document.edges] == [(document.root, "pkg:pypi/a@1")]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("b=1.0", "conda"),
        ("this is prose", "not a requirement"),
        ("--bogus", "unknown option"),
        ("{% if x %}", "template"),
        ("${NAME}==1", "environment variable"),
        ("-e", "without a path"),
        ("--hash=sha256:ab", "--hash without"),
        ("b==1 --hash=nonsense", "algorithm:hex"),
        ("b=={{ v }}", "template"),
        ("b[!]", "extras"),
    ],
)
def test_a_wrong_line_is_a_problem_and_the_rest_is_kept(line: str, message: str) -> None:
    document = read(f"a==1\n{line}\n")
    assert ("a", "1") in names(document)
    assert [(message in p.message, p.at) for p in document.problems] == [(True, 2)]


def test_an_empty_file_is_fine() -> None:
    assert names(read("\n# nothing\n")) == []


@pytest.mark.parametrize(
    "text",
    ["Hello, dear reader!\n", "\x7fELF\x02\x01\n", "Intro\nit was a dark night\nand so on it went\nx y z\nq r s\n"],
)
def test_what_is_no_requirements_file_is_an_error(text: str) -> None:
    with pytest.raises(InputError, match="not a requirements file"):
        read(text)


def test_merge_conflicts_are_an_error_with_a_line() -> None:
    with pytest.raises(InputError) as caught:
        read("a==1\n<<<<<<< HEAD\nb==1\n=======\n>>>>>>> x\n")
    assert caught.value.line == 2


def test_a_comment_ends_a_continuation() -> None:
    assert names(read("a==1 \\\n# note\nb==2\n")) == [("a", "1"), ("b", "2")]


@pytest.mark.parametrize("text", ["a[x" + " " * 50_000 + "!]", "a==1" + " " * 50_000 + "b", "a @ x" + " ;" * 50_000])
def test_hostile_lines_take_linear_time(text: str) -> None:
    read("z==1\n" + text)


def test_words_behind_an_option_are_no_unknown_options() -> None:
    document = read("--pre package\na==1\n")
    assert [(p.message, p.at) for p in document.problems] == [
        ("'package' stands behind an option: pip reads nothing there", 1)
    ]


def test_an_odd_hash_is_a_problem_and_the_pin_is_kept() -> None:
    document = read("a==1 --hash=wrong\nb==1 --hash=\nc==1 --hash sha256:00 -C x\nd== --hash=sha256:00\n")
    assert names(document)[-3:] == [("a", "1"), ("b", "1"), ("c", "1")]
    assert [p.at for p in document.problems] == [1, 2, 4]


def test_a_pin_that_is_no_pep_440_version_is_still_a_pin() -> None:
    document = parse(SourceFile("r.txt", b"evm-py==0.2.0-alpha\\.33\npynetbox==4.1.0-NA\n"))
    versions = [p.version for p in document.nodes.values() if p.source != "local"]
    assert versions == ["0.2.0-alpha\\.33", "4.1.0-NA"]
    assert not document.problems

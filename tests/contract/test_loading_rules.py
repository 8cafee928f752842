"""The data of the allowlist: strict, complete with reasons, and never beside what is dangerous."""

from pathlib import Path

from depscan.facts.fact import WHATS
from depscan.loading import known as module
from depscan.loading.lint import lint
from depscan.text.folder import rules_folder

FOLDER = Path(rules_folder()) / "loading"


def test_every_file_is_in_order() -> None:
    assert lint() == []


def test_gadgets_use_words_of_the_facts() -> None:
    exact, modules = module._gadgets()
    assert {g.does for g in (*exact.values(), *modules.values())} <= WHATS
    assert len(exact) + len(modules) > 500


def test_no_allowed_name_may_be_called_that_opens_or_runs_something() -> None:
    bad = {
        "system",
        "popen",
        "Popen",
        "exec",
        "eval",
        "open",
        "load",
        "loads",
        "__import__",
        "run",
        "memmap",
        "fromfile",
    }
    for path in sorted(FOLDER.glob("*.toml")):
        for name, rows in module._allowed(path.stem).items():
            for names, entry in rows:
                assert not ("call" in entry.roles and bad & set(names.split())), (name, names)


def test_only_the_standard_library_calls_functions_by_other_names() -> None:
    """Shapes that hand on to another name are few: each is one more thing for the reader to check."""
    found = {
        (name, text)
        for path in FOLDER.glob("*.toml")
        for name, rows in module._allowed(path.stem).items()
        for names, entry in rows
        if entry.args in {"call", "global", "attribute", "union"}
        for text in names.split()
    }
    assert {name.partition(".")[0] for name, _ in found} == {"builtins", "functools", "_functools", "numpy", "torch"}


def test_a_wrong_file_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "lib.toml").write_text(
        '[[allow]]\nroles = "construct"\nwhy = "x"\nnope = 1\n[allow.names]\n"lib.a" = "B B"\n"other.c" = "D"\n'
        '\n[[allow]]\nroles = "fly"\n[allow.names]\n"lib.b" = ""\n'
        '\n[[gadget]]\ndoes = "shell.run"\nwhy = "x"\nnames = "lib.a.B"\n'
    )
    found = "\n".join(lint(str(tmp_path)))
    for part in (
        ":4: an unknown key 'nope'", ":6: lib.a.B stands in", ":7: other.c is no module of lib",
        ":9: an entry needs its why",
        ":10: roles are none of", ":12: no names of lib.b", ":17: lib.a.B is a gadget and allowed in",
    ):  # fmt: skip
        assert part in found


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "lib.toml").write_text("[[allow\n")
    assert "lib.toml:1:" in lint(str(tmp_path))[0]


def test_a_wrong_list_of_names_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "targets").mkdir()
    (tmp_path / "graphs").mkdir()
    (tmp_path / "targets" / "x.toml").write_text(
        '[[entry]]\nvalue = "a.b"\nwhy = "w"\n\n[[entry]]\nvalue = "a.b"\nnope = 1\n'
    )
    (tmp_path / "graphs" / "y.toml").write_text("[[act\n")
    found = "\n".join(lint(str(tmp_path)))
    for part in (
        "x.toml:5: an unknown key 'nope'",
        "x.toml:5: an entry needs",
        "x.toml:5: a.b stands here twice",
        "y.toml:1:",
    ):
        assert part in found

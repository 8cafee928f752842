"""zizmor as a second opinion: what is asked, what of its answer is used, what happens without one."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from depscan.facts.zizmor import Answer, ask

UNSET = "{path}"


def item(audit: str, row: int, *, kind: str = "Primary", ignored: bool = False) -> dict[str, Any]:
    place = {"start_point": {"row": row, "column": 2}, "end_point": {"row": row + 1, "column": 3}}
    return {
        "ident": audit,
        "desc": "what",
        "url": "https://docs.example/x",
        "determinations": {"confidence": "High", "severity": "Low"},
        "ignored": ignored,
        "locations": [
            {
                "symbolic": {"key": {"Local": {"verbatim_path": UNSET}}, "annotation": "where", "kind": kind},
                "concrete": {"location": place},
            }
        ],
    }


def tool(folder: Path, body: str) -> str:
    """Return a command that stands in for zizmor: Python code that finds its arguments in ``sys.argv``."""
    path = folder / "zizmor"
    path.write_text(f"#!{sys.executable} -I\nimport json, os, sys, time\n{body}\n", encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def printing(folder: Path, items: list[Any]) -> str:
    return tool(folder, f"print(json.dumps({items!r}).replace('{UNSET}', sys.argv[-1]))")


def test_findings_become_opinions_about_the_document(tmp_path: Path) -> None:
    items = [
        item("artipacked", 3),
        item("artipacked", 3),
        item("calm", 1, ignored=True),
        item("odd", 1, kind="Related"),
    ]
    [one] = ask([("ci.yml", str(tmp_path / "ci.yml"))], printing(tmp_path, items)).opinions
    assert (one.path, one.audit, one.title, one.remark) == ("ci.yml", "artipacked", "what", "where")
    assert (one.severity, one.confidence, one.spans) == ("low", "high", ((4, 5),))


def test_it_is_asked_offline_without_configuration_and_without_tokens(tmp_path: Path) -> None:
    seen = tmp_path / "seen.json"
    body = f"json.dump([sys.argv[1:], sorted(os.environ)], open({str(seen)!r}, 'w')); print('[]')"
    assert ask([("a.yml", "a.yml")], tool(tmp_path, body)) == Answer()
    words, names = json.loads(seen.read_text(encoding="utf-8"))
    assert {"--offline", "--no-config", "--"} <= set(words)
    assert words[-1] == str(Path("a.yml").absolute())
    assert not [n for n in names if n not in {"LC_CTYPE", "TMPDIR", "TEMP", "SYSTEMROOT"}]


def test_no_tool_or_no_files_is_no_answer_and_no_failure(tmp_path: Path) -> None:
    assert ask([], printing(tmp_path, [])) == Answer()


def test_failures_are_said_and_raise_nothing(tmp_path: Path) -> None:
    for body in ("sys.exit(3)", "print('no json')", "print('{}')"):
        assert ask([("a.yml", "a.yml")], tool(tmp_path, body)).failed.startswith("zizmor gave no answer")
    assert ask([("a.yml", "a.yml")], str(tmp_path / "missing")).failed
    assert ask([("a.yml", "a.yml")], printing(tmp_path, [7, {}, {"ident": "x", "locations": []}])) == Answer()

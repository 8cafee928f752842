"""Read archives of torch.export and AOTInductor (``.pt2``): a graph in JSON, weights, and maybe native libraries.

Layout: torch/export/pt2_archive/constants.py. The graph's operators are looked up by name, texts of symbolic sizes are
given to a parser that evaluates Python (sympy.sympify), libraries are loaded as they are.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from depscan.loading.json_budget import too_dense
from depscan.loading.steps import FOREIGN, HOSTILE, KNOWN, Step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from depscan.loading.file import File
    from depscan.loading.steps import Report

STARTS = "*"
NAMES = ""
TITLE = "torch.export archive"

_MOST_JSON = 48 << 20
_MOST_NODES = 2_000_000
_NATIVE = re.compile(r".+\.(?:so(?:\.[\d.]+)?|dll|dylib|pyd|o|a)").fullmatch
_KERNEL = re.compile(r".+\.(?:cubin|hsaco|ptx|spv)").fullmatch
_MACHINE_CODE = (b"\x7fELF", b"MZ", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"!<arch>\n")
_TARGETS = frozenset({"target", "op", "operator"})
_EXPRESSIONS = frozenset({"expr_str", "expr", "guards_code", "sympy_expr"})
_SYMBOLIC = re.compile(r"torch\.(?:sym_\w+|_sym_\w+|_check|_check_is_size|ops\.higher_order\.\w+)").fullmatch
_OPERATOR = re.compile(r"_?operator\.(?!attrgetter|methodcaller|itemgetter|call)\w+").fullmatch
_MATH = re.compile(
    r"(?:math|builtins)\.(?:ceil|floor|trunc|sqrt|pow|log|log2|exp|round|max|min|abs|int|float|bool|getattr)"
).fullmatch


def looks(file: File) -> bool:
    """Return whether a file is the one that names the archive's format."""
    if file.name == "archive_format":
        return file.size < 64 and file.head.strip() in {b"pt2", b"pt2\0"}  # noqa: PLR2004 - a word
    return file.name == "serialized_exported_program.json" and file.head.lstrip().startswith(b"{")


def read(file: File, report: Report) -> None:
    """Add what loading the archive around this file takes."""
    root = file.folder
    graphs = 0
    for path, member in file.beside.items() or [(file.path, file)]:
        if not path.startswith(root) or member.container != file.container:
            continue
        name = member.name
        if _NATIVE(name) is not None or _KERNEL(name) is not None or member.head.startswith(_MACHINE_CODE):
            _native(member, report)
        elif name.endswith(".json") and ("/models/" in f"/{path}" or name == "serialized_exported_program.json"):
            graphs += 1
            _graph(member, report)
    report.about["graphs"] = str(graphs)


def _native(member: File, report: Report) -> None:
    kind = "kernel" if _KERNEL(member.name) is not None else "library"
    why = f"a native {kind} that loading maps into the process: nobody here can say what it does"
    report.add(Step("load.native", FOREIGN, f"bundled-{kind}", member.path, why, does="code.load-native"))


def _graph(member: File, report: Report) -> None:
    import json

    if member.size > _MOST_JSON:
        report.gap(f"{member.path}: a graph of {member.size} bytes; at most {_MOST_JSON} are read")
        return
    raw = member.bytes(_MOST_JSON)
    if too_dense(raw):
        report.gap(f"{member.path}: a graph with far more values than graphs have for its size")
        return
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        report.gap(f"{member.path}: a graph that is no JSON")
        return
    seen: set[tuple[str, str]] = set()
    for key, text in _texts(value):
        if (key in _TARGETS or key in _EXPRESSIONS) and (key, text) not in seen:
            seen.add((key, text))
            _target(text, report) if key in _TARGETS else _expression(text, report)
    report.add(
        Step("load.operator", KNOWN, "graph", member.path, f"a graph of {len(seen)} different operators and sizes")
    )


def _texts(value: object) -> Iterator[tuple[str, str]]:
    """Yield every text of a JSON value with the key it stands at."""
    waiting: list[tuple[str, object]] = [("", value)]
    count = 0
    while waiting and count < _MOST_NODES:
        count += 1
        key, one = waiting.pop()
        if isinstance(one, str):
            yield key, one
        elif isinstance(one, dict):
            waiting.extend(one.items())
        elif isinstance(one, list):
            waiting.extend((key, item) for item in one)


def _target(text: str, report: Report) -> None:
    """Judge the name of what a node calls."""
    from depscan.loading.torch_operators import judge

    found = re.fullmatch(r"(?:torch\.ops\.|#)?(\w+)(?:\.|::)(\w+(?:\.\w+)?)", text)
    if text.startswith("torch.ops.") and found is not None:
        judged = judge(found[1], found[2])
        if judged.verdict != KNOWN or judged.package:
            report.add(
                Step(
                    "load.operator",
                    judged.verdict,
                    judged.slug,
                    text,
                    judged.why,
                    text,
                    does=judged.does,
                    package=judged.package,
                )
            )
    elif (
        "." in text and not any(fits(text) for fits in (_SYMBOLIC, _OPERATOR, _MATH)) and re.fullmatch(r"[\w.]+", text)
    ):
        why = "a function that is none of torch's operators; it is looked up by its name and called"
        package = text.partition(".")[0]
        report.add(Step("load.operator", FOREIGN, "target", text, why, text, package=package))


def _expression(text: str, report: Report) -> None:
    """Judge a text that is evaluated: arithmetic of sizes, nothing else."""
    from depscan.loading.symbolic import wrong

    what = wrong(text)
    if what:
        why = f"a symbolic size or guard with {what}: its text is evaluated as Python"
        report.add(Step("load.code", HOSTILE, "expression", text, why, values=(text,), does="code.eval"))

"""Models and data sets as code takes them: unpinned, with their own code, or in a way that runs what they hold."""

from __future__ import annotations

from collections.abc import Iterator

from depscan.checks.check import Check, Context, finding_at, uses
from depscan.ecosystems.pypi import order
from depscan.model.decision import Coverage
from depscan.model.document import Document
from depscan.model.finding import Evidence, Finding, Severity
from depscan.model.package import Package
from depscan.model.rule import Rule
from depscan.model.use import Use

UNPINNED = Rule(
    "ai/unpinned-model",
    "Model or data set without a commit",
    "trust",
    Severity.LOW,
    "A model or data set of a hub is loaded by its name alone, or by a branch or tag.",
    "Whoever can push to that repository, or takes over its name, decides what your next start loads: weights, "
    "tokenizer, chat template, code. Nothing in your repository would change.",
    'Give the full 40-digit commit: revision="COMMIT".',
    "A repository of your own organisation that nobody else can push to; accept it with an exception.",
)
REMOTE_CODE = Rule(
    "ai/remote-code",
    "Code of a model repository is run",
    "trust",
    Severity.HIGH,
    "trust_remote_code is on: Python files of the model's or data set's repository run with your process's rights.",
    "It is code that no package index, lock or advisory covers. Without a commit it can be another one at every start.",
    "Use a model whose architecture the library has itself, or read the code and pin the full commit "
    '(revision="COMMIT", and code_revision where the code lies in another repository).',
    "Code that you have read and pinned is reported as medium: it still runs.",
)
UNSAFE = Rule(
    "ai/unsafe-load",
    "File is loaded in a way that can run code",
    "trust",
    Severity.MEDIUM,
    "A file is read by something that builds any object the file asks for: pickle, torch.load without weights_only, "
    "yaml.load without a safe loader, numpy.load with allow_pickle, keras with safe_mode off.",
    "Who can write the file can run commands in your process. Of a file that was downloaded that is a stranger.",
    "Load weights as safetensors, or switch the safe mode on: torch.load(..., weights_only=True) with torch 2.6 or "
    "newer, yaml.safe_load, numpy.load(..., allow_pickle=False), keras load_model(..., safe_mode=True).",
    "Files that your own program wrote a moment ago, in a folder nobody else can write to.",
)
HUB_CODE = Rule(
    "ai/code-from-hub",
    "Code of a repository is fetched and run without a commit",
    "trust",
    Severity.MEDIUM,
    "torch.hub.load fetches the repository's hubconf.py and runs it; the call names a branch, a tag or nothing.",
    "Branches and tags move: another program can run at your next start. pip, its locks and advisories do not see it.",
    'Name the full commit ("owner/name:COMMIT"), or depend on a package or safetensors file instead.',
    "None known.",
)

_SAFE_TORCH, _NO_SCRIPTS = "2.6", "4.0.0"
_PICKLES = frozenset({"pickle", "joblib", "mlflow"})
_MOST = 20
_FIXES = {
    "pytorch": "Give weights_only=True and use torch 2.6 or newer, or load safetensors.",
    "yaml": "Use yaml.safe_load, or Loader=yaml.SafeLoader.",
    "numpy": "Leave allow_pickle off; keep arrays of objects in another format.",
    "keras": "Leave safe_mode on.",
    "skops": "Give trusted the list of types you have looked at, not True.",
}
"""Format to what to do about an unsafe load of it."""


def run(context: Context) -> Iterator[Finding | Coverage]:
    """Yield one finding per rule and node; every further place is related evidence."""
    found: dict[tuple[str, str], Finding] = {}
    locked = _locked(context)
    for document, use, package in uses(context):
        for rule, severity, message in _judge(use, package, locked):
            key = (rule.id, use.node)
            held = found.get(key)
            if held is None or severity > held.severity:
                fix = _FIXES.get(use.get("format"), "") if rule is UNSAFE else ""
                made = finding_at(context, rule, use.node, message, (document.path, use.at), fix=fix)
                more = tuple(e._replace(role="related") for e in held.evidence) if held else ()
                found[key] = made._replace(severity=severity, evidence=(*made.evidence, *more)[:_MOST])
            elif len(held.evidence) < _MOST:
                found[key] = held._replace(evidence=(*held.evidence, _place(context, document, use)))
    yield from found.values()


def _place(context: Context, document: Document, use: Use) -> Evidence:
    return Evidence(context.locate(document.path, use.at), "related")


def _locked(context: Context) -> dict[str, list[str]]:
    """Return the versions that the graph has of the libraries whose defaults decide."""
    found: dict[str, list[str]] = {}
    for package in context.graph.nodes.values():
        if package.ecosystem == "PyPI" and package.name in {"torch", "datasets"} and package.version:
            found.setdefault(package.name, []).append(package.version)
    return found


def _judge(use: Use, package: Package, locked: dict[str, list[str]]) -> Iterator[tuple[Rule, Severity, str]]:
    on_hub = package.ecosystem == "huggingface"
    pinned = use.get("pinned")
    revision = use.get("revision")
    kind = "data set" if package.name.startswith("datasets/") else "model"
    named = f" ({revision!r} is a branch or tag)" if revision else ""
    if on_hub and pinned == "no":
        yield UNPINNED, UNPINNED.severity, f"the {kind} is taken without a commit{named} by {use.how}"
    if on_hub and use.get("code") == "yes" and not _scripts_are_gone(use, locked):
        severity = Severity.MEDIUM if pinned == "yes" else Severity.HIGH
        how = "pinned to a commit" if pinned == "yes" else "not pinned to a commit"
        yield REMOTE_CODE, severity, f"{use.how} runs the code of the {kind}'s repository, {how}"
    if package.ecosystem == "repository" and use.get("code") == "yes" and pinned == "no":
        yield HUB_CODE, HUB_CODE.severity, f"{use.how} runs code of the repository, not pinned to a commit{named}"
    reason = _unsafe(use, package, locked)
    if reason:
        yield UNSAFE, UNSAFE.severity, f"{use.how} {reason}"


def _scripts_are_gone(use: Use, locked: dict[str, list[str]]) -> bool:
    """Return whether every locked version of datasets has no scripts any more (4.0.0, 2025-07)."""
    versions = locked.get("datasets", [])
    return use.how.startswith("datasets.") and bool(versions) and not any(_older(v, _NO_SCRIPTS) for v in versions)


def _unsafe(use: Use, package: Package, locked: dict[str, list[str]]) -> str:
    """Return why a load can run code, "" when it does not or nobody knows."""
    safe, form = use.get("safe"), use.get("format")
    far = use.get("model-from") == "download" or package.ecosystem in {"huggingface", "service"}
    where = " of a downloaded file" if far else ""
    if form in _PICKLES:
        return f"builds every object that the pickle{where} asks for" if safe == "no" and far else ""
    if safe == "no":
        return f"loads without the safe mode of its format ({form}){where}" if form else f"loads unsafely{where}"
    old = [v for v in locked.get("torch", []) if _older(v, _SAFE_TORCH)]
    if safe == "unknown" and form == "pytorch" and old:
        return f"leaves weights_only to torch {min(old)}, where it is off by default{where}"
    return ""


def _older(version: str, than: str) -> bool:
    mine, other = order(version), order(than)
    return mine is not None and other is not None and bool(mine < other)


CHECK = Check(
    "ai-loading", "Models and data sets that code takes on trust", (UNPINNED, REMOTE_CODE, UNSAFE, HUB_CODE), run
)

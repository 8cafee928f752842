"""What pipelines and image builds install, download and run without saying which release."""

from __future__ import annotations

from collections.abc import Iterator

from depscan.checks._pipelines import built
from depscan.checks.check import Check, Context, finding_at
from depscan.model.decision import Coverage
from depscan.model.document import Document
from depscan.model.finding import Finding, Severity
from depscan.model.package import Package
from depscan.model.rule import Rule
from depscan.model.use import Use

INSTALL = Rule(
    "ci/unpinned-install",
    "Pipeline installs packages without an exact version",
    "trust",
    Severity.LOW,
    "A command of a pipeline or Dockerfile installs or starts packages by name or range.",
    "It runs whatever the index serves on the day, a release that is minutes old too, beside the secrets of the "
    "pipeline; and an image built tomorrow is another one than today's.",
    "Install from a lock with hashes (uv sync --locked, pip install --require-hashes -r, npm ci), or give exact "
    "versions.",
    "A job without secrets whose results nobody keeps.",
)
PIPE = Rule(
    "ci/pipe-to-shell",
    "Script that is downloaded and run at once",
    "trust",
    Severity.MEDIUM,
    "A command of a pipeline or Dockerfile hands a download to a shell or interpreter.",
    "Whoever controls that host, or the way to it where it is not encrypted, runs code in the pipeline; it leaves "
    "no trace and can be another script for you than for everybody. Codecov's uploader was changed this way in 2021.",
    "Install a package or action that is pinned, or download to a file and compare its SHA-256 before it runs.",
    "An installer of your own, on a host of your own.",
)
MODEL = Rule(
    "ci/unpinned-model-download",
    "Pipeline downloads weights without a hash",
    "trust",
    Severity.MEDIUM,
    "A command of a pipeline or Dockerfile downloads weights from a URL, or by a name such as ollama's, and nothing "
    "says which bytes are right.",
    "Their owner can replace the files at any time: other weights, or a pickle that runs code when it is loaded, come "
    "in without a change on your side. Models of a hub are reported as ai/unpinned-model.",
    "Compare the SHA-256 of what was downloaded, or take the model from a hub by its commit.",
    "A model of your own; accept it with an exception.",
)

_MODELS = frozenset({"library-model"})
"""Of models on a hub ai/unpinned-model speaks, wherever they are downloaded."""

_PACKAGES = frozenset({"PyPI", "npm", "conda"})
_NAMED = 5


def run(context: Context) -> Iterator[Finding | Coverage]:
    """Yield a finding per command line that installs, downloads or runs something open."""
    lines: dict[tuple[str, int], tuple[Document, list[tuple[Use, Package]]]] = {}
    for document, use, package in built(context):
        at = use.at if isinstance(use.at, int) else 0
        if use.how.endswith("| sh") and use.get("code"):
            yield _piped(context, document, use)
        elif use.get("pinned") != "no":
            continue
        elif package.ecosystem in _MODELS or use.how in {"curl", "wget"}:
            name = use.get("endpoint") or package.name
            message = f"{use.how} takes {name} without a hash"
            yield finding_at(context, MODEL, use.node, message, (document.path, use.at))
        elif package.ecosystem in _PACKAGES:
            lines.setdefault((document.path, at), (document, []))[1].append((use, package))
    for (path, _), (_, found) in lines.items():
        yield _open(context, path, found)


def _piped(context: Context, document: Document, use: Use) -> Finding:
    url = use.get("endpoint")
    plain = url.lower().startswith("http://")
    message = f"runs what {url} sends{', without encryption' if plain else ''}"
    made = finding_at(context, PIPE, use.node, message, (document.path, use.at))
    return made._replace(severity=Severity.HIGH) if plain else made


def _open(context: Context, path: str, found: list[tuple[Use, Package]]) -> Finding:
    use = found[0][0]
    names = list(dict.fromkeys(package.name for _, package in found))
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    message = f"{use.how} takes {', '.join(names[:_NAMED])}{more} without an exact version"
    subject = use.node if len(names) == 1 else path
    return finding_at(context, INSTALL, subject, message, (path, use.at))


CHECK = Check("ci_installs", "Open installs and downloads in pipelines", (INSTALL, PIPE, MODEL), run)

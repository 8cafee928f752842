"""Images that can change under the same name, unchecked downloads into images, secrets left in them."""

from __future__ import annotations

from collections.abc import Iterator

from depscan.checks._pipelines import at_all, built
from depscan.checks.check import Check, Context, finding_at
from depscan.model.decision import Coverage
from depscan.model.document import Document
from depscan.model.finding import Confidence, Finding, Severity
from depscan.model.package import Package
from depscan.model.rule import Rule
from depscan.model.use import Use

UNPINNED = Rule(
    "container/unpinned-image",
    "Image without a digest",
    "trust",
    Severity.LOW,
    "A Dockerfile, compose file or pipeline names an image by a tag.",
    "Tags are moved with every rebuild, and whoever takes over the repository can move them: what runs tomorrow is "
    "not what was looked at today.",
    "Add the digest (image:tag@sha256:...); Dependabot and Renovate keep it up to date.",
    "An image of your own registry in the same trust boundary.",
)
LATEST = Rule(
    "container/latest-image",
    "Image of the tag latest, or without a tag",
    "trust",
    Severity.MEDIUM,
    "A Dockerfile, compose file or pipeline names an image without a version.",
    "It is another image after every release, major ones too, and no review sees the change.",
    "Name a version and its digest (image:1.2.3@sha256:...).",
    "An image that is built just before on the same machine.",
)
REMOTE = Rule(
    "container/remote-add",
    "Download into an image without a checksum",
    "trust",
    Severity.MEDIUM,
    "ADD fetches a URL, and nothing says which bytes are right.",
    "The owner of the host can swap the file at any time, and it becomes a part of your image.",
    "Add --checksum=sha256:... to ADD; for a git repository name the full commit behind #.",
    "None known.",
)
SECRET = Rule(
    "container/secret-in-image",
    "Secret in an image or compose file",
    "trust",
    Severity.HIGH,
    "ENV gives a secret a value, ARG takes one for the build, or a compose file holds one.",
    "ENV is part of the image, and build arguments stay in its history: everybody who can pull it can read them.",
    "Use a build secret (RUN --mount=type=secret,id=NAME) for the build, and give it to the container when it starts "
    "(env_file, secrets). Rotate one that was built in.",
    "An ARG of a stage that is thrown away is seen only by who has the build cache: its severity is medium.",
)

_LATEST = (None, "latest")
_FRONTEND = "docker/dockerfile"
"""The builder's own frontend: its major tag is how it is meant to be named."""


def run(context: Context) -> Iterator[Finding | Coverage]:
    """Yield a finding per file and open image, per unchecked download and per secret."""
    groups: dict[tuple[str, str], tuple[Document, Package, list[Use]]] = {}
    for document, use, package in built(context):
        at = (document.path, use.at)
        if package.ecosystem == "image":
            if use.get("pinned") == "no" and not (use.how == "syntax" and package.name == _FRONTEND):
                groups.setdefault((document.path, use.node), (document, package, []))[2].append(use)
        elif use.how.endswith("ADD") and use.get("pinned") == "no":
            yield finding_at(context, REMOTE, use.node, f"ADD takes {use.get('endpoint')} without a checksum", at)
        elif use.get("secret") and use.how.endswith(("ENV", "ARG", ".environment", ".args")):
            yield _secret(context, document, use)
    for (path, node), (document, package, group) in groups.items():
        rule = LATEST if package.version in _LATEST else UNPINNED
        text = group[0].get("command") or package.name
        message = f"{text} is another image after every release" if rule is LATEST else f"{text} has no digest"
        yield at_all(context, finding_at(context, rule, node, message, (path, group[0].at)), document, group)


def _secret(context: Context, document: Document, use: Use) -> Finding:
    name, at = use.get("secret"), (document.path, use.at)
    if use.how.endswith("ENV"):
        return finding_at(context, SECRET, document.path, f"ENV leaves the secret {name} in the image", at)
    if use.how.endswith("ARG"):
        message = f"the build argument {name} stays in the history of its stage"
        made = finding_at(context, SECRET, document.path, message, at, confidence=Confidence.MEDIUM)
    else:
        made = finding_at(context, SECRET, document.path, f"the value of {name} stands in the file", at)
    return made._replace(severity=Severity.MEDIUM)


CHECK = Check(
    "container_images", "Open images, unchecked downloads, secrets in images", (UNPINNED, LATEST, REMOTE, SECRET), run
)

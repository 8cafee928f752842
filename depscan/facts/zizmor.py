"""A second opinion on workflows: zizmor, where it is installed beside depscan (extra ``ci``).

Only the command in depscan's own environment is started: one on the PATH may belong to who is scanned. It reads the
workflow files, offline, without configuration and without the environment's tokens; it runs nothing of them.
Source: zizmor's documentation, "Usage" and "JSON" (format json-v1).
"""

from __future__ import annotations

import json
import os
import subprocess
import sysconfig
from typing import Any, NamedTuple

SECONDS = 30
"""The command may take so long for a batch of files."""

_BATCH = 200
_ARGUMENTS = ("--offline", "--no-config", "--no-progress", "--no-exit-codes", "--color", "never", "--format", "json-v1")


class Opinion(NamedTuple):
    """One finding of zizmor.

    Attributes:
        path: the file as documents name it.
        audit: id of zizmor's audit.
        title: what the audit says.
        remark: what is said of the place.
        severity, confidence: zizmor's words, in lower case.
        spans: first and last 1-based line of each place it is about; the first is shown.
        url: zizmor's page.
    """

    path: str
    audit: str
    title: str
    remark: str
    severity: str
    confidence: str
    spans: tuple[tuple[int, int], ...]
    url: str


class Answer(NamedTuple):
    """What zizmor said, and why it could not say all; "" where it did."""

    opinions: tuple[Opinion, ...] = ()
    failed: str = ""


def command() -> str:
    """Return the path of zizmor in depscan's own environment; "" where it is not installed."""
    folder = sysconfig.get_path("scripts")
    found = (os.path.join(folder, name) for name in ("zizmor", "zizmor.exe"))
    return next((path for path in found if os.path.isfile(path)), "")


def ask(files: list[tuple[str, str]], tool: str = "") -> Answer:
    """Return what zizmor says of workflow files.

    Args:
        files: the name in documents, and the file on disk, of each.
        tool: the command; that of depscan's environment by default.
    """
    tool = tool or command()
    if not tool or not files:
        return Answer()
    opinions: list[Opinion] = []
    for start in range(0, len(files), _BATCH):
        # An absolute path is no option and no owner/repository to be fetched.
        names = {os.path.abspath(disk): shown for shown, disk in files[start : start + _BATCH]}
        try:
            opinions += _run(tool, names)
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            return Answer(tuple(sorted(opinions)), f"zizmor gave no answer: {type(error).__name__}")
    return Answer(tuple(sorted(set(opinions))))


def _run(tool: str, names: dict[str, str]) -> list[Opinion]:
    kept = {name: os.environ[name] for name in ("SYSTEMROOT", "TMPDIR", "TEMP") if name in os.environ}
    done = subprocess.run(  # noqa: S603 - a command of depscan's own environment, absolute paths behind --
        [tool, *_ARGUMENTS, "--", *names],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=SECONDS,
        check=True,
        env=kept,
    )
    found = json.loads(done.stdout)
    if not isinstance(found, list):
        raise ValueError("no list")  # noqa: TRY004 - one kind of failure for the caller
    made = (_opinion(item, names) for item in found if isinstance(item, dict) and item.get("ignored") is not True)
    return [opinion for opinion in made if opinion is not None]


def _opinion(item: dict[str, Any], names: dict[str, str]) -> Opinion | None:
    try:
        places = [p for p in item["locations"] if p["symbolic"]["kind"] == "Primary"]
        path = names[places[0]["symbolic"]["key"]["Local"]["verbatim_path"]]
        spans = tuple(_span(place["concrete"]["location"]) for place in places)
        marks = item["determinations"]
        severity, confidence = str(marks["severity"]).lower(), str(marks["confidence"]).lower()
        remark = str(places[0]["symbolic"]["annotation"])
        return Opinion(
            path, str(item["ident"]), str(item["desc"]), remark, severity, confidence, spans, str(item.get("url", ""))
        )
    except (KeyError, IndexError, TypeError):
        return None


def _span(location: dict[str, Any]) -> tuple[int, int]:
    return int(location["start_point"]["row"]) + 1, int(location["end_point"]["row"]) + 1

"""Chat templates in files of their own: ``chat_template.jinja``, ``additional_chat_templates/*.jinja``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from depscan.loading.file import File
    from depscan.loading.steps import Report

STARTS = "*"
NAMES = "chat_template.jinja"
TITLE = "chat template"

_ENDINGS = (".jinja", ".jinja2", ".j2")
_MOST = 4 << 20
_LOOK = 1 << 16
_MARKS = (
    b"add_generation_prompt", b"bos_token", b"messages[0]", b"message['role']", b'message["role"]', b"message.role",
    b"in messages", b"message['content']", b'message["content"]', b"message.content", b"raise_exception",
)  # fmt: skip
_REACHES = re.compile(rb"__\w+__|\|\s*attr\b|\\x5f|\\u005f|_TemplateReference|\bpopen\b")
"""What a template of any kind says that reaches into objects."""


def looks(file: File) -> bool:
    """Whether its name is that of a chat template, or it is Jinja that speaks of messages and roles.

    A Jinja file of a web site or a project generator is none: it may include others and call what it likes.
    """
    name = file.name
    if not name.endswith(_ENDINGS):
        return False
    if b"\0" in file.head and file.head[:2] not in {b"\xff\xfe", b"\xfe\xff"}:
        return False
    if "chat_template" in name or file.folder.lower().endswith("additional_chat_templates/"):
        return True
    data = file.bytes(_LOOK)
    return any(mark in data for mark in _MARKS) or (bool(_REACHES.search(data)) and _in_model(file))


def _in_model(file: File) -> bool:
    from depscan.loading.repository import in_model

    return in_model(file)


def read(file: File, report: Report) -> None:
    """Add what rendering it does."""
    from depscan.loading.template.read import read_template

    data = file.bytes(_MOST)
    try:
        text = data.decode("utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig")
    except UnicodeDecodeError as error:
        report.gap(f"it is no UTF-8 text ({error.reason} at byte {error.start})")
        return
    read_template(text, report, file.path.rpartition("/")[2])

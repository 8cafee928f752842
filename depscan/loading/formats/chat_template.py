"""Chat templates in files of their own: ``chat_template.jinja``, ``additional_chat_templates/*.jinja``."""

from __future__ import annotations

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
    b"message['content']", b'message["content"]', b"message.content", b"raise_exception",
)  # fmt: skip


def looks(file: File) -> bool:
    """Whether its name is that of a chat template, or it is Jinja that speaks of messages and roles.

    A Jinja file of a web site or a project generator is none: it may include others and call what it likes.
    """
    name = file.name
    if not name.endswith(_ENDINGS):
        return False
    if b"\0" in file.head:
        return False
    if "chat_template" in name or file.folder.lower().endswith("additional_chat_templates/"):
        return True
    return any(mark in file.bytes(_LOOK) for mark in _MARKS)


def read(file: File, report: Report) -> None:
    """Add what rendering it does."""
    from depscan.loading.template.read import read_template

    try:
        text = file.bytes(_MOST).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        report.gap(f"it is no UTF-8 text ({error.reason} at byte {error.start})")
        return
    read_template(text, report, file.path.rpartition("/")[2])

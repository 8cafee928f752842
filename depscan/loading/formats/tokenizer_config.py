"""Settings of tokenizers and processors of transformers: JSON that may hold templates and names of files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.loading.steps import HOSTILE, Step

if TYPE_CHECKING:
    from depscan.loading.file import File
    from depscan.loading.steps import Report

STARTS = ""
NAMES = "tokenizer_config.json chat_template.json processor_config.json preprocessor_config.json generation_config.json special_tokens_map.json video_preprocessor_config.json"  # noqa: E501 - read as one line
TITLE = "tokenizer settings"

_MOST = 32 << 20


def looks(file: File) -> bool:
    """Whether it begins like JSON."""
    return file.head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in {b"{", b"["} or file.head[:2] in {b"\xff\xfe", b"\xfe\xff"}


def read(file: File, report: Report) -> None:
    """Add its templates, the files it names, and the code that ``auto_map`` and its relations lead to."""
    from depscan.loading.automap import read_settings
    from depscan.loading.jsontext import read_json
    from depscan.loading.tokenizer import judge_settings

    if file.size > _MOST:
        report.gap(f"settings of {file.size} bytes are not read")
        return
    try:
        value, twice = read_json(file.bytes(_MOST))
        judge_settings(value, twice, file, report)
        read_settings(value, file, report)
        for one in twice:
            read_settings({one.key: one.dropped}, file, report)
    except RecursionError:
        why = "nested deeper than any reader's stack: who loads it crashes"
        report.add(Step("load.bomb", HOSTILE, "depth", file.name, why))
    except ValueError as error:
        report.gap(f"it is no valid JSON ({str(error)[:120]})")

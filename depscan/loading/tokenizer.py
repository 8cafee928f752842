"""What the settings of a tokenizer or processor do: templates that are rendered, and files that are opened."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from depscan.loading.jsontext import Text, Twice, texts
from depscan.loading.steps import HOSTILE, ODD, Report, Step

if TYPE_CHECKING:
    from depscan.loading.file import File

_ADDRESS = re.compile(r"(?i)[a-z][a-z0-9+.-]{1,20}:")
_FILE_KEYS = re.compile(
    r"(?:^|_)(?:file|files|path)\Z|^(?:vocab|merges|spm|sp_model|bpe|emoji|target_vocab|source_spm)\w*file\Z"
)
_OLD_KEYS = frozenset({"special_tokens_map_file", "tokenizer_file", "name_or_path", "added_tokens_file"})
"""Keys that old versions of transformers saved with the place of the cache; loaders look for the files themselves."""
_OWN = frozenset({
    "special_tokens_map.json", "tokenizer.json", "added_tokens.json", "tokenizer_config.json", "vocab.json",
    "vocab.txt", "merges.txt", "tokenizer.model", "spiece.model", "sentencepiece.bpe.model", "spm.model",
})  # fmt: skip
_CLASS = re.compile(r"[A-Z]\w*(?:Tokenizer|TokenizerFast|Backend|Processor|Feature[Ee]xtractor)\w*\Z")
_SHORT = 400


def judge_settings(value: Any, twice: list[Twice], file: File, report: Report) -> None:  # noqa: ANN401 - any JSON
    """Add the steps of one settings file.

    Args:
        value: the parsed document.
        twice: keys that stand twice.
        file: where it stands; its siblings decide what a path can mean.
        report: gets the steps.
    """
    found = _named(value)
    for text in texts(value):
        _text(text, found, file, report)
    for one in twice:
        _twice(one, file, report)
    name = value.get("tokenizer_class") if isinstance(value, dict) else None
    if isinstance(name, str) and not _CLASS.match(name):
        why = "not the name of a tokenizer of transformers: loading fails, or needs code that comes along"
        report.add(Step("load.template", ODD, "tokenizer-class", f"tokenizer_class = {name}", why))


def _named(value: Any) -> dict[tuple[str, ...], str]:  # noqa: ANN401 - any JSON
    """Return the names of templates in list form by the route of their text."""
    held = value.get("chat_template") if isinstance(value, dict) else None
    if not isinstance(held, list):
        return {}
    return {
        ("chat_template", str(i), "template"): f"chat_template[{str(one.get('name'))[:60]}]"
        for i, one in enumerate(held)
        if isinstance(one, dict)
    }


def _text(text: Text, named: dict[tuple[str, ...], str], file: File, report: Report) -> None:
    key = text.route[-1] if text.route else ""
    sure = any("chat_template" in part for part in text.route) and key not in {"name", "chat_template_file"}
    looks = ("{%" in text.text and "%}" in text.text) or ("{{" in text.text and "}}" in text.text)
    if sure or looks:
        from depscan.loading.template.read import read_template

        read_template(text.text, report, named.get(text.route, text.where), sure=sure)
    elif (
        key in _OLD_KEYS or _FILE_KEYS.search(key) or (key.isdigit() and any(map(_FILE_KEYS.search, text.route[-2:-1])))
    ):
        _path(text, key, file, report)


def _path(text: Text, key: str, file: File, report: Report) -> None:
    path = text.text
    why = leaves(path)
    if not why or len(path) > 4096:  # noqa: PLR2004 - no path is longer
        return
    last = re.split(r"[\\/]", path)[-1]
    saved = "absolute" in why and last in _OWN
    if key.endswith("_path") or (saved and (key in _OLD_KEYS or file.sibling(last) is not None)):
        told = "the place where it was saved from; loaders take the file of this folder"
        report.add(Step("load.path", ODD, "saved-path", f"{text.where} = {path[:_SHORT]}", told, values=(path,)))
        return
    report.add(
        Step(
            "load.path",
            HOSTILE,
            "external-path",
            f"{text.where} = {path[:_SHORT]}",
            why,
            values=(path,),
            does="file.read",
        )
    )


def leaves(path: str) -> str:
    """Return why a path leaves the folder of the model; "" when it does not."""
    flat = path.replace("\\", "/").strip()
    if "://" in flat or flat.lower().startswith(("file:", "data:", "http:", "https:")):
        return "an address: loading fetches or opens what is outside the model's folder"
    if flat.startswith("/") or re.match(r"[A-Za-z]:/", flat):
        return "an absolute path: loading opens a file outside the model's folder"
    if flat.startswith("~") or "$" in flat.partition("/")[0] or "%" in flat.partition("/")[0][:1]:
        return "a path of the person's home or of the environment: loading opens a file outside the model's folder"
    if ".." in flat.split("/"):
        return "climbs out of the model's folder"
    return "holds a zero byte, which cuts the path short" if "\0" in path else ""


def _twice(one: Twice, file: File, report: Report) -> None:
    weighty = "template" in one.key or bool(_FILE_KEYS.search(one.key)) or one.key in {"auto_map", "tokenizer_class"}
    why = "stands twice with different values: some readers take the last, others the first, so one may hide the other"
    report.add(Step("load.layout", HOSTILE if weighty else ODD, "duplicate-key", one.key, why))
    for text in texts(one.dropped, (one.key,)):
        _text(text, {}, file, report)

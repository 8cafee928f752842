"""Settings that make objects by name.

``_target_`` (Hydra, NeMo, OmegaConf), ``target`` with ``params`` (latent diffusion), ``class_path`` with ``init_args``
(Lightning).

Sources: hydra ``instantiate`` (CVE-2025-23304 and its kin in NeMo, uni2TS, FlexTok), NeMo ``Serialization``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from depscan.loading.dotted import add_name, judge, package_of
from depscan.loading.plain import MAX_NODES
from depscan.loading.steps import FOREIGN, HOSTILE, ODD, Report, Step

if TYPE_CHECKING:
    from depscan.loading.file import File

WORDS = (b"_target_", b"_component_", b"init_parameters", b"class_path", b"target:", b'"target"')
"""Bytes one of which stands in every file with such settings."""
_NAMES = frozenset({"_target_", "_component_", "target", "class_path"})


def read_targets(settings: object, file: File, report: Report) -> int:
    """Add the steps of every name that settings make an object of; returns how many there were.

    A name that nobody vouches for is foreign in a model's folder. In a project it is odd: there its own code stands.
    """
    found = 0
    seen: set[int] = set()
    todo: list[object] = [settings]
    here: bool | None = None
    for _ in range(MAX_NODES):
        if not todo:
            break
        value = todo.pop()
        if isinstance(value, (dict, list)):
            if id(value) in seen:
                continue
            seen.add(id(value))
            todo.extend(reversed(list(value.values() if isinstance(value, dict) else value)))
        if isinstance(value, dict):
            for key, target in _targets(value):
                found += 1
                if here is None:
                    here = _in_model(file)
                _add(key, target, value, report, strict=here and key == "_target_")
    return found


def _in_model(file: File) -> bool:
    from depscan.loading.repository import in_model

    return file.name in {"model_config.yaml", "model_config.json"} or in_model(file)


def _targets(value: Mapping[str, object]) -> list[tuple[str, str]]:
    found = [(key, held) for key in ("_target_", "_component_") if isinstance(held := value.get(key), str)]
    for key, beside in (("target", "params"), ("class_path", "init_args"), ("type", "init_parameters")):
        held = value.get(key)
        if isinstance(held, str) and "." in held and (beside in value or (len(value) == 1 and key != "type")):
            found.append((key, held))
    return found


def _add(key: str, target: str, settings: Mapping[str, object], report: Report, *, strict: bool) -> None:
    if target in {"???", ""}:
        return
    if "${" in target:
        for name in re.findall(r"[A-Za-z_]\w*(?:\.\w+)+", target):
            if judge(name).verdict == HOSTILE:
                add_name(report, name, f"{key}: {target}", "target", values=_flat(settings))
                return
        why = "a name that is put together from other settings"
        report.add(Step("load.code", ODD, "computed-target", f"{key}: {target}", why, "", (target,)))
        return
    shown = f"{target}({_arguments(settings)})"
    found = judge(target)
    if found.verdict == FOREIGN and not strict:
        why = "not on the list of harmless names; the code of the project itself may have it"
        report.add(Step("load.code", ODD, "target", shown, why, target[:200], (target,), package=package_of(target)))
        return
    add_name(report, target, shown, "target", values=_flat(settings) if found.verdict == HOSTILE else ())


def _flat(settings: Mapping[str, object]) -> tuple[str, ...]:
    texts: list[str] = []
    for key, value in settings.items():
        if key not in _NAMES:
            items = value if isinstance(value, list) else value.values() if isinstance(value, dict) else (value,)
            texts.extend(item for item in items if isinstance(item, str))
    return tuple(texts[:8])


def _arguments(settings: Mapping[str, object]) -> str:
    shown = []
    for key, value in settings.items():
        if key in _NAMES:
            continue
        text = repr(value) if isinstance(value, (str, int, float, bool)) else "..."
        if key == "_args_" and isinstance(value, list):
            text = ", ".join(repr(v)[:80] if isinstance(v, (str, int, float)) else "..." for v in value[:5])
        shown.append(text[:120] if key == "_args_" else f"{key}={text[:80]}")
    return ", ".join(shown)[:200]

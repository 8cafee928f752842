"""Index of a model in several files: ``weight_map`` names the file of every tensor, which the loader opens.

Source: transformers ``get_checkpoint_shard_files``, huggingface_hub ``load_state_dict_from_file``: names are joined to
the model's folder as they stand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from depscan.loading.paths import leaves
from depscan.loading.plain import object_of
from depscan.loading.steps import HOSTILE, Step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from depscan.loading.file import File
    from depscan.loading.steps import Report

STARTS = "*"
NAMES = "*.safetensors.index.json *.bin.index.json *.h5.index.json *.msgpack.index.json *.ckpt.index.json"
TITLE = "index of weights"

_MAP = "weight_map"


def looks(file: File) -> bool:
    """Return whether it is a JSON object with a map of weights."""
    if not file.name.endswith(".json") or file.head.lstrip()[:1] != b"{":
        return False
    return isinstance(object_of(file).get(_MAP), dict)


def read(file: File, report: Report) -> None:
    """Add the files of weights that stand outside of the folder."""
    names = sorted(set(_names(file)))
    report.about["files"] = str(len(names))
    for name in names:
        why = leaves(name)
        if why:
            text = f"{_MAP}: {name[:200]}"
            step = Step("load.path", HOSTILE, "external-path", text, f"weights in another place: {why}", values=(name,))
            report.add(step._replace(does="file.read"))


def _names(file: File) -> Iterator[str]:
    for key, held in object_of(file).items():
        if key.partition(" (")[0] == _MAP and isinstance(held, dict):
            yield from (name for name in held.values() if isinstance(name, str))

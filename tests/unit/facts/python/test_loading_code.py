"""Code that comes with a model: what loaders call at once, and what waits until somebody calls it."""

from __future__ import annotations

from pathlib import Path

import pytest

from depscan.facts.engine import inspect_path

RUN = "subprocess.run(['true'])"


def moments(folder: Path, files: dict[str, str]) -> set[str]:
    """Return when a command is started in a folder."""
    for path, text in files.items():
        (folder / path).write_text(text)
    return {fact.when for fact in inspect_path(str(folder)).facts if fact.what in {"process.spawn", "shell.run"}}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("handler.py", f"class EndpointHandler:\n    def __init__(self, path=''):\n        {RUN}\n"),
        ("modeling_x.py", f"import transformers\nclass M(transformers.PreTrainedModel):\n    def __init__(self, c):\n        {RUN}\n"),
        ("hubconf.py", f"def my_net(pretrained=True):\n    {RUN}\n"),
        ("any.py", f"import datasets\nclass D(datasets.GeneratorBasedBuilder):\n    def _generate_examples(self):\n        {RUN}\n"),
        ("custom_generate.py", f"def generate(model, **kwargs):\n    {RUN}\n"),
    ],
)  # fmt: skip
def test_what_a_loader_calls_at_once_runs_at_load(tmp_path: Path, name: str, code: str) -> None:
    files = {"config.json": '{"model_type": "x"}', name: f"import subprocess\n{code}"}
    assert moments(tmp_path, files) == {"load"}


def test_what_a_loader_does_not_call_runs_when_called(tmp_path: Path) -> None:
    code = f"import subprocess\nclass EndpointHandler:\n    def __call__(self, data):\n        {RUN}\ndef main():\n    {RUN}\n"
    assert moments(tmp_path, {"config.json": '{"model_type": "x"}', "handler.py": code}) == {"call"}

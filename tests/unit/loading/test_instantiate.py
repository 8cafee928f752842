"""Objects made by name, and YAML tags."""

from __future__ import annotations

import pytest

from depscan.loading.dotted import judge
from tests.unit.loading.model_folder import ask, read, verdicts, worst

PROJECT = {"pyproject.toml": "", "src/x.py": ""}


@pytest.mark.parametrize(
    "name",
    ["os.system", "subprocess.Popen", "builtins.exec", "__builtin__.eval", "posix.system", "hydra.utils.call",
     "pip.main",
     "torch.load", "torch.hub.load", "pickle.loads", "torch.nn.modules.module.os.system", "torch.nn.x.__class__",
     "nemo.core.sys.modules.Posix.system", "importlib.import_module", "ctypes.CDLL", "not a name", "a..b"],
)  # fmt: skip
def test_names_that_run_things_are_hostile(name: str) -> None:
    assert judge(name).verdict == "hostile"


@pytest.mark.parametrize(
    "name",
    ["torch.nn.Linear", "torch.nn.modules.activation.Tanh", "torch.optim.AdamW", "collections.OrderedDict",
     "nemo.collections.asr.models.EncDecCTCModel", "sklearn.linear_model._base.LinearRegression",
     "transformers.AutoModel.from_pretrained", "ldm.models.diffusion.ddpm.LatentDiffusion"],
)  # fmt: skip
def test_harmless_names_are_known(name: str) -> None:
    assert judge(name).verdict == "known"


def test_names_of_others_are_foreign_with_their_package() -> None:
    assert judge("evilpkg.mod.Thing")[:1] == ("foreign",)
    assert judge("evilpkg.mod.Thing").package == "evilpkg"
    assert judge("statistics.mean").package == ""
    assert judge("torch.nn.somelower.helper").verdict == "foreign"


def test_targets_are_found_however_deep() -> None:
    text = "model:\n  layers:\n  - {_target_: torch.nn.Linear}\n  - x:\n      _target_: os.system\n      command: id\n"
    report = read({"model_config.yaml": text})
    assert verdicts(report) == [("known", "target"), ("hostile", "target")]
    assert "command='id'" in worst(report).text
    assert worst(report).does == "shell.run"
    assert "id" in worst(report).values


def test_arguments_by_position_are_shown() -> None:
    report = read({"conf.json": {"_target_": "builtins.exec", "_args_": ["import os"], "_partial_": False}})
    assert "'import os'" in worst(report).text


def test_foreign_targets_stop_only_in_a_model() -> None:
    assert worst(read({"conf.yaml": "_target_: my.Net\n"})).verdict == "foreign"
    assert worst(read({"conf.yaml": "_target_: my.Net\n", **PROJECT})).verdict == "odd"
    assert worst(read({"conf.yaml": "_target_: os.system\n", **PROJECT})).verdict == "hostile"


def test_the_older_words_for_a_target_are_read() -> None:
    assert worst(read({"v1.yaml": "model:\n  target: os.system\n  params: {command: id}\n"})).verdict == "hostile"
    assert worst(read({"v1.yaml": "model:\n  target: ldm.models.X\n  params: {a: 1}\n"})).verdict == "known"
    assert worst(read({"c.yaml": "model:\n  class_path: my.Net\n  init_args: {a: 1}\n"})).verdict == "odd"


def test_names_put_together_are_odd_and_missing_ones_nothing() -> None:
    assert worst(read({"c.yaml": "_target_: ${pkg}.Net\n"})).verdict == "odd"
    assert read({"c.yaml": "_target_: ???\n"}).steps == []


@pytest.mark.parametrize(
    "text",
    ['a: !!python/object/apply:os.system ["id"]\n', "a: !!python/object/new:subprocess.Popen [[id]]\n",
     "%TAG !p! tag:yaml.org,2002:python/\n---\na: !p!object/apply:os.system [id]\n", "a: !!python/name:os.system ''\n",
     "a: !!pyth%6Fn/object/apply:os.system [id]\n", "a: !<tag:yaml.org,2002:python/object/apply:os.system> [id]\n",
     "a: !!python/module:subprocess ''\n"],
)  # fmt: skip
def test_tags_that_call_are_hostile(text: str) -> None:
    assert worst(read({"x.yaml": text})).verdict == "hostile"


def test_tags_of_lightning_are_known() -> None:
    text = "!!python/object:argparse.Namespace\nd: !!python/object/apply:pathlib.PosixPath [a]\nt: !!python/tuple [1]\n"
    report = read({"hparams.yaml": text})
    assert {verdict for verdict, _ in verdicts(report)} == {"known"}
    assert report.gaps == []


def test_names_in_tags_of_a_project_are_only_odd() -> None:
    text = "x: !!python/name:material.extensions.emoji.twemoji\n"
    assert worst(read({"mkdocs.yml": text, **PROJECT})).verdict == "odd"


def test_aliases_that_expand_without_end_are_a_bomb() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    assert worst(read({"x.yaml": "\n".join(lines)})).slug == "alias-bomb"


def test_aliases_to_themselves_end() -> None:
    assert read({"x.yaml": "a: &a [*a, *a]\nb: &b\n  _target_: os.system\n  c: *b\n"}).verdict == "hostile"


def test_ordinary_yaml_is_nobodys() -> None:
    assert ask({"ci.yaml": "on: push\njobs:\n  x: {runs-on: y}\n"}) is None


def test_references_with_more_than_names_in_templates_are_hostile() -> None:
    def of(template: str) -> list[str]:
        value = {"version": 1, "templates": {"u": template}, "refs": {"a/0": ["{{u}}", 0, 1], ".zgroup": "{}"}}
        return [step.verdict for step in read({"r.json": value}).steps]

    assert of("https://data.example/x") == []
    assert of("s3://bucket/{{ f(i=0) }}") == []
    assert of("{{ cycler.__init__.__globals__.os.popen('id').read() }}") == ["hostile"]
    assert of("{% for x in ().__class__ %}{% endfor %}") == ["hostile", "hostile"]

"""Calls that are bound ahead, pipelines with code of another repository, models of a registry."""

from __future__ import annotations

import pytest

from depscan.inputs.code.python_code import FORMAT, accepts
from depscan.model.use import Use
from depscan.text.source import SourceFile

HEAD = "from functools import partial\nfrom transformers import pipeline, AutoModel\n"
DRAW = "from diffusers import DiffusionPipeline\nDiffusionPipeline.from_pretrained('org/base', custom_pipeline={})\n"
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def uses(code: str) -> list[Use]:
    return FORMAT.parse(SourceFile("app.py", code.encode())).uses


def found(code: str) -> list[tuple[str, int]]:
    return [(use.node.removeprefix("pkg:huggingface/"), use.at) for use in uses(code) if isinstance(use.at, int)]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('partial(pipeline, "ner", model="org/x")', [("org/x", 3)]),
        ('f = partial(pipeline, "ner", model="org/x")\nf()\nf()', [("org/x", 3)]),
        ('f = partial(pipeline, "ner")\nf(model="org/x")', [("org/x", 4)]),
        ('f = partial(pipeline, "ner")\nf("org/x")', [("org/x", 4)]),
        ('f = partial(pipeline, model="org/x")\nf(model="org/y")', [("org/x", 3), ("org/y", 4)]),
        ('o = {"model": "org/x"}\nf = partial(pipeline, "ner", **o)\nf()', [("org/x", 4)]),
        ('f = partial(partial(pipeline, "ner"), model="org/x")', [("org/x", 3)]),
        ('partial(AutoModel.from_pretrained, "org/x")', [("org/x", 3)]),
        ('def load(name):\n    return AutoModel.from_pretrained(name)\npartial(load, "org/x")', [("org/x", 4)]),
        ("import functools\nfunctools.partial(pipeline, model='org/x')", [("org/x", 4)]),
        (
            "class A:\n  def a(self):\n    self.f = partial(pipeline)\n  def g(self):\n    self.f(model='org/x')",
            [("org/x", 7)],
        ),
        ("partial(print, model='org/x')", []),
        ("partial()", []),
    ],
)
def test_what_is_bound_ahead_counts_once_where_it_is_named(code: str, expected: list[tuple[str, int]]) -> None:
    assert found(HEAD + code + "\n") == expected


def test_facts_bound_ahead_hold_for_the_call() -> None:
    [use] = uses(HEAD + "f = partial(AutoModel.from_pretrained, trust_remote_code=True)\nf('org/x')\n")
    assert use.get("code") == "yes"
    [use] = uses("import torch, functools\nf = functools.partial(torch.load, weights_only=True)\nf('m.pt')\n")
    assert use.get("safe") == "yes"


def test_a_client_of_a_bound_method_is_kept() -> None:
    code = (
        "from functools import partial\nfrom openai import OpenAI\nc = OpenAI(base_url='https://llm.example')\n"
        "ask = partial(c.chat.completions.create, model='m')\n"
    )
    assert [u.node for u in uses(code)] == ["pkg:generic/service/llm.example", "pkg:generic/hosted/llm.example/m"]


def test_a_file_that_only_binds_is_read() -> None:
    assert accepts(SourceFile("a.py", (HEAD + "f = partial(pipeline, 'ner', model='org/x')\n").encode()))


def test_a_custom_pipeline_is_a_second_model_whose_code_runs() -> None:
    second, first = uses(DRAW.format("'acme/pipe'"))
    assert (first.node, first.get("code")) == ("pkg:huggingface/org/base", "yes")
    assert (second.node, second.get("code"), second.get("pinned")) == ("pkg:huggingface/acme/pipe", "yes", "no")
    second, _ = uses(DRAW.format(f"'acme/pipe', custom_revision='{COMMIT}'"))
    assert (second.get("pinned"), second.get("revision")) == ("yes", COMMIT)


@pytest.mark.parametrize(
    ("pipe", "code"), [("'lpw_stable_diffusion'", "yes"), ("'./own'", "no"), ("None", "no"), ("given", "unknown")]
)
def test_a_custom_pipeline_that_is_no_model(pipe: str, code: str) -> None:
    [use] = uses(DRAW.format(pipe))
    assert use.get("code") == code


@pytest.mark.parametrize(
    ("name", "pinned", "revision"),
    [
        ("models:/m/3", "yes", "3"),
        ("models:/m/Production", "no", "Production"),
        ("models:/m/latest", "no", "latest"),
        ("models:/m@champion", "no", "champion"),
        ("models:/m", "no", ""),
        ("./local", "", ""),
    ],
)
def test_a_registered_model_is_pinned_by_its_number(name: str, pinned: str, revision: str) -> None:
    [use] = uses(f"import mlflow\nmlflow.pyfunc.load_model({name!r})\n")
    assert (use.get("pinned"), use.get("revision")) == (pinned, revision)

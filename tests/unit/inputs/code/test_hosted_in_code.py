"""Hosted models in code: what their ids promise, whose hosts are whose, and metrics that ask a model."""

from __future__ import annotations

import gc
import json

import pytest

from depscan.inputs.code.notebook import FORMAT as NOTEBOOK
from depscan.inputs.code.python_code import FORMAT
from depscan.model.document import Document
from depscan.text.source import SourceFile

CLIENT = "from openai import OpenAI\nc = OpenAI({})\nc.chat.completions.create(model={!r})\n"


def read(code: str) -> Document:
    return FORMAT.parse(SourceFile("app.py", code.encode()))


def names(code: str) -> list[str]:
    return [use.node.removeprefix("pkg:generic/") for use in read(code).uses]


@pytest.mark.parametrize(
    ("code", "pinned"),
    [
        (CLIENT.format("", "gpt-4o"), "no"),
        (CLIENT.format("", "gpt-4o-2024-08-06"), "yes"),
        (CLIENT.format("base_url='https://gateway.example/v1'", "gpt-4o-2024-08-06"), "unknown"),
        ("import anthropic\nanthropic.Anthropic().messages.create(model='claude-opus-4-7')\n", "yes"),
        ("import anthropic\nanthropic.Anthropic().messages.create(model='claude-3-5-sonnet-latest')\n", "no"),
        ("import litellm\nlitellm.completion(model='azure/our-deployment')\n", "unknown"),
        ("import litellm\nlitellm.completion(model='vertex_ai/gemini-1.5-pro-002')\n", "yes"),
        ("import litellm\nlitellm.completion(model='nobody/m')\n", "unknown"),
    ],
)
def test_an_id_is_pinned_as_its_vendor_promises(code: str, pinned: str) -> None:
    [found] = [use for use in read(code).uses if "/hosted/" in use.node]
    assert found.get("pinned") == pinned


def test_a_host_of_a_vendor_is_the_vendor_and_any_other_is_itself() -> None:
    own, other = "https://api.mistral.ai/v1", "https://relay.example/v1"
    services = [
        [n for n in read(CLIENT.format(f"base_url={url!r}", "m")).nodes if "/service/" in n] for url in (own, other)
    ]
    assert services == [["pkg:generic/service/mistral"], ["pkg:generic/service/relay.example"]]


def test_a_model_of_a_local_ollama_is_one_of_its_library_however_it_is_asked() -> None:
    routed = 'import litellm\nlitellm.completion("ollama/llama3", api_base="http://localhost:11434")\n'
    assert names(routed) == ["library-model/ollama/llama3"]
    assert "library-model/ollama/llama3" in names(CLIENT.format("base_url='http://localhost:11434/v1'", "llama3"))
    assert {(e.label, e.child) for e in read(routed).edges} == {("loads", "pkg:generic/library-model/ollama/llama3")}


def test_an_ollama_elsewhere_is_asked_at_its_host() -> None:
    made = read('import litellm\nlitellm.completion("ollama/llama3", api_base="http://gpu.example:11434")\n')
    assert "pkg:generic/service/gpu.example:11434" in made.nodes


def test_an_endpoint_of_the_module_is_not_that_of_a_client_that_is_made() -> None:
    code = (
        "import openai\nopenai.api_base = 'https://old.example/v1'\n"
        "openai.OpenAI().responses.create(model='gpt-4.1')\nopenai.ChatCompletion.create(model='gpt-4-0613')\n"
    )
    assert set(names(code)) == {"service/openai", "hosted/openai/gpt-4.1", "hosted/old.example/gpt-4-0613"}


@pytest.mark.parametrize(
    ("code", "node"),
    [
        ('from ragas.llms import llm_factory\nllm_factory("gpt-4o-mini")', "hosted/openai/gpt-4o-mini"),
        ('from ragas.llms import llm_factory\nllm_factory("m", provider="groq")', "hosted/groq/m"),
        (
            "import ragas.llms as r\nimport langchain_openai as o\nr.LangchainLLMWrapper(o.ChatOpenAI(model='gpt-4o'))",
            "hosted/openai/gpt-4o",
        ),
        ('from deepeval.metrics import GEval\nGEval(name="n", model="gpt-4.1")', "hosted/openai/gpt-4.1"),
        ('from openevals.llm import create_llm_as_judge\ncreate_llm_as_judge(model="openai:o3")', "hosted/openai/o3"),
        ('from phoenix.evals import OpenAIModel\nOpenAIModel(model="gpt-4o")', "hosted/openai/gpt-4o"),
    ],
)
def test_a_metric_asks_a_model(code: str, node: str) -> None:
    assert names(code) == [node]


def test_a_cell_of_a_notebook_says_the_same() -> None:
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "source": CLIENT.format("", "gpt-4o-2024-08-06")}
    data = json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    found = NOTEBOOK.parse(SourceFile("a.ipynb", data.encode())).uses
    assert [use.get("pinned") for use in found if "/hosted/" in use.node] == ["yes"]


def test_the_garbage_collector_is_as_it_was_after_a_file_was_read() -> None:
    read(CLIENT.format("", "gpt-4o"))
    assert gc.isenabled()
    gc.disable()
    try:
        read(CLIENT.format("", "gpt-4o"))
        assert not gc.isenabled()
    finally:
        gc.enable()

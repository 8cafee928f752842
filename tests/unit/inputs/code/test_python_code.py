"""Python code: names of models, data sets, hosted models and services, as far as they are known without running it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from depscan.inputs.code.python_code import FORMAT, accepts
from depscan.model.document import Document
from depscan.model.use import Use
from depscan.text.source import SourceFile

COMMIT = "0123456789abcdef0123456789abcdef01234567"
HEAD = "from transformers import AutoModel\n"
SAMPLE = Path(__file__).resolve().parents[3] / "samples" / "python-code" / "good" / "app.py"


def read(code: str) -> Document:
    return FORMAT.parse(SourceFile("app.py", code.encode()))


def names(code: str) -> list[str]:
    """Return what is used, without the purl's head, in the order of the uses."""
    return [use.node.removeprefix("pkg:") for use in read(code).uses]


def only(code: str) -> Use:
    [use] = read(code).uses
    return use


@pytest.mark.parametrize(
    "code",
    [
        'AutoModel.from_pretrained("org/x")',
        'NAME = "org/x"\nAutoModel.from_pretrained(NAME)',
        'NAME = "org/x"\ndef f():\n    AutoModel.from_pretrained(NAME)',
        'def f(name="org/x"):\n    AutoModel.from_pretrained(name)',
        'def f(*, name="org/x"):\n    AutoModel.from_pretrained(name)',
        'def f(name):\n    AutoModel.from_pretrained(name)\nf("org/x")',
        'def f(a, name=None):\n    AutoModel.from_pretrained(name)\nf(1, name="org/x")',
        'AutoModel.from_pretrained(pretrained_model_name_or_path="org/x")',
        'AutoModel.from_pretrained("org" + "/" + "x")',
        'o = "org"\nAutoModel.from_pretrained(f"{o}/x")',
        'AutoModel.from_pretrained("%s/%s" % ("org", "x"))',
        'AutoModel.from_pretrained("%(o)s/x" % {"o": "org"})',
        'AutoModel.from_pretrained("{}/{name}".format("org", name="x"))',
        'import os\nAutoModel.from_pretrained(os.getenv("M", "org/x"))',
        'import os\nAutoModel.from_pretrained(os.environ.get("M") or "org/x")',
        'import os\nos.environ["M"] = "org/x"\nAutoModel.from_pretrained(os.environ["M"])',
        'from os import environ\nAutoModel.from_pretrained(environ.get("M", "org/x"))',
        'D = {"a": {"m": "org/x"}}\nAutoModel.from_pretrained(D["a"]["m"])',
        'D = dict(m="org/x")\nAutoModel.from_pretrained(D.get("m"))',
        'for m in ["org/x"]:\n    AutoModel.from_pretrained(m)',
        'for i, m in enumerate(("org/x",)):\n    AutoModel.from_pretrained(m)',
        'for k, m in {"a": "org/x"}.items():\n    AutoModel.from_pretrained(m)',
        '[AutoModel.from_pretrained(m) for m in ["org/x"]]',
        'a, b = 1, "org/x"\nAutoModel.from_pretrained(b)',
        'class C:\n    m = "org/x"\n    def f(self):\n        AutoModel.from_pretrained(self.m)',
        (
            'class C:\n    def __init__(self):\n        self.m = "org/x"\n    def f(self):\n'
            "        AutoModel.from_pretrained(self.m)"
        ),
        (
            "class C:\n    def __init__(self, m):\n        self.m = m\n    def f(self):\n"
            '        AutoModel.from_pretrained(self.m)\nC("org/x")'
        ),
        'class C:\n    m: str = "org/x"\nAutoModel.from_pretrained(C.m)',
        (
            'from pydantic import BaseModel, Field\nclass C(BaseModel):\n    m: str = Field(default="org/x")\n'
            "c = C()\nAutoModel.from_pretrained(c.m)"
        ),
        'class C:\n    m: str = "org/y"\nc = C(m="org/x")\nAutoModel.from_pretrained(c.m)',
        'class C:\n    m: str = "org/x"\ndef f(c: C):\n    AutoModel.from_pretrained(c.m)',
        'class B:\n    m = "org/x"\nclass C(B):\n    pass\nAutoModel.from_pretrained(C().m)',
        (
            "import argparse\np = argparse.ArgumentParser()\n"
            'p.add_argument("-m", "--my-model", default="org/x")\nargs = p.parse_args()\n'
            "AutoModel.from_pretrained(args.my_model)"
        ),
        (
            "import argparse\ndef get():\n    p = argparse.ArgumentParser()\n"
            '    p.add_argument("--m", default="org/x")\n    return p.parse_args()\n'
            "def main(args):\n    AutoModel.from_pretrained(args.m)\nmain(get())"
        ),
        (
            'import click\n@click.command()\n@click.option("--m", default="org/x")\ndef f(m):\n'
            "    AutoModel.from_pretrained(m)"
        ),
        'import typer\ndef f(m: str = typer.Option("org/x")):\n    AutoModel.from_pretrained(m)',
        'from types import SimpleNamespace as N\nc = N(m="org/x")\nAutoModel.from_pretrained(c.m)',
        'def name():\n    return "org/x"\nAutoModel.from_pretrained(name())',
        'AutoModel.from_pretrained(m := "org/x")',
        'M = "org/y"\nM = "org/x"\nAutoModel.from_pretrained(M)',
        'M = "org/x"\nAutoModel.from_pretrained(M)\nM = "org/y"',
        'import transformers as t\nt.AutoModel.from_pretrained("org/x")',
        'import transformers.models.bert as b\nb.BertModel.from_pretrained("org/x")',
        'from transformers import AutoModel as A\nA.from_pretrained("org/x")',
        'from transformers import *\nAutoTokenizer.from_pretrained("org/x")',
        'A = AutoModel\nA.from_pretrained("org/x")',
        'load = AutoModel.from_pretrained\nload("org/x")',
        'class Mine(AutoModel):\n    pass\nMine.from_pretrained("org/x")',
        'K = {"a": (AutoModel, 1)}\nK[k][0].from_pretrained("org/x")',
        'def f(model_class):\n    model_class.from_pretrained("org/x")',
        'opts = {"pretrained_model_name_or_path": "org/x"}\nAutoModel.from_pretrained(**opts)',
        'AutoModel.from_pretrained("org/x").to("cuda").half()',
        'try:\n    AutoModel.from_pretrained("org/x")\nexcept OSError:\n    raise',
        'if __name__ == "__main__":\n    with a as b:\n        AutoModel.from_pretrained("org/x")',
        'async def f():\n    await g(AutoModel.from_pretrained("org/x"))',
    ],
)
def test_a_name_is_known_where_it_is_written_or_a_few_steps_away(code: str) -> None:
    assert names(HEAD + code) == ["huggingface/org/x"]


@pytest.mark.parametrize(
    ("code", "want"),
    [
        ('x = "org/a" if big else "org/b"\nAutoModel.from_pretrained(x)', ["org/a", "org/b"]),
        ('if big:\n    x = "org/a"\nelse:\n    x = "org/b"\nAutoModel.from_pretrained(x)', ["org/a", "org/b"]),
        ('if big:\n    x = "org/a"\n    AutoModel.from_pretrained(x)\nelse:\n    x = "org/b"', ["org/a"]),
        ('for m in ("org/a", "org/b"):\n    AutoModel.from_pretrained(m)', ["org/a", "org/b"]),
        ('D = {"s": "org/a", "l": "org/b"}\nAutoModel.from_pretrained(D[size])', ["org/a", "org/b"]),
        ('def f(m="org/a"):\n    AutoModel.from_pretrained(m)\nf("org/b")', ["org/a", "org/b"]),
    ],
)
def test_every_value_that_a_name_can_have_is_found(code: str, want: list[str]) -> None:
    assert names(HEAD + code) == [f"huggingface/{name}" for name in want]


@pytest.mark.parametrize(
    "code",
    [
        '# AutoModel.from_pretrained("org/x")',
        '"""AutoModel.from_pretrained("org/x")"""',
        "AutoModel.from_pretrained(unknown)",
        "AutoModel.from_pretrained(read()['name'])",
        "AutoModel.from_pretrained()",
        'other.load("org/x")',
        'print("org/x")',
        'AutoModel.register("org/x")',
        'def f(m): pass\nf("org/x")',
        "x = x\nAutoModel.from_pretrained(x)",
        "def f(m):\n    f(m)\n    AutoModel.from_pretrained(m)",
        "a = b\nb = a\nAutoModel.from_pretrained(a + b)",
    ],
)
def test_what_names_no_model_is_no_use(code: str) -> None:
    assert names(HEAD + code) == []


@pytest.mark.parametrize(
    ("name", "want"),
    [
        ("org/name", "huggingface/org/name"),
        ("bert-base-uncased", "huggingface/bert-base-uncased"),
        ("./name", "generic/model/name"),
        ("/models/name", "generic/model/models/name"),
        ("../x", "generic/model/../x"),
        ("checkpoints/last", "generic/model/checkpoints/last"),
        ("a/b/c", "generic/model/a/b/c"),
        ("model.safetensors", "generic/model/model.safetensors"),
        ("org/name/", "generic/model/org/name/"),
    ],
)
def test_paths_are_told_from_names_on_a_hub(name: str, want: str) -> None:
    found = names(f'{HEAD}AutoModel.from_pretrained("{name}")')
    assert [f.replace("//", "/") for f in found] == [want]


@pytest.mark.parametrize(
    "code",
    [
        'x.save_pretrained("mine")\nAutoModel.from_pretrained("mine")',
        'OUT = "mine"\nTrainingArguments(output_dir=OUT)\nAutoModel.from_pretrained(OUT)',
        'import os\nos.makedirs("mine", exist_ok=True)\nAutoModel.from_pretrained("mine")',
    ],
)
def test_what_the_file_writes_itself_is_no_name_on_a_hub(code: str) -> None:
    assert names(HEAD + code) == ["generic/model/mine"]


def test_the_usual_folders_are_no_names_on_a_hub() -> None:
    assert names(f'{HEAD}AutoModel.from_pretrained("output")') == ["generic/model/output"]


def test_pins_and_code_are_facts() -> None:
    made = read(
        f'{HEAD}AutoModel.from_pretrained("o/a", revision="{COMMIT}", trust_remote_code=True)\n'
        'AutoModel.from_pretrained("o/b", revision="v1")\nAutoModel.from_pretrained("o/c", revision=r)\n'
        'AutoModel.from_pretrained("o/d", **unknown)\nAutoModel.from_pretrained("o/e", **{"trust_remote_code": True})\n'
        'AutoModel.from_pretrained("o/f", trust_remote_code=flag, revision=None)\n'
    )
    assert [(u.get("pinned"), u.get("revision"), u.get("code"), u.at) for u in made.uses] == [
        ("yes", COMMIT, "yes", 2), ("no", "v1", "no", 3), ("unknown", "", "no", 4), ("unknown", "", "unknown", 5),
        ("no", "", "yes", 6), ("no", "", "unknown", 7),
    ]  # fmt: skip
    assert made.nodes[f"pkg:huggingface/o/a@{COMMIT}"].version == COMMIT


@pytest.mark.parametrize(
    ("code", "node"),
    [
        ('from transformers import pipeline\npipeline("summarization", model="o/m")', "huggingface/o/m"),
        ('from transformers import pipeline\npipeline("ner")', "generic/library-model/transformers/ner"),
        ('from datasets import load_dataset\nload_dataset("squad")', "huggingface/datasets/squad"),
        ('import datasets\ndatasets.load_dataset("o/d", split="train")', "huggingface/datasets/o/d"),
        ('from huggingface_hub import snapshot_download\nsnapshot_download("o/m")', "huggingface/o/m"),
        (
            'from huggingface_hub import hf_hub_download as d\nd(repo_id="o/d", filename="x", repo_type="dataset")',
            "huggingface/datasets/o/d",
        ),
        (
            'from sentence_transformers import SentenceTransformer as S\nS("all-MiniLM-L6-v2")',
            "huggingface/sentence-transformers/all-MiniLM-L6-v2",
        ),
        ('from peft import PeftModel\nPeftModel.from_pretrained(base, "o/lora")', "huggingface/o/lora"),
        ('from diffusers import DiffusionPipeline as P\nP.from_pretrained("o/m")', "huggingface/o/m"),
        ('import timm\ntimm.create_model("resnet50", pretrained=True)', "generic/library-model/timm/resnet50"),
        ('import torch\ntorch.hub.load("o/r:v1", "net")', "generic/repository/o/r@v1"),
        ('import whisper\nwhisper.load_model("base")', "generic/library-model/whisper/base"),
        ('import spacy\nspacy.load("en_core_web_sm")', "generic/library-model/spacy/en_core_web_sm"),
        ('import ollama\nollama.chat(model="llama3.2", messages=[])', "generic/library-model/ollama/llama3.2"),
        ('from vllm import LLM\nLLM(model="o/m")', "huggingface/o/m"),
        ('from llama_cpp import Llama\nLlama(model_path="m.gguf")', "generic/model/m.gguf"),
        ('import joblib\njoblib.load("clf.joblib")', "generic/model/clf.joblib"),
        ('import pickle\nwith open("a.pkl", "rb") as f:\n    pickle.load(f)', "generic/model/a.pkl"),
        ('import mlflow\nmlflow.pyfunc.load_model("models:/m/1")', "generic/model/models:/m/1"),
        ('import litellm\nlitellm.completion(model="groq/llama3-8b")', "generic/hosted/groq/llama3-8b"),
        ('import litellm\nlitellm.completion(model="gpt-4o")', "generic/hosted/openai/gpt-4o"),
        ('import anthropic\nanthropic.Anthropic().messages.create(model="m")', "generic/hosted/anthropic/m"),
        (
            'import boto3\nc = boto3.client("bedrock-runtime")\nc.converse(modelId="amazon.nova-lite-v1:0")',
            "generic/hosted/aws-bedrock/amazon.nova-lite-v1:0",
        ),
        ('from langchain_openai import ChatOpenAI\nChatOpenAI(model="gpt-4o")', "generic/hosted/openai/gpt-4o"),
        (
            'from langchain.chat_models import init_chat_model\ninit_chat_model("m", model_provider="anthropic")',
            "generic/hosted/anthropic/m",
        ),
        ('import dspy\ndspy.LM("openai/gpt-4o")', "generic/hosted/openai/gpt-4o"),
        (
            'import google.generativeai as genai\ngenai.GenerativeModel("gemini-1.5-pro")',
            "generic/hosted/google/gemini-1.5-pro",
        ),
        (
            'from mcp import StdioServerParameters as P\nP(command="npx", args=["-y", "@o/server@1.2.3"])',
            "npm/%40o/server@1.2.3",
        ),
        ('from langchain import hub\nhub.pull("o/prompt")', "generic/library-model/langchain-hub/o/prompt"),
        (
            'from qdrant_client import QdrantClient\nQdrantClient(url="https://q.example:6333")',
            "generic/service/q.example:6333",
        ),
    ],
)
def test_the_tables_know_the_usual_libraries(code: str, node: str) -> None:
    assert node in names(code)


@pytest.mark.parametrize(
    ("code", "safe"),
    [
        ('import torch\ntorch.load("m.pt", weights_only=True)', "yes"),
        ('import torch\ntorch.load("m.pt", weights_only=False)', "no"),
        ('import torch\ntorch.load("m.pt")', "unknown"),
        ("import torch\ntorch.load(path, weights_only=False)", "no"),
        ('import yaml\nyaml.load(open("a.yaml"))', "no"),
        ("import yaml\nyaml.load(f, Loader=yaml.Loader)", "no"),
        ('from keras.models import load_model\nload_model("m.keras", safe_mode=False)', "no"),
        ('from keras.models import load_model\nload_model("m.keras")', "yes"),
        ('import numpy as np\nnp.load("a.npy", allow_pickle=True)', "no"),
        ('import numpy as np\nnp.load("a.npy")', "yes"),
        ('from safetensors.torch import load_file\nload_file("m.safetensors")', "yes"),
        ('from safetensors.torch import load_model\nload_model(net, "m.safetensors")', "yes"),
    ],
)
def test_loading_is_safe_or_not(code: str, safe: str) -> None:
    assert only(code).get("safe") == safe


@pytest.mark.parametrize(
    "code",
    [
        "import yaml\nyaml.load(f, Loader=yaml.SafeLoader)\nyaml.safe_load(f)",
        "import numpy as np\nnp.load(path)",
        "import pickle\npickle.load(f)",
        "import torch\ntorch.load(io.BytesIO(b), weights_only=True)",
        'from datasets import load_dataset\nload_dataset("csv", data_files="x.csv")',
    ],
)
def test_ordinary_reading_of_data_is_no_use(code: str) -> None:
    assert names(code) == []


def test_a_client_gives_its_endpoint_and_key_to_what_is_called_on_it() -> None:
    made = read(
        "import os\nfrom openai import OpenAI\n"
        'client = OpenAI(base_url="https://llm.example/v1", api_key=os.getenv("K"))\n'
        'client.chat.completions.create(model="m")\n'
    )
    use = made.uses[-1]
    assert use.node == "pkg:generic/hosted/llm.example/m"
    assert (use.get("endpoint"), use.get("endpoint-from"), use.get("key-env")) == (
        "https://llm.example/v1", "code", "K",
    )  # fmt: skip
    assert [(e.parent, e.child) for e in made.edges if e.parent == use.node] == [
        (use.node, "pkg:generic/service/llm.example")
    ]


def test_a_client_of_which_only_the_type_is_known_is_its_vendors() -> None:
    code = "from openai import OpenAI\ndef f(c: OpenAI):\n    c.responses.create(model='gpt-5')\n"
    assert names(code) == ["generic/hosted/openai/gpt-5"]
    code = "import anthropic\ndef f(c):\n    c.messages.create(model='m')\n"
    assert names(code) == ["generic/hosted/anthropic/m"]


def test_an_endpoint_may_be_set_for_the_whole_library_or_in_the_environment() -> None:
    old = 'import openai\nopenai.api_base = "https://old.example/v1"\nopenai.ChatCompletion.create(model="m")\n'
    assert names(old) == ["generic/hosted/old.example/m"]
    new = (
        'import os\nfrom openai import OpenAI\nos.environ["OPENAI_BASE_URL"] = "https://env.example/v1"\n'
        'OpenAI().chat.completions.create(model="m")\n'
    )
    assert "generic/hosted/env.example/m" in names(new)


def test_a_wrapped_client_is_the_one_inside() -> None:
    code = (
        "import anthropic, instructor\n"
        'c = instructor.from_anthropic(anthropic.Anthropic(base_url="https://proxy.example"))\n'
        'c.messages.create(model="m")\n'
    )
    assert "generic/hosted/proxy.example/m" in names(code)


def test_a_routers_prefix_is_no_part_of_the_model() -> None:
    code = 'import litellm\nlitellm.completion("vertex_ai/gemini-2.5-pro", api_base="https://relay.example")\n'
    assert names(code) == ["generic/hosted/relay.example/gemini-2.5-pro"]


@pytest.mark.parametrize("text", ["researcher", "note: be kind", "https://a.example/x", "a b/c", "x" * 300])
def test_a_router_is_given_other_texts_too(text: str) -> None:
    assert names(f"import pydantic_ai\npydantic_ai.Agent({text!r})\n") == []


def test_a_prompt_may_be_pinned_by_its_hash() -> None:
    made = read('from langchain import hub\nhub.pull("o/p:0123abcd")\nhub.pull("o/p")\n')
    assert [u.get("pinned") for u in made.uses] == ["yes", "no"]


def test_servers_in_a_dict_are_started_or_called() -> None:
    code = (
        "from langchain_mcp_adapters.client import MultiServerMCPClient as C\n"
        'C({"a": {"command": "uvx", "args": ["tool==1.0"]}, "b": {"url": "http://tools.example/mcp"}})\n'
    )
    assert names(code) == ["pypi/tool@1.0", "generic/service/tools.example"]


def test_options_for_the_loader_may_lie_inside() -> None:
    code = (
        "from langchain_huggingface import HuggingFaceEmbeddings as E\n"
        'E(model_name="o/m", model_kwargs={"trust_remote_code": True})\n'
    )
    assert only(code).get("code") == "yes"


def test_paths_beside_the_file_are_paths_of_the_project() -> None:
    code = 'import joblib\nfrom pathlib import Path\njoblib.load(Path(__file__).parent / "models" / "a.joblib")\n'
    made = FORMAT.parse(SourceFile("src/app/serve.py", code.encode()))
    assert [u.node for u in made.uses] == ["pkg:generic/model/src/app/models/a.joblib"]


def test_a_parameter_as_key_leaves_every_entry_open() -> None:
    code = f'{HEAD}D = {{"a": "o/a", "b": "o/b"}}\ndef f(k="a"):\n    AutoModel.from_pretrained(D[k])\n'
    assert names(code) == ["huggingface/o/a", "huggingface/o/b"]


@pytest.mark.parametrize(
    "code",
    [
        'import os\nos.system("pip install a==1")',
        'import subprocess as s, sys\ns.check_call([sys.executable, "-m", "pip", "install", "a==1"])',
        'import subprocess\nsubprocess.run("pip install a==1", shell=True)',
        'from IPython import get_ipython\nget_ipython().system("pip install a==1")',
        'import subprocess\nNAME = "a"\nsubprocess.run(["pip", "install", f"{NAME}==1"])',
    ],
)
def test_programs_that_are_started_may_install(code: str) -> None:
    assert names(code) == ["pypi/a@1"]
    assert accepts(SourceFile("a.py", code.encode()))


def test_a_notebook_that_was_saved_as_python_is_read() -> None:
    code = "!pip install a==1\n%matplotlib inline\nimport torch\n\ntorch.load('m.pt')\n"
    assert accepts(SourceFile("a.py", code.encode()))
    assert [(u.node, u.at) for u in read(code).uses] == [("pkg:pypi/a@1", 1), ("pkg:generic/model/m.pt", 5)]
    assert read(code).problems == []


def test_a_shell_line_inside_a_text_is_no_command() -> None:
    assert names('"""\n!pip install a==1\n"""\nx = 1\n') == []


def test_a_choice_in_a_page_is_one_of_its_options() -> None:
    code = (
        "import streamlit as st\nfrom openai import OpenAI\nm = st.sidebar.selectbox('Model', ['a-1', 'b-2'])\n"
        "OpenAI().responses.create(model=m)\n"
    )
    assert [n for n in names(code) if "hosted" in n] == ["generic/hosted/openai/a-1", "generic/hosted/openai/b-2"]


def test_other_programs_are_no_use() -> None:
    assert names('import subprocess\nsubprocess.run(["git", "status"])\nsubprocess.run(unknown)\n') == []


def test_keys_are_never_kept() -> None:
    made = read('from openai import OpenAI\nOpenAI(api_key="sk-very-secret", base_url="https://u:pw@llm.example/")\n')
    assert made.uses[0].get("secret") == "api_key"
    everything = repr([made.nodes, made.edges, made.uses])
    assert "very-secret" not in everything
    assert "pw" not in everything


def test_a_model_whose_name_is_not_known_is_a_use_of_the_service() -> None:
    code = 'import os\nfrom openai import OpenAI\nOpenAI().responses.create(model=os.environ["MODEL"])\n'
    use = next(u for u in read(code).uses if u.how.endswith("create"))
    assert (use.node, use.get("model-from")) == ("pkg:generic/service/openai", "env:MODEL")


def test_a_customers_host_of_a_vendor_changes_no_vendor() -> None:
    code = (
        "from openai import AzureOpenAI\n"
        'c = AzureOpenAI(azure_endpoint="https://mine.azure.example")\nc.chat.completions.create(model="dep")\n'
    )
    assert "generic/hosted/azure-openai/dep" in names(code)


def test_a_download_that_is_loaded_is_what_was_downloaded() -> None:
    hub = "import torch\nfrom huggingface_hub import hf_hub_download as d\n"
    use = next(u for u in read(hub + 'torch.load(d("o/m", "w.bin"))').uses if u.how == "torch.load")
    assert (use.node, use.get("model-from")) == ("pkg:huggingface/o/m", "download")
    web = 'import pickle, requests\npickle.loads(requests.get("https://files.example/m.pkl").content)'
    assert only(web).node == "pkg:generic/service/files.example"
    saved = (
        "import pickle\nfrom urllib.request import urlretrieve\n"
        'urlretrieve("https://files.example/m.pkl", "m.pkl")\npickle.load(open("m.pkl", "rb"))'
    )
    assert only(saved).get("endpoint") == "https://files.example/m.pkl"


def test_files_that_use_nothing_are_not_parsed() -> None:
    assert not accepts(SourceFile("a.py", b"import os\nprint(1)\n"))
    assert not accepts(SourceFile("a.py", b"import torch\nx = torch.zeros(3)\n"))
    assert not accepts(SourceFile("a.py", b'import transformers\n"""AutoModel.from_pretrained("a/b")"""\n'))
    assert not accepts(SourceFile("a.py", b"# transformers from_pretrained(\n"))
    assert accepts(SourceFile("a.py", b"def f():\n    import os, torch\n    torch.load (p)\n"))
    assert accepts(SourceFile("a.py", b"\xef\xbb\xbffrom transformers import pipeline\npipeline('x')\n"))


def test_what_does_not_parse_is_said_and_the_rest_is_read() -> None:
    made = read(f'{HEAD}print "old"\nAutoModel.from_pretrained("org/x")\n')
    assert [u.at for u in made.uses] == [3]
    assert [p.at for p in made.problems] == [2]


@pytest.mark.parametrize(
    "code",
    [
        "x = " + "-" * 5_000 + "1",
        "x = " + "[" * 150 + "]" * 150,
        "x = " + "+".join(['"a"'] * 5_000),
        "x" + ".y" * 3_000,
        "f" + "()" * 3_000,
        'x = "a"\n' + "x = x + x\n" * 300 + "AutoModel.from_pretrained(x)",
        "\n".join(f"def f{i}(a):\n    f{i + 1}(a)\n    AutoModel.from_pretrained(a)" for i in range(300))
        + "\nf0('o/x')",
        "x = [x for x in zip(x, x)]\nfor x in enumerate(x): AutoModel.from_pretrained(x)",
        'd = {"a": d}\nfrom litellm import completion\ncompletion(model=d)',
        "class A(B): pass\nclass B(A): pass\nAutoModel.from_pretrained(A().x)",
        "lambda: (yield)",
    ],
)
def test_odd_code_ends_soon_and_raises_nothing(code: str) -> None:
    read(HEAD + code)


def test_a_file_that_is_cut_off_anywhere_raises_nothing() -> None:
    text = SAMPLE.read_text()
    rng = random.Random(7)
    for _ in range(60):
        read(text[: rng.randrange(len(text))])


def test_uses_stand_where_the_call_stands() -> None:
    source = SourceFile("app.py", SAMPLE.read_bytes())
    for use in FORMAT.parse(source).uses:
        assert isinstance(use.at, int)
        assert use.how.rpartition(".")[2].partition("(")[0] in source.line(use.at) or use.how.endswith(
            "from_pretrained"
        )


@pytest.mark.parametrize(
    "code",
    [
        'A = ("org/x",)\nAutoModel.from_pretrained(*A)',
        'A = ["org/x"]\nAutoModel.from_pretrained(*A, trust_remote_code=True)',
        'A = {"pretrained_model_name_or_path": "org/x"}\nAutoModel.from_pretrained(**A)',
    ],
)
def test_arguments_are_read_from_a_literal_of_the_module(code: str) -> None:
    assert names(HEAD + code + "\n") == ["huggingface/org/x"]


def test_starred_arguments_of_others_are_not_known() -> None:
    assert names(HEAD + "def f(*a):\n    AutoModel.from_pretrained(*a)\n") == []


@pytest.mark.parametrize("path", ["Path('m/x.pkl')", "(Path('m') / 'x.pkl')"])
def test_the_bytes_of_a_path_are_that_file(path: str) -> None:
    code = f"import pickle\nfrom pathlib import Path\npickle.loads({path}.read_bytes())\n"
    assert names(code) == ["generic/model/m/x.pkl"]


@pytest.mark.parametrize("name", ["f.name", "f'{p}'", "f'{p}/{f.name}'"])
def test_a_load_of_nobody_knows_what_is_a_use_of_the_file_and_no_node(name: str) -> None:
    document = read(f"import torch\ndef g(f, p):\n    torch.load({name}, weights_only=False)\n")
    [use] = document.uses
    assert (use.node, use.get("safe")) == (document.root, "no")
    assert [p.ecosystem for p in document.nodes.values()] == ["project"]


@pytest.mark.parametrize("call", ["system", "getoutput", "system_raw"])
def test_commands_of_the_notebook_shell_are_read_where_nothing_is_imported(call: str) -> None:
    assert names(f"get_ipython().{call}('pip install tool==1.0')\n") == ["pypi/tool@1.0"]


def test_the_address_of_a_server_is_no_name_of_a_model() -> None:
    code = "from huggingface_hub import InferenceClient\nInferenceClient(model='http://llm.example:80/v1')\n"
    use = only(code)
    assert (use.node, use.get("endpoint")) == ("pkg:generic/service/llm.example:80", "http://llm.example:80/v1")


@pytest.mark.parametrize("command", ["f'pip install tool=={v}'", "['pip', 'install', f'tool=={v}', v]"])
def test_a_version_that_is_not_known_is_no_version(command: str) -> None:
    assert names(f"import subprocess\ndef f(v):\n    subprocess.run({command})\n") == ["pypi/tool"]

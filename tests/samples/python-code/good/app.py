"""A small application: AutoModel.from_pretrained("in/a-docstring") is no code."""

import argparse
import os
from dataclasses import dataclass, field
from pathlib import Path

import torch
import transformers as t
from datasets import load_dataset
from huggingface_hub import hf_hub_download
from openai import OpenAI
from transformers import AutoModelForCausalLM as Causal
from transformers import AutoTokenizer, pipeline

ORG = "org"
MODEL = os.getenv("MODEL_NAME", "org/from-environment")


@dataclass
class Config:
    base: str = "org/from-dataclass"
    data: str = field(default="org/texts")


class Assistant:
    small = "gpt-4o-mini"

    def __init__(self, model="gpt-4o-2024-08-06"):
        self.client = OpenAI(base_url="https://llm.example/v1", api_key=os.environ["LLM_KEY"])
        self.model = model

    def ask(self, text):
        return self.client.chat.completions.create(model=self.model, messages=[{"role": "user", "content": text}])


def load(name="org/by-default"):
    return Causal.from_pretrained(name, trust_remote_code=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--model-name", default="org/from-arguments")
    args = parser.parse_args()
    config = Config()
    t.AutoModel.from_pretrained(args.model_name, revision="0123456789abcdef0123456789abcdef01234567")
    AutoTokenizer.from_pretrained(config.base)
    AutoTokenizer.from_pretrained(f"{ORG}/from-f-string", revision="main")
    AutoTokenizer.from_pretrained(MODEL)
    AutoTokenizer.from_pretrained("bert-base-uncased")
    load_dataset(config.data, "english", split="train")
    load_dataset("json", data_files="local.json")
    pipeline("text-generation", model="org/from-pipeline")
    load("org/by-call")
    torch.load(Path("checkpoints") / "last.pt", weights_only=False)
    torch.load(hf_hub_download("org/weights", "model.bin"), weights_only=True)
    torch.hub.load("owner/repo:v1.0", "net")


if __name__ == "__main__":
    main()

"""Fine-tuning."""

import argparse

import datasets
import torch
import transformers as tf
from datasets import load_dataset
from peft import AutoPeftModelForCausalLM, PeftModel
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV

parser = argparse.ArgumentParser()
parser.add_argument("--base", default="meta-llama/Llama-3.2-1B")
parser.add_argument("--corpus", default="HuggingFaceH4/ultrachat_200k", help="such as org/other-corpus")
parser.add_argument("--out", default="runs/latest")


def main(args):
    """Train."""
    base = tf.AutoModelForCausalLM.from_pretrained(args.base, torch_dtype=torch.bfloat16)
    tokenizer = tf.AutoTokenizer.from_pretrained(args.base, revision="main")
    rows = load_dataset(args.corpus, split="train_sft")
    extra = datasets.load_dataset("acme-ai/private-notes", trust_remote_code=True)
    pinned = load_dataset(path="openai/gsm8k", name="main", revision="e53f048856ff4f594e959d75785d2c2d37b678ee")
    own = load_dataset("json", data_files="data/train.jsonl")
    disk = datasets.load_from_disk("data/prepared")
    model = PeftModel.from_pretrained(base, "acme-ai/handbook-lora")
    merged = AutoPeftModelForCausalLM.from_pretrained("models/adapter")
    search = GridSearchCV(LogisticRegression(solver="liblinear"), {"C": [1, 2]})
    search.fit(rows, model="baseline/logistic")
    base.save_pretrained("acme/saved-copy")
    print("trained meta/llama on", "ultra/chat")
    return tokenizer, extra, pinned, own, disk, merged


if __name__ == "__main__":
    main(parser.parse_args())

"""Tunes the tone model."""

import click
from datasets import load_dataset
from huggingface_hub import HfApi, hf_hub_download
from huggingface_hub import snapshot_download as fetch
from peft import LoraConfig
from sentence_transformers import SentenceTransformer
from transformers import AutoConfig, AutoModelForSequenceClassification as Tone
from trl import SFTTrainer

BASE = "FacebookAI/roberta-base"
SETS = {"train": "dair-ai/emotion", "test": ("google-research-datasets/go_emotions", "simplified")}


@click.command()
@click.option("--encoder", default="sentence-transformers/all-MiniLM-L6-v2")
def main(encoder):
    """Tune."""
    config = AutoConfig.from_pretrained(BASE)
    if (name := "acme-voice/tone-v2") and config:
        Tone.from_pretrained(name, config=config, use_safetensors=True)
    for language in ("de", "fr"):
        Tone.from_pretrained(f"acme-voice/tone-{language}")
    train = load_dataset(SETS["train"], revision="refs/convert/parquet")
    test = load_dataset(*SETS["test"], split="test")
    common = {"repo_id": "acme-voice/lexicon", "repo_type": "dataset", "revision": "cab853a1dbdf4c42c2b3ef2173804746df8825fe"}
    path = hf_hub_download(filename="words.txt", **common)
    fetch(repo_id="acme-voice/phones", local_dir="models/phones")
    SentenceTransformer(encoder)
    trainer = SFTTrainer(model="HuggingFaceTB/SmolLM2-360M", train_dataset=train)
    HfApi().upload_folder(repo_id="acme-voice/tone-upload", folder_path="out")
    LoraConfig(target_modules="all/linear")
    return test, path, trainer

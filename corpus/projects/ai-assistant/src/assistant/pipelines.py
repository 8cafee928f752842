"""Pipelines, and wrappers around them."""

from functools import partial

from transformers import AutoModel, pipeline

MODELS = {
    "ner": "dslim/bert-base-NER",
    "zero": "facebook/bart-large-mnli",
}
PROMPT = """Use openai/whisper-tiny only when the user asks; load_dataset("fake/data") is not for you."""


def load(name, *, code=True):
    """Load a model by name."""
    return AutoModel.from_pretrained(name, trust_remote_code=code)


classify = pipeline("zero-shot-classification", model=MODELS["zero"])
summarise = pipeline(task="summarization", model="sshleifer/distilbart-cnn-12-6", revision="a4f8f3e")
build = partial(pipeline, "ner")
tagger = build(model=MODELS["ner"])
embedder = load("jinaai/jina-embeddings-v2-base-en")

# embedder = load("jinaai/jina-embeddings-v1")
# AutoModel.from_pretrained("commented/out")


def describe():
    """Return text for the console; for instance pipeline("ner", model="doc/string-model")."""
    return "AutoModel.from_pretrained('inside/a-string')"


def choose(size):
    """Return a model by size."""
    name = "google/flan-t5-small" if size == "s" else "google/flan-t5-large"
    return pipeline("text2text-generation", model=name)

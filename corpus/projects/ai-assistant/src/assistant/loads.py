"""Files that hold objects; some of them from before we knew better."""

import pickle
from pickle import load as unpickle

import joblib
import keras
import mlflow.pyfunc
import numpy as np
import tensorflow_hub as hub
import timm
import torch
import yaml
from diffusers import DiffusionPipeline
from llama_cpp import Llama
from safetensors.torch import load_file
from vllm import LLM

WEIGHTS = "models/legacy.pt"


def old_weights():
    """Load as in 2021."""
    return torch.load(WEIGHTS, map_location="cpu", weights_only=False)


def new_weights():
    """Load weights and nothing else."""
    return torch.load("models/head.pt", weights_only=True)


def ranker():
    """Load the ranker."""
    with open("models/ranker/ranker.pkl", "rb") as file:
        return pickle.load(file)


def scaler():
    """Load the scaler."""
    return joblib.load("models/scaler.joblib")


def arrays():
    """Load arrays."""
    return np.load("data/embeddings.npy"), np.load("data/objects.npy", allow_pickle=True)


def adapter():
    """Load tensors that hold no code."""
    return load_file("models/adapter/adapter_model.safetensors")


def classifier():
    """Load a classifier with whatever is in it."""
    return keras.models.load_model("models/intent.keras", safe_mode=False)


def hubs():
    """Load from hubs."""
    hubert = torch.hub.load("pytorch/vision:v0.10.0", "resnet18", pretrained=True)
    again = torch.hub.load(repo_or_dir="snakers4/silero-vad", model="silero_vad", trust_repo=True)
    encoder = hub.load("https://models.tfstore.example/google/universal-sentence-encoder/4")
    vit = timm.create_model("hf_hub:timm/vit_base_patch16_224.augreg2_in21k_ft_in1k", pretrained=True)
    return hubert, again, encoder, vit


def registry():
    """Load what the registry calls production."""
    return mlflow.pyfunc.load_model("models:/handbook-intent/Production")


def servers():
    """Start models in this process."""
    first = LLM(model="Qwen/Qwen2.5-7B-Instruct", trust_remote_code=True, quantization="awq")
    second = Llama.from_pretrained(repo_id="TheBloke/Mistral-7B-Instruct-v0.2-GGUF", filename="*Q4_K_M.gguf")
    third = Llama(model_path="models/tiny.gguf")
    return first, second, third


def pictures():
    """Draw."""
    pipe = DiffusionPipeline.from_pretrained("stabilityai/stable-diffusion-2-1", custom_pipeline="acme-ai/pipe")
    pipe.load_lora_weights("acme-ai/logo-lora")
    return pipe


def settings(path):
    """Read settings: no model, and no code."""
    with open(path) as file:
        return yaml.safe_load(file)


def cached(file):
    """Read what this process wrote itself."""
    return unpickle(file)

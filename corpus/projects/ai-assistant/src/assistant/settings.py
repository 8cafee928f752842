"""Settings, from the environment or by default."""

import os
from dataclasses import dataclass, field

from openai import OpenAI
from pydantic import Field
from pydantic_settings import BaseSettings
from transformers import AutoModelForCausalLM, AutoTokenizer


class Settings(BaseSettings):
    """What the service may be told; ``model_name`` was "facebook/opt-350m" in the demo."""

    model_name: str = "mistralai/Mistral-7B-Instruct-v0.3"
    revision: str = Field(default="e0bc86c23ce5aae1db576c8cca6f06f1f73af2db")
    region: str = "eu-west/primary"


@dataclass
class Draft:
    """The small model that drafts tokens."""

    name: str = "Qwen/Qwen2.5-0.5B"
    labels: list[str] = field(default_factory=lambda: ["yes/no"])

    def load(self):
        """Return the drafting model."""
        return AutoModelForCausalLM.from_pretrained(self.name)


settings = Settings()


def load_main():
    """Return model and tokenizer."""
    tokenizer = AutoTokenizer.from_pretrained(settings.model_name, revision=settings.revision)
    model = AutoModelForCausalLM.from_pretrained(
        settings.model_name,
        revision=settings.revision,
        trust_remote_code=False,
    )
    return model, tokenizer


def small_answer(text):
    """Ask the cheap model."""
    client = OpenAI(base_url=os.getenv("OPENAI_BASE_URL", "http://127.0.0.1:8000/v1"))
    model = os.environ.get("SMALL_MODEL", "gpt-4o-mini")
    return client.chat.completions.create(model=model, messages=[{"role": "user", "content": text}])

"""Hosted models, by vendor."""

import os

import anthropic
import litellm
from openai import AsyncOpenAI, AzureOpenAI
from openai import OpenAI as Client

from assistant import config
from assistant.config import CHAT_MODEL, GATEWAY

claude = anthropic.Anthropic()
gateway = Client(base_url=GATEWAY, api_key=os.environ["ANTHROPIC_API_KEY"])
azure = AzureOpenAI(
    azure_endpoint="https://acme-eu.azure.example",
    api_version="2024-06-01",
)


def ask_claude(question):
    """Ask through the vendor's own client."""
    return claude.messages.create(model=CHAT_MODEL, max_tokens=512, messages=[{"role": "user", "content": question}])


def ask_opus(question):
    """Ask the large one; ids of this generation are pinned without a date."""
    return claude.messages.create(
        model="claude-opus-4-7",
        max_tokens=512,
        messages=[{"role": "user", "content": question}],
    )


def judge(answer):
    """Judge an answer."""
    return gateway.chat.completions.create(
        model=config.JUDGE["name"], messages=[{"role": "user", "content": answer}]
    )


async def stream(question):
    """Stream an answer."""
    client = AsyncOpenAI()
    return await client.responses.create(model="gpt-4.1", input=question, stream=True)


def deployment(question):
    """Ask Azure: a deployment hides the model."""
    return azure.chat.completions.create(model="handbook-prod", messages=[{"role": "user", "content": question}])


def by_router(question, model="vertex_ai/gemini-1.5-pro-002"):
    """Ask whatever the router says."""
    return litellm.completion(model=model, messages=[{"role": "user", "content": question}])


def embed(texts):
    """Embed."""
    kwargs = {"model": "text-embedding-3-large", "input": texts}
    return Client().embeddings.create(**kwargs)


def old_style(question):
    """The API before 1.0."""
    import openai

    openai.api_base = "https://legacy-proxy.corp.example/v1"
    return openai.ChatCompletion.create(model="gpt-4-0613", messages=[{"role": "user", "content": question}])

"""Answers."""

import os

from anthropic import AsyncAnthropic, AnthropicBedrock
from langchain_community.chat_models import ChatOllama
from langchain_google_genai import ChatGoogleGenerativeAI
from langchain_huggingface import HuggingFaceEmbeddings
from langchain_mistralai import ChatMistralAI
from openai import OpenAI

from .constants import Defaults

MODEL = os.getenv("CHAT_MODEL") or "gpt-4.1-2025-04-14"
HOST = "relay.desk.example"
URL = f"https://{HOST}/v1"


class Chat:
    """Chats through a client it keeps."""

    def __init__(self, model: str = "gpt-4o-mini"):
        self.model = model
        self.client = OpenAI()

    def ask(self, text):
        """Ask."""
        return self.client.chat.completions.create(model=self.model, messages=[{"role": "user", "content": text}])

    def ask_default(self, text):
        """Ask the default."""
        return self.client.chat.completions.create(model=Defaults.chat, messages=[{"role": "user", "content": text}])

    def ask_env(self, text):
        """Ask what the environment says."""
        return self.client.responses.create(model=MODEL, input=text)


relayed = OpenAI(base_url=URL)
hidden = relayed.chat.completions.create(model="deepseek-chat", messages=[])


async def claude(text):
    """Ask with a stream."""
    client = AsyncAnthropic()
    async with client.messages.stream(model="claude-sonnet-4-6", max_tokens=9, messages=[{"role": "user", "content": text}]) as s:
        return await s.get_final_text()


def bedrock(text):
    """Ask through Bedrock's client."""
    return AnthropicBedrock().messages.create(
        model="anthropic.claude-3-5-sonnet-20241022-v2:0", max_tokens=9, messages=[{"role": "user", "content": text}]
    )


CHAINS = [
    ChatGoogleGenerativeAI(model="gemini-1.5-pro"),
    ChatMistralAI(model="codestral-latest"),
    ChatOllama(model="qwen2.5:7b", base_url="http://127.0.0.1:11434"),
]
embeddings = HuggingFaceEmbeddings(model_name="thenlper/gte-small")
note = dict(model="audi/a4", brand="gpt-4o is no car")

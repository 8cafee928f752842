"""Vendors that only one feature needs."""

import json

import boto3
import cohere
import google.generativeai as genai
import ollama
from google import genai as new_genai
from langchain.chat_models import init_chat_model
from langchain_anthropic import ChatAnthropic
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from llama_index.llms.openai import OpenAI as IndexOpenAI
from mistralai import Mistral

MODEL_ID = "anthropic.claude-3-haiku-20240307-v1:0"


def bedrock(body):
    """Ask Bedrock."""
    client = boto3.client("bedrock-runtime", region_name="eu-central-1")
    return client.invoke_model(modelId=MODEL_ID, body=json.dumps(body))


def gemini(text):
    """Old and new client of one vendor."""
    old = genai.GenerativeModel("gemini-1.5-flash")
    new = new_genai.Client().models.generate_content(model="gemini-2.0-flash-001", contents=text)
    return old.generate_content(text), new


def mistral(text):
    """Ask Mistral."""
    return Mistral().chat.complete(model="mistral-small-latest", messages=[{"role": "user", "content": text}])


def rerank(query, documents):
    """Order documents."""
    return cohere.ClientV2().rerank(model="rerank-v3.5", query=query, documents=documents)


def local(text):
    """Ask the model on the desk."""
    return ollama.chat(model="llama3.2:3b", messages=[{"role": "user", "content": text}])


def chains():
    """Return what the chains use."""
    first = ChatOpenAI(model="gpt-4o", base_url="https://relay.other.example/v1")
    second = ChatAnthropic(model_name="claude-3-opus-20240229")
    third = init_chat_model("openai:o3-mini")
    fourth = IndexOpenAI(model="gpt-4-turbo-2024-04-09")
    return first, second, third, fourth, OpenAIEmbeddings(model="text-embedding-ada-002")

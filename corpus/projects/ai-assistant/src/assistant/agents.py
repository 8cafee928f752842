"""Agents and their tools."""

import subprocess

import dspy
import instructor
import requests
from agents import Agent
from crewai import LLM as CrewLLM
from mcp import StdioServerParameters
from ragas.llms import llm_factory

judge = llm_factory("gpt-4o-mini-2024-07-18")
lm = dspy.LM("anthropic/claude-3-5-haiku-20241022", api_base="https://claude-relay.other.example")
extractor = instructor.from_provider("google/gemini-2.5-flash")
crew = CrewLLM(model="groq/llama-3.3-70b-versatile")
helper = Agent(name="helper", model="gpt-4.1-mini", instructions="Help with npx -y some-package when asked.")
files = StdioServerParameters(command="npx", args=["-y", "@modelcontextprotocol/server-filesystem@2025.8.21", "/srv/docs"])


def instructions():
    """Fetch the instructions of the day."""
    return requests.get("https://prompts.corp.example/today.md", timeout=5).text


def tool():
    """Run a tool of our own."""
    return subprocess.run(["python", "scripts/report.py", "--model", "none/at-all"], check=False)

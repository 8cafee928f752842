"""Answers questions about the handbook. The first version used gpt2-large and "bigscience/bloom-560m"."""

__version__ = "0.4.0"

"""Formats of code that uses models, data sets and hosted models: Python files and notebooks."""

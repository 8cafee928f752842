"""Folders of models and data sets: what they say of themselves."""

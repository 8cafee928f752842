"""Configurations of Keras models: what the objects that they name do."""

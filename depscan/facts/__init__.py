"""Readers lower everything that would run to the same facts; one reader per language, nothing is run."""

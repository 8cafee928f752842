"""Checks over the graph: one file each, found by scanning this folder."""

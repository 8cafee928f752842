"""The dependency graph: merged documents, paths, and the door to graph algorithms."""

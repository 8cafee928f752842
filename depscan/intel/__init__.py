"""Advisory data: OSV records to a local index, the index itself, and what holds for a version."""

"""The edges that pins do not state: whose metadata asks for whom, for a declared target."""

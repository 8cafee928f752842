"""Golden files: the reports byte for byte."""

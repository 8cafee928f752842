"""The Python reader: a small abstract interpreter over ``ast`` that lowers source to facts and runs nothing."""

from depscan.facts.python.package import read_entries, read_python
from depscan.facts.python.texts import read_python_text

__all__ = ["read_entries", "read_python", "read_python_text"]

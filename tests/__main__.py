"""The one entry for everything CI checks: ``python -m tests [STEP...]``.

Steps: format, lint, types, layers, docs, rules, corpus, tests, clusters. Without a step, all of them run and the first
failure ends it.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
STEPS = {
    "format": [PYTHON, "-m", "ruff", "format", "--check", "."],
    "lint": [PYTHON, "-m", "ruff", "check", "."],
    "types": [PYTHON, "-m", "mypy"],
    "layers": [PYTHON, "-c", "from importlinter.cli import lint_imports_command as run; run()"],
    "docs": [PYTHON, "docs/generate.py", "--check"],
    "rules": [PYTHON, "-m", "depscan", "rules", "lint"],
    "corpus": [PYTHON, "corpus/evaluate.py", "--check"],
    "tests": [PYTHON, "-m", "pytest", "-n", "2", "-m", "not cluster"],
    # By themselves: libraries of clusters leave threads behind, and change how the interpreter pickles.
    "clusters": [PYTHON, "-m", "pytest", "-p", "no:xdist", "-m", "cluster", "tests/e2e"],
}


def main(names: list[str]) -> int:
    """Run the named steps, or all; return the exit code of the first that fails."""
    for name in names or STEPS:
        print(f"== {name}", flush=True)  # noqa: T201 - this is a command
        code = subprocess.run(STEPS[name], cwd=ROOT, check=False).returncode
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

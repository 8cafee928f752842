"""Where the data that comes with depscan lies."""

import os


def rules_folder() -> str:
    """Return the folder of the rule files: package data, or the top-level folder of a checkout."""
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    packaged = os.path.join(here, "data", "rules")
    return packaged if os.path.isdir(packaged) else os.path.join(os.path.dirname(here), "rules")

"""Start of the process: make the import path safe, then hand over to the command line."""

import sys


def main() -> int:
    """Run depscan and return the exit code.

    The garbage collector is switched off: a scan makes many records and no cycles worth collecting,
    and the process ends right after it.
    """
    import gc

    gc.disable()
    from depscan.cli._main import main as run

    return run()


if __name__ == "__main__":
    # ``python -m`` puts the current directory first: a json.py beside a hostile lock would be imported.
    import os

    if sys.path and sys.path[0] in {"", os.getcwd()}:
        del sys.path[0]
    sys.exit(main())

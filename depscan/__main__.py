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


def console() -> None:
    """Run depscan and end the process at once: tearing a finished interpreter down costs more than a small scan."""
    import os

    code = main()
    for stream in filter(None, (sys.stdout, sys.stderr)):  # None where the parent closed it
        try:
            stream.flush()
        except (OSError, ValueError):  # a closed pipe: the reader has left, nothing is owed to it
            code = code or 1
    os._exit(code)


if __name__ == "__main__":
    # ``python -m`` puts the current directory first: a json.py beside a hostile lock would be imported.
    import os

    if sys.path and sys.path[0] in {"", os.getcwd()}:
        del sys.path[0]
    console()

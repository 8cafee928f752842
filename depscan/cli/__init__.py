"""The command line: one module per command, found by scanning this folder.

A command module has a docstring whose first line ``depscan --help`` shows, ``configure(parser)`` and
``run(args)``, which returns the exit code. Modules whose name starts with ``_`` are shared parts.
"""

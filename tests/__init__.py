"""depscan's tests; ``python -m tests`` runs everything that CI runs."""

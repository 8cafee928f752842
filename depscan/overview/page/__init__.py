"""The parts of the HTML page; ``depscan/overview/html.py`` puts them together."""

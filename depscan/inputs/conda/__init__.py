"""Input formats of the conda world."""

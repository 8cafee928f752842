"""Input formats of the python world."""

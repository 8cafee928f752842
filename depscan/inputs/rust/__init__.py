"""Input formats of the rust world."""

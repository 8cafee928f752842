"""Input formats of the agents world."""

"""Input formats of the javascript world."""

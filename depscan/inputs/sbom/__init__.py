"""Input formats of the sbom world."""

"""Was I hit: what an incident left in git histories, caches and installed environments, and what to do about it."""

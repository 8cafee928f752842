"""Hostile text: decoding with limits, structured loading, lines on demand, escaping on the way out."""

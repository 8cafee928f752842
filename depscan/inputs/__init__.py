"""Input formats: one module per format, found by scanning this folder. Bytes in, facts out, no I/O."""

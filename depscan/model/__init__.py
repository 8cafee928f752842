"""Plain immutable records shared by every stage: no I/O, no third-party import."""

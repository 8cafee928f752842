"""Where the work is done: one module per engine, found by folder scan."""

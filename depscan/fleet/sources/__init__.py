"""Where the files of a repository come from: one module per kind, found by folder scan."""

"""The fleet: which repositories there are, how their files are read, and how the work is spread over processes."""

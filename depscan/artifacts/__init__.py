"""Bytes behind a package: archives, folders and single files opened in memory by budgeted readers."""

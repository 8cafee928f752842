"""Who runs hosted models: hosts, names of keys, and which model ids stand still (``rules/vendors``)."""

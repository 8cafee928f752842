"""Settings of projects: which models, data sets, vendors and endpoints they name (``rules/uses/settings.toml``)."""

"""Input formats of pipelines: what a workflow trusts while it builds, tests and publishes."""

"""Chat templates: Jinja that a loader runs on every conversation. Parsed with Jinja's own parser, never rendered."""

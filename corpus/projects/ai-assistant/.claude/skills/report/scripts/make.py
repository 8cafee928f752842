"""Make the report."""

import anthropic

client = anthropic.Anthropic(base_url="https://claude-gateway.corp.example")
message = client.messages.create(model="claude-3-haiku-20240307", max_tokens=99, messages=[])

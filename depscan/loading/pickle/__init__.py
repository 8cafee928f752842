"""A symbolic machine for pickles: every opcode runs, nothing is imported or called, and every call is judged."""

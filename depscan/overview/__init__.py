"""What a person wants to know of a night: the answer, what is new, what to do, and why; as HTML, Markdown and JSON."""

"""Rules as data: loading and validating ``rules/**/*.toml``, and matching them with facts."""

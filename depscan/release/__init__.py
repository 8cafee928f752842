"""What a release runs, needs and weighs, and how it differs from another one: facts in, difference out."""

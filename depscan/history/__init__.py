"""The store of nights: what every repository said, which packages it reaches, what was found, and since when."""

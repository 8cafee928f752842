"""Input formats of containers: images, and what is installed into them."""

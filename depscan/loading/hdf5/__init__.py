"""Read what an HDF5 file holds besides numbers: attributes, links, and data that stands in other files."""

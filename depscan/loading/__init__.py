"""What loading a model file does: readers of formats, each of which lowers a file to steps. Nothing is loaded."""

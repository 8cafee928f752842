"""The built wheel as a process, attacked."""

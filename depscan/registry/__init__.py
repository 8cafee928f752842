"""The index that the user's installer would ask: configuration, pages, files by range, and a cache of what came."""

"""Material to learn from, made of a graph: files that need no server."""

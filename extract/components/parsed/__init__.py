"""Relations of other languages than English, read off a parse by the patterns of the language."""

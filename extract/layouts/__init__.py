"""Layouts of glossaries: how a page shows where an entry begins and what its headword is."""

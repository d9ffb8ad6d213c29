"""Readers of formats, each from bytes to a :class:`extract.model.Document`."""

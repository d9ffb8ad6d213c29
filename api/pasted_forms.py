"""What the server and its reading child both know of a pasted text, without loading spaCy."""

from __future__ import annotations

from collections.abc import Mapping

SUFFIXES: Mapping[str, str] = {"text": ".txt", "html": ".html", "markdown": ".md"}
"""The suffix that a form of text is read by."""
REFUSED = 3
"""Exit code of a child that could not read the text; the sentence is on standard output."""

"""What is done with spaCy: sentence starts, aliases, defining sentences, relations."""

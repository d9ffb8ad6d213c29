"""The concept graph: from extractions to a store that can be asked, drawn and exported."""

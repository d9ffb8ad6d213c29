"""From the bytes of a glossary to its entries, their relations and the evidence for both."""

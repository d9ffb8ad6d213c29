"""The vocabulary of the graph: classes, concept kinds, relation types, shapes."""

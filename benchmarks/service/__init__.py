"""The query service beside its peers: ``python -m benchmarks service``."""

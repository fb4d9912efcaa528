"""Measurements: `python -m bench` prints what docs/benchmarks.md says."""

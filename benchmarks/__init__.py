"""Measures the program beside something to compare with: ``python -m benchmarks [--json]``."""

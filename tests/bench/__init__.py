"""Benchmarks: `make bench` runs them all and writes RESULTS.md; `python -m tests.bench NAME…` runs some."""

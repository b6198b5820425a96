"""Measures what the issue set limits for: `make bench` prints the table and writes it to RESULTS.md.

Not tests: machines are noisy. Every figure stands beside its limit, times as percentiles of many requests.
"""

"""Tests of what happens to a file, from its first byte to its text."""

"""Tests of what every domain stands on. Rules alone, no pages: those are in `tests/web`."""

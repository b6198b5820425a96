"""Tests of `portal.core`."""

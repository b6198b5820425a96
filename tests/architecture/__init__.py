"""What no single test of behaviour shows: where things may stand, and that documents say what is."""

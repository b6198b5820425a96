"""Tests mirror the tree of the project; what several of them share stands beside this file."""

"""The command line `sala`: one module for each group of commands, put together in `main.py`.

Commands read the settings, call what the packages below offer and say what happened; rules are not made here.
Whatever several commands need stands in `installation.py`.
"""

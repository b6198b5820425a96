"""Readers: from the bytes of a file to numbered pages of text and what the file says about itself.

One module a family of formats; `registry.py` says which reader reads which kind, and is where to
start. A new format is one function here and one line there.

Readers are written for hostile input, but not trusted: they run only inside `uploads.sandbox`.
Nothing here cleans, judges or stores text; nothing here fetches what a file refers to.
"""

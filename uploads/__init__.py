"""What happens to a file from its first byte on: kept, named, recognised, read and pictured.

A library of its own: it knows nothing of the portal, its database or its people, and says what is
wrong with a file in codes, not sentences.

Start with `storage.py` (bytes by their SHA-256), `kinds.py` (what a file is, and whether its name
says so) and `sandbox.py` (`read_file`: text, page by page, in a process of its own).
To read another kind of file, see `extraction/registry.py`.
"""

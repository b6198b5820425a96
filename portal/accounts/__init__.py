"""People, organisations, memberships and portal roles; who is asking (`Viewer`).

Not for: what a person may do with a resource; each domain's `policy.py` says that. Start at `viewer.py`.
"""

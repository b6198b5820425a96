"""People, organisations, memberships and portal roles; who is asking (`Viewer`).

Not for: what a person may do with a resource; each domain's `policy.py` says that. Start at `viewer.py`.
Changes are in `actions.py` (accounts), `session_actions.py`, `membership_actions.py` and
`organisation_actions.py`; reads in `queries.py`, `group_queries.py` and, for whole pages, `page_queries.py`.
What strangers may do only so often is counted in `throttle.py`.
"""

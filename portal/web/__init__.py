"""Pages: read input, call one query or action, choose what to show. No SQL and no rules in here.

Start at `screen.py` (how a page is shown), `forms.py` (how input is read), then any router.
"""

"""Resources that organisations share: records, versions, files, who may see them.

Not for: what happens inside a file (`uploads`) or how text is found (`search`). Start at `models.py`,
then `policy.py` (the whole policy on one screen) and `actions.py` (everything that can happen).
"""

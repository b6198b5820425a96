"""Who does what, where, when, for whom and with whose money.

A project carries partners, links, budgets and results; its activity lines are the rows of a 3W, and everything
that is counted, mapped or compared is counted from them. Not here: spreadsheets and exchange formats
(`portal/exchange`). Start reading at `rows.py`, the plain values that the pure rules take, then `snapshot.py`.
"""

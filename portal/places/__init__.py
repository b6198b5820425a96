"""The gazetteer: countries, provinces and districts, under every spelling and code people use for them.

Not for addresses or villages, and not for who may see what happens in a place. Start reading at
`models.py` for what is kept, at `matching.py` for how a spelling is recognised, and at `queries.py`
for what other packages ask.
"""

"""Finding: documents in, hits out, in seven languages, by either of two engines.

A document is one page of a file, or the own fields of a resource; all documents of one
group are one hit. Nothing here knows the portal: texts, titles and the last word on access
stay in its database, and engines answer with ids only.

Start at `engine` (the promise and `open_engine`) and `documents` (what goes in and comes
out). `words` says how text becomes tokens; `outbox` and `indexer` keep an engine up to date.
"""

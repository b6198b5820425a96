"""From the bytes of a spreadsheet to rows of typed cells, in the same sandbox as every other file.

Text extraction (`uploads.extraction`) wants words to be searched; here a cell keeps its sheet, row, column and
type, because somebody is going to be told which cell is wrong. Start with `sandboxed.py` (`read_table`); a further
format is one reader and one line in `readers.py`. Nothing here knows what the columns mean.
"""

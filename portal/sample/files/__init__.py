"""Writers that turn pages of text into real files, so that the sample library has something to read and to search.

Every writer is a pure function from a `Document` to bytes: the same text gives the same bytes on every machine.
They write just enough of each format for Word, LibreOffice and a browser to open it; they are no general office
library. Start at `writing.py`, which chooses the writer by the ending of a file's name.
"""

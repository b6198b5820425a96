"""Our rows in other people's formats: workbooks, HXL, tables; imports with a preview before anything is written.

The modules of a format are pure: bytes in, rows out, or rows in, bytes out. Start reading at `columns.py`.
"""

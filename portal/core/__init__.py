"""What every domain stands on: settings, database, errors, queue, mail, audit.

Knows nothing of resources, people or places. Start reading at `database.py`.
"""

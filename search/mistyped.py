"""Words that somebody may have meant: near in spelling to what was typed."""

import sqlite3

from rapidfuzz import process
from rapidfuzz.distance import OSA

from search.words import edits_forgiven

MOST_ALTERNATIVES = 8


def alternatives(connection: sqlite3.Connection, word: str) -> list[str]:
    """Known words within the forgiven number of edits, nearest and most used first.

    Only words with the first or second letter of the typed one are looked at: first letters
    are rarely wrong, and this keeps the look-up to a few thousand words.
    """
    edits = edits_forgiven(word)
    known: dict[str, int] = {}
    for letter in sorted({word[0], word[1]}):
        known.update(
            connection.execute(
                "select word, documents from word where word >= ? and word < ? and length(word) between ? and ?",
                (letter, chr(ord(letter) + 1), len(word) - edits, len(word) + edits),
            ).fetchall()
        )
    found = process.extract(word, list(known), scorer=OSA.distance, score_cutoff=edits, limit=None)
    nearest = sorted(found, key=lambda entry: (entry[1], -known[entry[0]], entry[0]))
    return [candidate for candidate, _, _ in nearest if candidate != word][:MOST_ALTERNATIVES]

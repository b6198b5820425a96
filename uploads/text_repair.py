"""Repairs text as files hand it over, so that what is shown and searched is what a person would type."""

from __future__ import annotations

import re
import unicodedata

# Signs that stand above, below or after a letter in Thai, Lao, Burmese and Khmer.
_MARKS = (
    "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u102b-\u103e\u17b6-\u17d3\u17dd"
    "\u0e30\u0e32\u0e33\u0eb0\u0eb2\u0eb3"
)
_LETTERS = "\u0e00-\u0e7f\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff"
_BEFORE_ITS_LETTER = "\u0e40-\u0e44\u0ec0-\u0ec4\u17d2\u1039"

_CONTROLS = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200c-\u200f\u202a-\u202e\u2060\u2066-\u2069"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
_LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_SPACE_BEFORE_MARK = re.compile(rf"(?<=[{_LETTERS}])[ \t\xa0\n]+(?=[{_MARKS}])")
_SPACE_INSIDE_SYLLABLE = re.compile(rf"(?<=[{_BEFORE_ITS_LETTER}])[ \t\xa0\n]+(?=[{_LETTERS}])")
_THAI_AM_IN_PARTS = re.compile("\u0e4d([\u0e48-\u0e4b]?)\u0e32")
_LAO_AM_IN_PARTS = re.compile("\u0ecd([\u0ec8-\u0ecb]?)\u0eb2")
_THAI_TONE_BEFORE_VOWEL = re.compile("([\u0e48-\u0e4b])([\u0e31\u0e34-\u0e39\u0e47\u0e4d])")
_LAO_TONE_BEFORE_VOWEL = re.compile("([\u0ec8-\u0ecb])([\u0eb1\u0eb4-\u0ebc\u0ecd])")

# Unicode sorts the marks of one letter in time that grows with the square of their number, so that a few
# thousand of them stop a process for seconds; no script has as many as these.
_MOST_MARKS = 20
_COMBINING = "\u0f73\u0f75\u0f81\uff9e\uff9f" + "".join(
    chr(code) for code in range(0x300, 0x1EA00) if unicodedata.combining(chr(code))
)
_PILE = re.compile(f"([{_COMBINING}]{{{_MOST_MARKS}}})[{_COMBINING}]+")


def repair(text: str) -> str:
    """The text in NFC without control characters, stray spaces before marks, and doubled spellings.

    Removes only what the scripts forbid. A zero-width space stays: Khmer and Burmese writers set
    it between words.
    """
    repaired = composed(_CONTROLS.sub("", _LINE_ENDS.sub("\n", text)))
    if repaired.isascii():
        return repaired
    repaired = _SPACE_BEFORE_MARK.sub("", repaired)
    repaired = _SPACE_INSIDE_SYLLABLE.sub("", repaired)
    repaired = _THAI_AM_IN_PARTS.sub("\\1\u0e33", repaired)
    repaired = _LAO_AM_IN_PARTS.sub("\\1\u0eb3", repaired)
    repaired = _THAI_TONE_BEFORE_VOWEL.sub(r"\2\1", repaired)
    return _LAO_TONE_BEFORE_VOWEL.sub(r"\2\1", repaired)


def composed(text: str) -> str:
    """The text in NFC, in time that grows with its length alone: of a pile of marks the first twenty stay."""
    return unicodedata.normalize("NFC", _PILE.sub(r"\1", text))

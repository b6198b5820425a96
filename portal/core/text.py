"""Text as people type it: cleaned for storing, folded for comparing."""

import re
import unicodedata
from typing import Literal

_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)
_SPACE = re.compile(r"\s+")
# Lao, Thai, Khmer and Burmese digits, for `str.translate`.
NATIVE_DIGITS = {ord(zero) + n: ord("0") + n for zero in "໐๐០၀" for n in range(10)}
# Longer than any field may be, so that a field still says what is too long.
LONGEST_TYPED = 100_000
# Unicode sorts the marks of one letter in time that grows with the square of their number, so that a few
# thousand of them stop a process for seconds; no script has as many as these.
_MOST_MARKS = 20
_MARKS = "\u0f73\u0f75\u0f81\uff9e\uff9f" + "".join(
    chr(code) for code in range(0x300, 0x1EA00) if unicodedata.combining(chr(code))
)
_PILE = re.compile(f"([{_MARKS}]{{{_MOST_MARKS}}})[{_MARKS}]+")


def clean_line(value: str) -> str:
    """One line in NFC: no control or direction characters, spaces collapsed."""
    return _SPACE.sub(" ", _CONTROL.sub("", _normalised("NFC", value))).strip()


def clean_text(value: str) -> str:
    """Several lines in NFC: no control or direction characters, line ends as \\n, at most one empty line."""
    unified = _CONTROL.sub("", _normalised("NFC", value.replace("\r\n", "\n").replace("\r", "\n")))
    lines = [line.rstrip() for line in unified.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def fold(value: str) -> str:
    """A key under which different spellings of one name meet.

    Lower case, no Latin accents, no punctuation; Lao as in `search.md` 9: ຫນ ຫມ ຫລ meet ໜ ໝ ຫຼ, and
    a nikhahit with a sara aa meets sara am. Lao vowels and tones are kept: they tell words apart.
    """
    text = _normalised("NFKC", value).casefold()
    text = re.sub("\u0ecd([\u0ec8-\u0ecb]?)\u0eb2", "\\1\u0eb3", text)
    text = text.replace("ຫນ", "ໜ").replace("ຫມ", "ໝ").replace("ຫລ", "ຫຼ")
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d"))
    text = unicodedata.normalize("NFC", re.sub("[\u0300-\u036f]", "", decomposed))
    # In Lao and its neighbours vowel and tone signs are marks, which \w leaves out: they are let through.
    letters = "".join(
        c if c.isalnum() or c.isspace() or unicodedata.category(c) in ("Mn", "Mc") else " " for c in text
    )
    return _SPACE.sub(" ", letters).strip()


def shorten(value: str, length: int) -> str:
    """At most `length` characters, cut at a space where one is near, with an ellipsis."""
    if len(value) <= length:
        return value
    cut = value[: length - 1]
    space = cut.rfind(" ")
    return (cut[:space] if space > length * 0.6 else cut).rstrip() + "…"


def _normalised(form: Literal["NFC", "NFKC"], value: str) -> str:
    """In time that grows with the length alone, whatever was typed; what no field holds is left out."""
    if value.isascii():
        return value[:LONGEST_TYPED]
    return unicodedata.normalize(form, _PILE.sub(r"\1", value[:LONGEST_TYPED]))

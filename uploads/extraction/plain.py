"""Reads plain text and tables as text (CSV), in whatever encoding they were written."""

from __future__ import annotations

import re
from typing import BinaryIO

from uploads.extraction.cutting import marked_or_even, numbered
from uploads.kinds import utf_16_without_mark
from uploads.problems import Problem, Unreadable
from uploads.reading import OpenedDocument, TextLimits

_MAX_BYTES = 80 * 1024 * 1024
_GUESS_BYTES = 128 * 1024
_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))

_THAI_LETTERS = re.compile("[\u0e01-\u0e5b]")
_THAI_VOWELS_AND_TONES = re.compile("[\u0e30-\u0e3a\u0e40-\u0e4e]")
_THAI_SIGN_WITHOUT_LETTER = re.compile(
    "(?<![\u0e01-\u0e2e\u0e31\u0e34-\u0e3a\u0e47-\u0e4e])[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]"
)
# The letters and signs of English, French, German and Spanish typewriting; Vietnamese needs others.
_WESTERN = re.compile("[‘’“”–—…•€™©®°«»§¿¡ªº·½¼¾²³ßàâäáãåæçèéêëîïíñôöóœùûüúÿÀÂÄÁÃÅÆÇÈÉÊËÎÏÍÑÔÖÓŒÙÛÜÚŸ\xa0]")


def read_text(stream: BinaryIO, limits: TextLimits) -> OpenedDocument:
    """Pages at form feeds, otherwise sections."""
    unit, texts = marked_or_even(decode(all_of(stream)))
    return OpenedDocument(unit, numbered(texts, limits), page_count=len(texts))


def decode(content: bytes) -> str:
    """Bytes as text: by their mark, as UTF-8 if they are valid, else by the likeliest old encoding."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, "replace")
    sample = content[:_GUESS_BYTES]
    # Zero bytes are valid UTF-8, but nobody writes them; in UTF-16 every space has one.
    wide = utf_16_without_mark(sample) if b"\x00" in sample else None
    if wide is not None:
        return content.decode(wide, "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode(_guess_encoding(sample), "replace")


def _guess_encoding(sample: bytes) -> str:
    if _is_thai(sample):
        return "cp874"
    if _is_western(sample):
        return "cp1252"
    # Loaded only for old encodings: it takes longer than reading most files.
    from charset_normalizer import from_bytes

    best = from_bytes(sample).best()
    return best.encoding if best is not None else "cp1252"


def _is_western(sample: bytes) -> bool:
    beyond_ascii = [letter for letter in sample.decode("cp1252", "replace") if not letter.isascii()]
    # A text of many such letters is in another script, whose bytes only look like these.
    return len(beyond_ascii) < 0.25 * len(sample) and all(_WESTERN.match(letter) for letter in beyond_ascii)


def _is_thai(sample: bytes) -> bool:
    """Whether the bytes make sense as Thai: its letters, its many vowels, and no sign without a letter.

    Measured on pieces of 30 characters and more; Chinese (GB 18030) uses the same bytes, with fewer
    of the vowels and with signs after anything.
    """
    text = sample.decode("cp874", "replace")
    beyond_ascii = sum(not letter.isascii() for letter in text)
    thai = len(_THAI_LETTERS.findall(text))
    vowels = len(_THAI_VOWELS_AND_TONES.findall(text))
    strays = len(_THAI_SIGN_WITHOUT_LETTER.findall(text))
    if thai < 0.95 * beyond_ascii or vowels < 0.25 * thai or strays > 0.015 * thai:
        return False
    return (vowels >= 0.36 * thai and strays == 0) or not _is_valid(sample, "gb18030")


def _is_valid(sample: bytes, encoding: str) -> bool:
    try:
        # The sample may end within a letter.
        sample[: max(1, len(sample) - len(sample) // _GUESS_BYTES * 4)].decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def all_of(stream: BinaryIO) -> bytes:
    """The whole stream. Raises Unreadable if it is more text than anybody writes."""
    content = stream.read(_MAX_BYTES + 1)
    if len(content) > _MAX_BYTES:
        raise Unreadable(Problem.TOO_LARGE, "too much text")
    return content

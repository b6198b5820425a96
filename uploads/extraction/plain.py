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
_THAI_AFTER_ANYTHING_ELSE = re.compile("(?<![\u0e01-\u0e5b])[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]")


def read_text(stream: BinaryIO, limits: TextLimits) -> OpenedDocument:
    """Pages at form feeds, otherwise sections."""
    unit, texts = marked_or_even(decode(all_of(stream)))
    return OpenedDocument(unit, numbered(texts, limits), page_count=len(texts))


def decode(content: bytes) -> str:
    """Bytes as text: by their mark, as UTF-8 if they are valid, else by the likeliest old encoding."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode(_guess_encoding(content[:_GUESS_BYTES]), "replace")


def _guess_encoding(sample: bytes) -> str:
    wide = utf_16_without_mark(sample) if b"\x00" in sample else None
    if wide is not None:
        return wide
    if _is_thai(sample):
        return "cp874"
    # Loaded only for old encodings: it takes longer than reading most files.
    from charset_normalizer import from_bytes

    best = from_bytes(sample).best()
    return best.encoding if best is not None else "cp1252"


def _is_thai(sample: bytes) -> bool:
    """Whether the bytes make sense as Thai: nearly all letters, and hardly a sign without a letter under it."""
    text = sample.decode("cp874", "replace")
    beyond_ascii = sum(not character.isascii() for character in text)
    thai = len(_THAI_LETTERS.findall(text))
    return thai >= 0.95 * beyond_ascii and len(_THAI_AFTER_ANYTHING_ELSE.findall(text)) <= 0.01 * thai


def all_of(stream: BinaryIO) -> bytes:
    """The whole stream. Raises Unreadable if it is more text than anybody writes."""
    content = stream.read(_MAX_BYTES + 1)
    if len(content) > _MAX_BYTES:
        raise Unreadable(Problem.TOO_LARGE, "too much text")
    return content

"""Reads plain text, tables as text (CSV) and RTF, in whatever encoding they were written."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import BinaryIO

from charset_normalizer import from_bytes
from striprtf.striprtf import rtf_to_text

from uploads.extraction.cutting import marked_or_even, numbered
from uploads.kinds import utf_16_without_mark
from uploads.problems import Problem, Unreadable
from uploads.reading import OpenedDocument, Properties, TextLimits

_MAX_BYTES = 80 * 1024 * 1024
_GUESS_BYTES = 128 * 1024
_BYTE_ORDER_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))

_THAI_LETTERS = re.compile("[\u0e01-\u0e5b]")
_THAI_AFTER_ANYTHING_ELSE = re.compile("(?<![\u0e01-\u0e5b])[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]")

# Pictures stand in RTF as endless hexadecimal digits; no text looks like that.
_PICTURE_DIGITS = re.compile(rb"[0-9a-fA-F\s]{1000,}")
_RTF_PAGE = re.compile(rb"\\page(?![a-zA-Z])\s?")
_RTF_INFO = re.compile(rb"\{\\(title|author)\s((?:[^{}\\]|\\[^{}]|\\'..|\{\\[^{}]*\})*)\}", re.DOTALL)
_RTF_DATE = re.compile(rb"\{\\(?:revtim|creatim)\\yr(\d{4})\\mo(\d{1,2})\\dy(\d{1,2})")
_RTF_CODE_PAGE = re.compile(rb"\\ansicpg(\d{3,5})")


def read_text(stream: BinaryIO, limits: TextLimits) -> OpenedDocument:
    """Pages at form feeds, otherwise sections."""
    unit, texts = marked_or_even(decode(_all_of(stream)))
    return OpenedDocument(unit, numbered(texts, limits), page_count=len(texts))


def read_rtf(stream: BinaryIO, limits: TextLimits) -> OpenedDocument:
    """Pages at explicit page breaks, otherwise sections."""
    content = _PICTURE_DIGITS.sub(b" ", _all_of(stream))
    code_page = _RTF_CODE_PAGE.search(content[:4096])
    encoding = f"cp{code_page.group(1).decode()}" if code_page else "cp1252"
    text = _rtf_text(_RTF_PAGE.sub(rb"\\'0c ", content), encoding)
    unit, texts = marked_or_even(text)
    return OpenedDocument(unit, numbered(texts, limits), _rtf_properties(content, encoding), len(texts))


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
    best = from_bytes(sample).best()
    return best.encoding if best is not None else "cp1252"


def _is_thai(sample: bytes) -> bool:
    """Whether the bytes make sense as Thai: nearly all letters, and hardly a sign without a letter under it."""
    text = sample.decode("cp874", "replace")
    beyond_ascii = sum(not character.isascii() for character in text)
    thai = len(_THAI_LETTERS.findall(text))
    return thai >= 0.95 * beyond_ascii and len(_THAI_AFTER_ANYTHING_ELSE.findall(text)) <= 0.01 * thai


def _all_of(stream: BinaryIO) -> bytes:
    content = stream.read(_MAX_BYTES + 1)
    if len(content) > _MAX_BYTES:
        raise Unreadable(Problem.TOO_LARGE, "too much text")
    return content


def _rtf_text(content: bytes, encoding: str) -> str:
    try:
        convert: Callable[..., str] = rtf_to_text
        return convert(content.decode("latin-1"), encoding=encoding, errors="replace")
    except (ValueError, LookupError, IndexError, TypeError) as error:
        raise Unreadable(Problem.BROKEN, "the RTF cannot be followed") from error


def _rtf_properties(content: bytes, encoding: str) -> Properties:
    said = {
        name.decode(): _rtf_text(b"{\\rtf1\\ansi " + value + b"}", encoding).strip()
        for name, value in _RTF_INFO.findall(content[:65536])
    }
    date = _RTF_DATE.search(content[:65536])
    return Properties(
        title=said.get("title") or None,
        author=said.get("author") or None,
        date="{}-{:0>2}-{:0>2}".format(*(part.decode() for part in date.groups())) if date else None,
    )

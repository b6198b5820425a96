"""Reads RTF."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from typing import BinaryIO

from striprtf.striprtf import rtf_to_text

from uploads.extraction.cutting import marked_or_even, numbered
from uploads.extraction.plain import all_of
from uploads.problems import Problem, Unreadable
from uploads.reading import OpenedDocument, Properties, TextLimits

# Pictures stand in RTF as endless hexadecimal digits; no text looks like that.
_PICTURE_DIGITS = re.compile(rb"[0-9a-fA-F\s]{1000,}")
_RTF_PAGE = re.compile(rb"\\page(?![a-zA-Z])\s?")
_RTF_INFO = re.compile(rb"\{\\(title|author)\s((?:[^{}\\]|\\[^{}]|\{\\[^{}]*\})*+)\}", re.DOTALL)
_RTF_DATE = re.compile(rb"\{\\(?:revtim|creatim)\\yr(\d{4})\\mo(\d{1,2})\\dy(\d{1,2})")
_RTF_CODE_PAGE = re.compile(rb"\\ansicpg(\d{3,5})")


def read_rtf(stream: BinaryIO, limits: TextLimits) -> OpenedDocument:
    """Pages at explicit page breaks, otherwise sections."""
    content = _PICTURE_DIGITS.sub(b" ", all_of(stream))
    encoding = _encoding(content)
    text = _rtf_text(_RTF_PAGE.sub(rb"\\'0c ", content), encoding)
    unit, texts = marked_or_even(text)
    return OpenedDocument(unit, numbered(texts, limits), _rtf_properties(content, encoding), len(texts))


def _encoding(content: bytes) -> str:
    said = _RTF_CODE_PAGE.search(content[:4096])
    if said is None:
        return "cp1252"
    name = f"cp{said.group(1).decode()}"
    try:
        return codecs.lookup(name).name
    except LookupError:
        # Files name code pages that no program ever had; their plain letters are still readable.
        return "cp1252"


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

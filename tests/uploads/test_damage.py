"""Thousands of files damaged at random, always the same thousands: the only answer is a refusal."""

from __future__ import annotations

import io
import random
from contextlib import suppress

import pytest

from tests.uploads import made_files
from uploads.extraction.registry import find_reader
from uploads.kinds import has_macros, sniff
from uploads.problems import Unreadable
from uploads.reading import TextLimits

ORIGINALS = {
    "docx": made_files.docx(made_files.paragraph("the safe ground")),
    "pptx": made_files.pptx(["one", "two"]),
    "xlsx": made_files.xlsx({"a": '<row><c t="s"><v>0</v></c></row>'}, shared=["one"]),
    "odt": made_files.opendocument("text", "<text:p>one<text:s/></text:p>"),
    "ods": made_files.opendocument("spreadsheet", '<table:table table:name="a"/>'),
    "epub": made_files.epub(["one", "two"]),
    "html": b"<html lang='lo'><head><title>x</title></head><body><p>one<br>two</p></body></html>",
    "rtf": rb"{\rtf1\ansi\ansicpg874{\info{\title a}}\pard one \'bb\'c5 \u3749? {\b bold}\par}",
    "thai": "พื้นที่ปลอดภัย".encode("cp874"),
    "pdf": made_files.pdf(["one", "two"]),
}


def damaged(original: bytes, chance: random.Random) -> bytes:
    content = bytearray(original)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(content))
        content[at : at + chance.randint(0, 4)] = chance.randbytes(chance.randint(0, 4))
    return bytes(content)


@pytest.mark.parametrize("name", list(ORIGINALS))
def test_a_damaged_file_is_read_or_refused(name: str) -> None:
    chance = random.Random(name)
    for _ in range(200):
        stream = io.BytesIO(damaged(ORIGINALS[name], chance))
        reader = find_reader(sniff(stream))
        has_macros(stream, sniff(stream))
        stream.seek(0)
        if reader is not None:
            with suppress(Unreadable):
                list(reader(stream, TextLimits()).pages)

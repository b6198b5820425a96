"""Proposes a title for a document from what it says about itself, its first page, or its name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from uploads.names import safe_name, split_extension
from uploads.reading import PageText, Properties

_MAX_CHARACTERS = 200
_PROGRAM_PREFIX = re.compile(r"(?i)^microsoft (word|powerpoint|excel) - ")
_NO_TITLE = re.compile(
    r"(?i)(untitled.*|\(anonymous\)|no title|title|document\d*|presentation\d*|powerpoint presentation|slide ?\d+"
    r"|book\d*|sheet\d*|workbook\d*|scan.{0,12}|img.?\d*|index|home|new document.*|default|none|null|template)"
)
# Words joined by underscores are a file's name, not a title.
_FILE_NAME = re.compile(
    r"(?i)[^\s_]+_\S*|.*\.(docx?|pptx?|xlsx?|pdf|odt|odp|ods|indd|rtf|txt|html?|qxd|pub|dotx?|cdr|ai|wpd)"
)


def propose_title(pages: Sequence[PageText], properties: Properties, name: str) -> str:
    """The property if it is a title at all, else the first line that says something, else the file's name."""
    return _sensible(properties.title or "") or _first_line(pages) or _from_name(name)


def _sensible(title: str) -> str | None:
    cleaned = " ".join(_PROGRAM_PREFIX.sub("", title).split())
    if _NO_TITLE.fullmatch(cleaned) or _FILE_NAME.fullmatch(cleaned) or not _says_something(cleaned):
        return None
    return _shortened(cleaned)


def _first_line(pages: Sequence[PageText]) -> str | None:
    for page in pages[:3]:
        for line in page.text.splitlines():
            cleaned = " ".join(line.split())
            if _says_something(cleaned):
                return _shortened(cleaned)
    return None


def _from_name(name: str) -> str:
    stem = split_extension(safe_name(name))[0]
    return _shortened(" ".join(re.sub(r"[_+]|%20", " ", stem).split())) or stem


def _says_something(line: str) -> bool:
    # Garbage from fonts without a character table shows as private or replacement characters.
    letters = sum(unicodedata.category(character)[0] in "LM" for character in line)
    strange = sum(
        unicodedata.category(character) in ("Co", "Cn", "Cs") or character == "\ufffd" for character in line
    )
    wide = any("\u2e80" <= character <= "\u9fff" for character in line)
    return letters >= (2 if wide else 4) and letters >= 0.4 * len(line.replace(" ", "")) and not strange


def _shortened(line: str) -> str:
    if len(line) <= _MAX_CHARACTERS:
        return line
    cut = line[: _MAX_CHARACTERS - 1]
    return f"{cut[: cut.rfind(' ')] if ' ' in cut[_MAX_CHARACTERS // 2 :] else cut}…"

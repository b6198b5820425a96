"""File names as people send them, made safe to store in a table, show on a page and save on any disk."""

from __future__ import annotations

import re
import unicodedata

from uploads.text_repair import composed

MAX_CHARACTERS = 150
MAX_BYTES = 240

# Windows opens a device instead of a file under these names, whatever the extension.
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])")
_EXTENSION = re.compile(r"\.[0-9A-Za-z]{1,10}")
# Windows allows none of these in a name; a shell or a header gives some of them a meaning.
_TROUBLEMAKERS = re.compile(r'[<>:"|?*;&`$\\/]')
_SPACES = re.compile(r"\s+")
# Joiners shape letters in some scripts, but in a file name they only hide differences.
_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0]")
_COENG_AND_VIRAMAS = "\u17d2\u1039"


def safe_name(raw: str) -> str:
    """A name that says what the sender's name said, without what could do harm; never empty.

    Letters of every script stay. At most 150 characters and 240 bytes of UTF-8, the extension kept.
    """
    last_part = _visible(raw).replace("\\", "/").rstrip("/ .").rsplit("/", 1)[-1]
    cleaned = _SPACES.sub(" ", _TROUBLEMAKERS.sub("_", last_part))
    stem, extension = split_extension(cleaned)
    stem = stem.strip(" .")
    if not stem or _DEVICES.fullmatch(stem.split(".", 1)[0].strip()):
        stem = f"file {stem}".strip()
    return _shortened(stem, MAX_CHARACTERS - len(extension), MAX_BYTES - len(extension)) + extension


def split_extension(name: str) -> tuple[str, str]:
    """A name's stem and its extension with the dot, or the whole name and an empty extension.

    A name that is nothing but an extension has no stem: the pdf of ".pdf" stays known.
    """
    dot = name.rfind(".")
    if dot >= 0 and _EXTENSION.fullmatch(name[dot:]):
        return name[:dot].rstrip(" ."), name[dot:]
    return name, ""


def _visible(raw: str) -> str:
    # Category C holds control, bidirectional, zero-width and private characters; a separator
    # of lines would break a header, so it becomes a space.
    without_marks = _INVISIBLE.sub("", composed(raw))
    return "".join(
        " " if unicodedata.category(character) in ("Zl", "Zp", "Zs") else character
        for character in without_marks
        if unicodedata.category(character)[0] != "C"
    )


def _shortened(stem: str, max_characters: int, max_bytes: int) -> str:
    end = min(len(stem), max_characters)
    while len(stem[:end].encode()) > max_bytes:
        end -= 1
    while 0 < end < len(stem) and _splits_a_cluster(stem, end):
        end -= 1
    return stem[:end].rstrip(" .") or "file"


def _splits_a_cluster(text: str, at: int) -> bool:
    # A mark belongs to the letter before it, and a letter after a coeng or virama is written below it.
    return unicodedata.category(text[at])[0] == "M" or text[at - 1] in _COENG_AND_VIRAMAS

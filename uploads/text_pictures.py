"""Sets the first lines of a text on a small white page, in the letters of seven languages."""

from __future__ import annotations

import importlib.util
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, features

from uploads.kind_table import FileKind

_PORTRAIT, _LANDSCAPE = (320, 450), (320, 180)
_MARGIN = 24
_SIZE, _HEADING_SIZE = 12, 16
_TRIAL_SIZE = 6
_INK, _HEADING_INK = "#3d444d", "#1b1f24"
_SLIDES = frozenset({FileKind.PPTX, FileKind.PPTM, FileKind.ODP})
_LONGEST_TEXT = 4_000

_SCRIPT_FONTS = (
    (range(0x0E80, 0x0F00), "NotoSansLao[wght].ttf"),
    (range(0x0E00, 0x0E80), "NotoSansThai[wght].ttf"),
    (range(0x1780, 0x1800), "NotoSansKhmer[wght].ttf"),
    (range(0x1000, 0x10A0), "NotoSansMyanmar[wght].ttf"),
)
_LATIN_FONT = "NotoSans[wght].ttf"
_CHINESE_FONT_NAMES = ("NotoSansCJK-Regular.ttc", "NotoSansSC-Regular.otf", "NotoSansCJKsc-Regular.otf")
_SYSTEM_FONTS = Path("/usr/share/fonts")
_NEVER_A_CHARACTER = "\U0010ffff"
# In these scripts a line may end after every letter with its signs, not only at spaces.
_JOINING_SIGNS = "\u17d2\u1039"


@dataclass(frozen=True)
class _Run:
    """Letters that are set in one font, and how wide they come out."""

    text: str
    font: ImageFont.FreeTypeFont
    width: float


def text_picture(text: str, kind: FileKind) -> Image.Image:
    """A page, or a slide lying on its side; what no font covers is left out rather than boxed."""
    size = _LANDSCAPE if kind in _SLIDES else _PORTRAIT
    page = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(page)
    top = float(_MARGIN)
    heading = True
    for paragraph in text[:_LONGEST_TEXT].splitlines():
        font_size = _HEADING_SIZE if heading else _SIZE
        for line in _lines(" ".join(paragraph.split()), font_size, size[0] - 2 * _MARGIN):
            if top + font_size * 1.5 > size[1] - _MARGIN:
                return page
            _set_line(draw, line, top, _HEADING_INK if heading else _INK)
            top += font_size * 1.5
        if paragraph.strip():
            heading = False
            top += font_size * 0.35
    return page


def _set_line(draw: ImageDraw.ImageDraw, line: list[_Run], top: float, ink: str) -> None:
    left = float(_MARGIN)
    size = max((run.font.size for run in line), default=0.0)
    for font, runs in groupby(line, key=lambda run: run.font):
        text = "".join(run.text for run in runs)
        # All scripts stand on one baseline, whatever room their fonts ask for above it.
        draw.text((left, top + size * 1.1), text, fill=ink, font=font, anchor="ls")
        left += font.getlength(text)


def _lines(paragraph: str, size: int, room: int) -> Iterator[list[_Run]]:
    line: list[_Run] = []
    used = 0.0
    for run in _runs(paragraph, size):
        if line and used + run.width > room and run.text != " ":
            yield line
            line, used = [], 0.0
        if line or run.text != " ":
            line.append(run)
            used += run.width
    if line:
        yield line


def _runs(paragraph: str, size: int) -> Iterator[_Run]:
    for piece in _unbreakable_pieces(paragraph):
        for font_path, group in groupby(piece, key=_font_path):
            if font_path is not None:
                text = "".join(group)
                yield _Run(text, _font(font_path, size), _width(font_path, size, text))


def _unbreakable_pieces(paragraph: str) -> Iterator[str]:
    piece = ""
    for character in paragraph:
        if piece and _may_break(piece[-1], character):
            yield piece
            piece = ""
        piece += character
    if piece:
        yield piece


def _may_break(before: str, after: str) -> bool:
    if " " in (before, after):
        return True
    if unicodedata.category(after)[0] == "M" or before in _JOINING_SIGNS:
        return False
    # A vowel that is written before its letter stays with it.
    if "\u0e40" <= before <= "\u0e44" or "\u0ec0" <= before <= "\u0ec4":
        return False
    return _is_unspaced(before) and _is_unspaced(after)


def _is_unspaced(character: str) -> bool:
    return "\u0e00" <= character <= "\u10ff" or "\u1780" <= character <= "\u17ff" or _is_chinese(character)


def _is_chinese(character: str) -> bool:
    return "\u2e80" <= character <= "\u9fff" or "\uff00" <= character <= "\uffef"


@cache
def _font_path(character: str) -> Path | None:
    """The font that has this letter; signs shared by scripts go to the Latin one."""
    code = ord(character)
    candidates: list[Path | None] = [
        _bundled_font(name) for characters, name in _SCRIPT_FONTS if code in characters
    ]
    if _is_chinese(character):
        candidates.append(_chinese_font())
    candidates.append(_bundled_font(_LATIN_FONT))
    return next((path for path in candidates if path is not None and _covers(path, character)), None)


@cache
def _covers(path: Path, character: str) -> bool:
    # Fonts draw one and the same box for whatever they do not have.
    return character == " " or _drawn(path, character) != _drawn(path, _NEVER_A_CHARACTER)


@cache
def _drawn(path: Path, character: str) -> bytes:
    return bytes(_font(path, _TRIAL_SIZE).getmask(character))


@cache
def _width(path: Path, size: int, text: str) -> float:
    return _font(path, size).getlength(text)


@cache
def _font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    shaped = features.check("raqm")
    engine = ImageFont.Layout.RAQM if shaped else ImageFont.Layout.BASIC
    return ImageFont.truetype(path, size, layout_engine=engine)


@cache
def _bundled_font(name: str) -> Path | None:
    # Only the files of this package are wanted, none of its code.
    package = importlib.util.find_spec("manimgx_fonts")
    if package is None or package.origin is None:
        return None
    path = Path(package.origin).parent / name
    return path if path.is_file() else None


@cache
def _chinese_font() -> Path | None:
    """The Chinese font of the system, which is too large to come with the package."""
    for name in _CHINESE_FONT_NAMES:
        for path in sorted(_SYSTEM_FONTS.rglob(name)):
            return path
    return None

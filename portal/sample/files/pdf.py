"""PDF files with shaped text in six scripts, and Chinese by the reader's own font.

Shaping puts Lao and Burmese marks where they belong, but it also reorders and joins glyphs, so that copying the
text back gives garbage. Every line therefore carries its own text beside the glyphs (`ActualText`), which PDF
readers use for search and copying, and which our own extraction reads.
"""

import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import shapeStr
from reportlab.pdfgen.canvas import Canvas

from portal.sample.files.documents import Block, BlockKind, Document, blocks_of
from portal.sample.files.fonts import LATIN, font_name_for, load_font

_CHINESE = "STSong-Light"
_MARGIN = 56.0
_WIDTH, _HEIGHT = A4
_SIZES = {BlockKind.HEADING: 16.0, BlockKind.PARAGRAPH: 10.5, BlockKind.BULLET: 10.5, BlockKind.ROW: 9.5}

# A line may be broken inside a run of unspaced script only once it is this full; runs break words when cut,
# so a ragged edge is the better choice.
_FULL_ENOUGH = 0.55

# A vowel written before its consonant must not be left behind at the end of a line.
_LEADING_VOWELS = re.compile("[เแโใไເແໂໃໄ]")


@dataclass(frozen=True)
class _Run:
    """Characters of one font, as glyphs with their width."""

    font: str
    glyphs: str
    width: float


def write_pdf(document: Document, font_directory: Path) -> bytes:
    """An A4 PDF; a page that is too long for its sheet continues in smaller type rather than on another sheet."""
    _register_fonts(document, font_directory)
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1, lang=document.language)
    canvas.setTitle(document.title)
    canvas.setAuthor(document.author)
    for number, page in enumerate(document.pages, start=1):
        _draw_page(canvas, list(blocks_of(unicodedata.normalize("NFC", page))))
        _draw_line(canvas, _WIDTH / 2, 28, str(number), 8)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _register_fonts(document: Document, font_directory: Path) -> None:
    """Put fresh fonts for the scripts of this document into reportlab's one table of fonts."""
    text = "".join(document.pages)
    _width_at_ten.cache_clear()
    for name in sorted({font_name_for(character) for character in text} | {LATIN}):
        pdfmetrics.registerFont(load_font(name, font_directory))
    if any(_is_chinese(character) for character in text):
        pdfmetrics.registerFont(UnicodeCIDFont(_CHINESE))


def _is_chinese(character: str) -> bool:
    return (
        "\u2e80" <= character <= "\u9fff"
        or "\uf900" <= character <= "\ufaff"
        or "\uff00" <= character <= "\uffef"
    )


def _draw_page(canvas: Canvas, blocks: list[Block]) -> None:
    for scale in (1.0, 0.92, 0.84, 0.76, 0.68, 0.6):
        lines = list(_laid_out(blocks, scale))
        if sum(height for _, _, _, height in lines) < _HEIGHT - 2 * _MARGIN or scale == 0.6:
            break
    y = _HEIGHT - _MARGIN
    for text, size, indent, height in lines:
        y -= height
        if text:
            _draw_line(canvas, _MARGIN + indent, y, text, size)


def _laid_out(blocks: list[Block], scale: float) -> Iterator[tuple[str, float, float, float]]:
    """Lines from top to bottom: text, size, indent and the height they take; an empty text is a gap."""
    for block in blocks:
        size = _SIZES[block.kind] * scale
        bullet = block.kind is BlockKind.BULLET
        indent = 14.0 if bullet else 0.0
        text = f"• {block.text}" if bullet else block.text
        for line in _wrapped(text, size, _WIDTH - 2 * _MARGIN - indent):
            yield line, size, indent, size * 1.62
        yield "", size, 0.0, size * (0.25 if block.kind is BlockKind.ROW else 0.7)


def _wrapped(text: str, size: float, width: float) -> Iterator[str]:
    """Lines that fit, broken at spaces where that leaves the line full enough, else between clusters."""
    line, used = "", 0.0
    for piece in re.findall(r"\S+\s*", text):
        rest, needed = piece, _text_width(piece.rstrip(), size)
        while used + needed > width:
            if used > width * _FULL_ENOUGH:
                yield line.rstrip()
            else:
                fitting = _cut(rest, size, width - used)
                yield (line + fitting).rstrip()
                rest = rest[len(fitting) :]
                needed = _text_width(rest.rstrip(), size)
            line, used = "", 0.0
        line += rest
        used += _text_width(rest, size)
    if line.strip():
        yield line.rstrip()


def _cut(run: str, size: float, width: float) -> str:
    """As much of a run as fits into the width; at least one cluster, so that wrapping always ends."""
    fitting, used = "", 0.0
    for cluster in _clusters(run):
        used += _text_width(cluster, size)
        if fitting and used > width:
            break
        fitting += cluster
    return fitting


def _clusters(run: str) -> list[str]:
    """Pieces between which a line may end: a base letter with all that hangs on it or must stay before it."""
    clusters: list[str] = []
    for character in run:
        joins = bool(clusters) and (
            unicodedata.category(character) in ("Mn", "Mc", "Po", "Pe", "Pf", "Lm")
            or character in "ະາຳຽະาำๆฯໆ"
            or clusters[-1][-1] in "\u17d2\u1039("
            or (character.isascii() and clusters[-1][-1].isascii() and not clusters[-1][-1].isspace())
            or _LEADING_VOWELS.fullmatch(clusters[-1][-1]) is not None
        )
        if joins:
            clusters[-1] += character
        else:
            clusters.append(character)
    return clusters


@cache
def _font_of(character: str) -> str:
    return _CHINESE if _is_chinese(character) else font_name_for(character)


def _runs(text: str, size: float) -> Iterator[_Run]:
    for font, characters in groupby(text, key=_font_of):
        run = "".join(characters)
        if font == _CHINESE:
            yield _Run(font, run, pdfmetrics.stringWidth(run, font, size))
            continue
        glyphs = shapeStr(run, font, size, force=True)
        yield _Run(font, glyphs, sum(glyph.x_advance for glyph in glyphs.__shapeData__) * size / 1000)


def _text_width(text: str, size: float) -> float:
    return _width_at_ten(text) * size / 10


@cache
def _width_at_ten(text: str) -> float:
    """Shaping is most of the work, and most words come back; the cache is emptied before every document.

    A word measured for an earlier document would not be shaped in this one's order, and its bytes would differ.
    """
    return sum(run.width for run in _runs(text, 10))


def _draw_line(canvas: Canvas, x: float, y: float, text: str, size: float) -> None:
    # Chinese needs no shaping, so its glyphs already say what they mean.
    spoken = not any(_is_chinese(character) for character in text)
    if spoken:
        encoded = f"\ufeff{text}".encode("utf-16-be").hex().upper()
        canvas.addLiteral(f"/Span <</ActualText <{encoded}>>> BDC")
    for run in _runs(text, size):
        canvas.setFont(run.font, size)
        canvas.drawString(x, y, run.glyphs)
        x += run.width
    if spoken:
        canvas.addLiteral("EMC")

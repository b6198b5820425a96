"""Reads PDF page by page, and draws its first page."""

from __future__ import annotations

import ctypes
import html
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

import pypdfium2
import pypdfium2.raw as pdfium

from uploads.problems import Problem, Unreadable
from uploads.reading import OpenedDocument, PageText, Properties, TextLimits, Unit

if TYPE_CHECKING:
    from PIL.Image import Image

_SOUTH_EAST_ASIAN = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
_SOFT_HYPHEN_AT_LINE_END = re.compile("\ufffe(\r?\n)?")
_FORM_DEPTH = 6
_NEW_LINE_DISTANCE = 4
_USUAL_LENGTH = 512
_PDF_DATE = re.compile(r"(?:D:)?(\d{4})(\d{2})?(\d{2})?")
_XMP_TITLE = re.compile(rb"<dc:title>.{0,400}?<rdf:li[^>]{0,100}>([^<]{1,2000})</rdf:li>", re.DOTALL)
_XMP_AUTHOR = re.compile(rb"<dc:creator>.{0,400}?<rdf:li[^>]{0,100}>([^<]{1,2000})</rdf:li>", re.DOTALL)
_XMP_REACH_BYTES = 32 * 1024 * 1024


def read_pdf(stream: BinaryIO, limits: TextLimits) -> OpenedDocument:
    """Every page; one that cannot be read is empty and says so, the others are not harmed by it."""
    document = open_pdf(stream)
    page_count = len(document)
    if page_count == 0:
        raise Unreadable(Problem.BROKEN, "it has no pages")
    return OpenedDocument(Unit.PAGE, _pages(document, limits), _properties(document, stream), page_count)


def open_pdf(stream: BinaryIO) -> pypdfium2.PdfDocument:
    """The opened document. Raises Unreadable: encrypted or broken."""
    stream.seek(0)
    try:
        return pypdfium2.PdfDocument(stream)
    except pypdfium2.PdfiumError as error:
        if error.err_code in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
            raise Unreadable(Problem.ENCRYPTED, "a password is needed") from error
        raise Unreadable(Problem.BROKEN, str(error)) from error


def draw_first_page(stream: BinaryIO, width: int, height: int) -> Image:
    """The first page as large as fits into these pixels, whatever size it claims. Raises Unreadable."""
    try:
        page = open_pdf(stream)[0]
        page_width, page_height = page.get_size()
        scale = min(width / max(page_width, 1), height / max(page_height, 1))
        picture: Image = page.render(scale=scale, may_draw_forms=False).to_pil()
        return picture.convert("RGB")
    except (pypdfium2.PdfiumError, ValueError) as error:
        raise Unreadable(Problem.BROKEN, "the first page cannot be drawn") from error


def _pages(document: pypdfium2.PdfDocument, limits: TextLimits) -> Iterator[PageText]:
    for number in range(1, min(len(document), limits.pages) + 1):
        try:
            text, problem = _page_text(document[number - 1], limits.page_characters)
        except pypdfium2.PdfiumError:
            text, problem = "", Problem.BROKEN
        yield PageText(number, text, problem)
    if len(document) > limits.pages:
        raise Unreadable(Problem.TOO_LARGE, "too many pages")


def _page_text(page: pypdfium2.PdfPage, max_characters: int) -> tuple[str, Problem | None]:
    text_page = page.get_textpage()
    count = text_page.count_chars()
    text = text_page.get_text_range(0, min(count, max_characters))
    if _SOUTH_EAST_ASIAN.search(text):
        text = _in_paint_order(page, text_page)[:max_characters]
    text_page.close()
    page.close()
    too_long = Problem.TOO_LARGE if count > max_characters else None
    return _SOFT_HYPHEN_AT_LINE_END.sub("", text), too_long


def _in_paint_order(page: pypdfium2.PdfPage, text_page: pypdfium2.PdfTextPage) -> str:
    """The page's text as it was drawn.

    PDFium sorts characters by position, and signs above and below Lao, Thai, Khmer and Burmese
    letters end up in the wrong place: 10 % of a Khmer page instead of 2.5 % (files.md, section 2).
    """
    pieces: list[str] = []
    last_baseline: float | None = None
    buffer = (pdfium.FPDF_WCHAR * _USUAL_LENGTH)()
    matrix = pdfium.FS_MATRIX()
    for drawn in _drawn_texts(page):
        # Every call looks through all characters of the page, so the length is not asked for first.
        length_bytes = pdfium.FPDFTextObj_GetText(drawn, text_page.raw, buffer, 2 * len(buffer))
        if length_bytes > 2 * len(buffer):
            buffer = (pdfium.FPDF_WCHAR * (length_bytes // 2))()
            pdfium.FPDFTextObj_GetText(drawn, text_page.raw, buffer, length_bytes)
        if length_bytes <= 2:
            continue
        # The baseline and not the box around the glyphs tells a new line: signs stand above and below it.
        pdfium.FPDFPageObj_GetMatrix(drawn, matrix)
        baseline = matrix.f
        if last_baseline is not None and abs(baseline - last_baseline) > _NEW_LINE_DISTANCE:
            pieces.append("\n")
        last_baseline = baseline
        pieces.append(
            memoryview(buffer).cast("B")[: length_bytes - 2].tobytes().decode("utf-16-le", "ignore")
        )
    return "".join(pieces)


def _drawn_texts(page: pypdfium2.PdfPage) -> Iterator[Any]:
    # A page has a thousand of these; the library's own objects around them cost more than the text.
    for index in range(pdfium.FPDFPage_CountObjects(page.raw)):
        yield from _texts_within(pdfium.FPDFPage_GetObject(page.raw, index), _FORM_DEPTH)


def _texts_within(drawn: Any, depth: int) -> Iterator[Any]:
    kind = pdfium.FPDFPageObj_GetType(drawn)
    if kind == pdfium.FPDF_PAGEOBJ_TEXT:
        yield drawn
    elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth > 1:
        for index in range(pdfium.FPDFFormObj_CountObjects(drawn)):
            yield from _texts_within(pdfium.FPDFFormObj_GetObject(drawn, index), depth - 1)


def _properties(document: pypdfium2.PdfDocument, stream: BinaryIO) -> Properties:
    said = document.get_metadata_dict(skip_empty=True)
    xmp = b"" if said.get("Title") and said.get("Author") else _start_of(stream)
    return Properties(
        title=said.get("Title") or _from_xmp(_XMP_TITLE, xmp),
        author=said.get("Author") or _from_xmp(_XMP_AUTHOR, xmp),
        date=_day(said.get("CreationDate", "")) or _day(said.get("ModDate", "")),
        language=_language(document),
    )


def _start_of(stream: BinaryIO) -> bytes:
    stream.seek(0)
    return stream.read(_XMP_REACH_BYTES)


def _from_xmp(pattern: re.Pattern[bytes], xmp: bytes) -> str | None:
    match = pattern.search(xmp)
    return html.unescape(match.group(1).decode("utf-8", "replace")).strip() or None if match else None


def _day(written: str) -> str | None:
    match = _PDF_DATE.match(written)
    return "-".join(part for part in match.groups() if part) if match else None


def _language(document: pypdfium2.PdfDocument) -> str | None:
    length_bytes = pdfium.FPDFCatalog_GetLanguage(document.raw, None, 0)
    if not 2 < length_bytes < 200:
        return None
    buffer = ctypes.create_string_buffer(length_bytes)
    wide = ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR))
    pdfium.FPDFCatalog_GetLanguage(document.raw, wide, length_bytes)
    return buffer.raw[: length_bytes - 2].decode("utf-16-le", "ignore").strip("\0 ") or None

"""Which reader reads which kind of file: to read another kind, write one function and add one line."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from uploads.extraction.opendocument import read_odp, read_ods, read_odt
from uploads.extraction.pdf import read_pdf
from uploads.extraction.plain import read_rtf, read_text
from uploads.extraction.sheets import read_xlsx
from uploads.extraction.slides import read_pptx
from uploads.extraction.web import read_epub, read_html
from uploads.extraction.word import read_docx
from uploads.kind_table import FileKind
from uploads.reading import OpenedDocument, TextLimits

Reader = Callable[[BinaryIO, TextLimits], OpenedDocument]
"""Opens a stream that stands at its start. May raise Unreadable, at once or while pages are taken."""

READERS: dict[FileKind, Reader] = {
    FileKind.PDF: read_pdf,
    FileKind.DOCX: read_docx,
    FileKind.DOCM: read_docx,
    FileKind.PPTX: read_pptx,
    FileKind.PPTM: read_pptx,
    FileKind.XLSX: read_xlsx,
    FileKind.XLSM: read_xlsx,
    FileKind.ODT: read_odt,
    FileKind.ODP: read_odp,
    FileKind.ODS: read_ods,
    FileKind.RTF: read_rtf,
    FileKind.HTML: read_html,
    FileKind.EPUB: read_epub,
    FileKind.TXT: read_text,
    FileKind.CSV: read_text,
}

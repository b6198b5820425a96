"""Which reader reads which kind of file: to read another kind, write one function and add one line."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import BinaryIO

from uploads.kind_table import FileKind
from uploads.reading import OpenedDocument, TextLimits

Reader = Callable[[BinaryIO, TextLimits], OpenedDocument]
"""Opens a stream that stands at its start. May raise Unreadable, at once or while pages are taken."""

# Named instead of imported: every file is read by a fresh process, and loading the libraries of
# all formats took longer than reading a small document of one.
READERS: dict[FileKind, str] = {
    FileKind.PDF: "pdf.read_pdf",
    FileKind.DOCX: "word.read_docx",
    FileKind.DOCM: "word.read_docx",
    FileKind.PPTX: "slides.read_pptx",
    FileKind.PPTM: "slides.read_pptx",
    FileKind.XLSX: "sheets.read_xlsx",
    FileKind.XLSM: "sheets.read_xlsx",
    FileKind.ODT: "opendocument.read_odt",
    FileKind.ODP: "opendocument.read_odp",
    FileKind.ODS: "opendocument.read_ods",
    FileKind.RTF: "rich_text.read_rtf",
    FileKind.HTML: "web.read_html",
    FileKind.EPUB: "web.read_epub",
    FileKind.TXT: "plain.read_text",
    FileKind.CSV: "plain.read_text",
}


def find_reader(kind: FileKind) -> Reader | None:
    """The reader of this kind, or None where its text cannot be read."""
    if kind not in READERS:
        return None
    module, function = READERS[kind].split(".")
    reader: Reader = getattr(import_module(f"uploads.extraction.{module}"), function)
    return reader

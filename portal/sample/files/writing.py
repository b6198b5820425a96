"""One door to all writers: which one writes a file is decided by the ending of its name."""

from collections.abc import Callable
from pathlib import Path, PurePosixPath

from portal.sample.files.documents import Document
from portal.sample.files.docx import write_docx
from portal.sample.files.odt import write_odt
from portal.sample.files.pdf import write_pdf
from portal.sample.files.plain import write_csv, write_epub, write_html, write_rtf, write_subtitles, write_txt
from portal.sample.files.pptx import write_pptx
from portal.sample.files.sound import write_wav
from portal.sample.files.xlsx import write_xlsx

_WRITERS: dict[str, Callable[[Document], bytes]] = {
    "docx": write_docx,
    "pptx": write_pptx,
    "xlsx": write_xlsx,
    "odt": write_odt,
    "txt": write_txt,
    "csv": write_csv,
    "srt": write_subtitles,
    "html": write_html,
    "rtf": write_rtf,
    "epub": write_epub,
    "wav": write_wav,
}

FORMATS = frozenset({"pdf", *_WRITERS})


def format_of(name: str) -> str:
    """The ending of a file's name, in small letters and without its dot."""
    return PurePosixPath(name).suffix.lstrip(".").lower()


def write_document(name: str, document: Document, font_directory: Path) -> bytes:
    """The document as bytes of the format its name promises; raises `KeyError` for an ending nobody writes.

    Static fonts for PDF files are kept in `font_directory` and made there when they are missing.
    """
    wanted = format_of(name)
    if wanted == "pdf":
        return write_pdf(document, font_directory)
    return _WRITERS[wanted](document)

"""Every kind of file we know by name, and what we say and allow about each: one line a kind."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FileKind(StrEnum):
    """What a file is, found from its content; the value is what the database keeps."""

    PDF = "pdf"
    DOCX = "docx"
    DOCM = "docm"
    PPTX = "pptx"
    PPTM = "pptm"
    XLSX = "xlsx"
    XLSM = "xlsm"
    ODT = "odt"
    ODP = "odp"
    ODS = "ods"
    RTF = "rtf"
    HTML = "html"
    EPUB = "epub"
    TXT = "txt"
    CSV = "csv"
    DOC = "doc"
    PPT = "ppt"
    XLS = "xls"
    LOCKED_OFFICE = "locked_office"
    MSG = "msg"
    PNG = "png"
    JPEG = "jpeg"
    GIF = "gif"
    WEBP = "webp"
    TIFF = "tiff"
    HEIC = "heic"
    SVG = "svg"
    XML = "xml"
    MP4 = "mp4"
    WEBM = "webm"
    MP3 = "mp3"
    WAV = "wav"
    OGG = "ogg"
    ZIP = "zip"
    PROGRAM = "program"
    OTHER = "other"

    @property
    def media_type(self) -> str:
        """What a download is served as: from our own list, never what the sender said."""
        return FACTS[self].media_type

    @property
    def label(self) -> str:
        """A short name in English, for lists; the same in most languages."""
        return FACTS[self].label

    @property
    def extensions(self) -> tuple[str, ...]:
        """File name endings that fit, without the dot; the first is the usual one."""
        return FACTS[self].extensions

    @property
    def readable(self) -> bool:
        """Whether its text can be read here."""
        return FACTS[self].readable

    @property
    def inline_allowed(self) -> bool:
        """Whether a browser may show it in place. Everything else is only ever downloaded."""
        return self in _SHOWN_IN_PLACE

    @property
    def is_picture(self) -> bool:
        """Whether it is a raster picture that can be made small here."""
        return self in _PICTURES

    @property
    def may_hold_macros(self) -> bool:
        """Whether a person should look before others open it, because it can carry programs."""
        return self in (FileKind.DOCM, FileKind.PPTM, FileKind.XLSM)


@dataclass(frozen=True)
class KindFacts:
    """What we know about one kind."""

    label: str
    media_type: str
    extensions: tuple[str, ...]
    readable: bool = False


_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"
_TEXT_ENDINGS = (
    "txt",
    "text",
    "md",
    "log",
    "srt",
    "vtt",
    "json",
    "geojson",
    "csv",
    "tsv",
    "po",
    "bib",
    "ris",
)

FACTS: dict[FileKind, KindFacts] = {
    FileKind.PDF: KindFacts("PDF", "application/pdf", ("pdf",), True),
    FileKind.DOCX: KindFacts("Word", f"{_OFFICE}.wordprocessingml.document", ("docx", "dotx"), True),
    FileKind.DOCM: KindFacts(
        "Word with macros", "application/vnd.ms-word.document.macroenabled.12", ("docm", "dotm"), True
    ),
    FileKind.PPTX: KindFacts(
        "PowerPoint", f"{_OFFICE}.presentationml.presentation", ("pptx", "ppsx", "potx"), True
    ),
    FileKind.PPTM: KindFacts(
        "PowerPoint with macros",
        "application/vnd.ms-powerpoint.presentation.macroenabled.12",
        ("pptm", "ppsm", "potm"),
        True,
    ),
    FileKind.XLSX: KindFacts("Excel", f"{_OFFICE}.spreadsheetml.sheet", ("xlsx", "xltx"), True),
    FileKind.XLSM: KindFacts(
        "Excel with macros", "application/vnd.ms-excel.sheet.macroenabled.12", ("xlsm", "xltm"), True
    ),
    FileKind.ODT: KindFacts("OpenDocument text", f"{_OPEN}.text", ("odt", "ott"), True),
    FileKind.ODP: KindFacts("OpenDocument slides", f"{_OPEN}.presentation", ("odp", "otp"), True),
    FileKind.ODS: KindFacts("OpenDocument sheet", f"{_OPEN}.spreadsheet", ("ods", "ots"), True),
    FileKind.RTF: KindFacts("Rich text", "application/rtf", ("rtf", "doc"), True),
    FileKind.HTML: KindFacts("Web page", "text/html", ("html", "htm", "xhtml"), True),
    FileKind.EPUB: KindFacts("EPUB book", "application/epub+zip", ("epub",), True),
    FileKind.TXT: KindFacts("Text", "text/plain", _TEXT_ENDINGS, True),
    FileKind.CSV: KindFacts("Table (CSV)", "text/csv", ("csv", "tsv", "tab", *_TEXT_ENDINGS), True),
    FileKind.DOC: KindFacts("Word 97–2003", "application/msword", ("doc", "dot")),
    FileKind.PPT: KindFacts("PowerPoint 97–2003", "application/vnd.ms-powerpoint", ("ppt", "pps", "pot")),
    FileKind.XLS: KindFacts("Excel 97–2003", "application/vnd.ms-excel", ("xls", "xlt")),
    FileKind.LOCKED_OFFICE: KindFacts(
        "Office file with a password",
        "application/octet-stream",
        ("docx", "pptx", "xlsx", "docm", "pptm", "xlsm", "xlsb"),
    ),
    FileKind.MSG: KindFacts("Outlook message", "application/vnd.ms-outlook", ("msg",)),
    FileKind.PNG: KindFacts("PNG picture", "image/png", ("png",)),
    FileKind.JPEG: KindFacts("JPEG picture", "image/jpeg", ("jpg", "jpeg", "jpe")),
    FileKind.GIF: KindFacts("GIF picture", "image/gif", ("gif",)),
    FileKind.WEBP: KindFacts("WebP picture", "image/webp", ("webp",)),
    FileKind.TIFF: KindFacts("TIFF picture", "image/tiff", ("tif", "tiff")),
    FileKind.HEIC: KindFacts("HEIC picture", "image/heic", ("heic", "heif", "avif")),
    FileKind.SVG: KindFacts("SVG drawing", "image/svg+xml", ("svg",)),
    FileKind.XML: KindFacts("XML", "application/xml", ("xml", "kml", "gpx", "xsd", "rdf", "xliff", "svg")),
    FileKind.MP4: KindFacts("Video (MP4)", "video/mp4", ("mp4", "m4v", "mov", "m4a", "3gp")),
    FileKind.WEBM: KindFacts("Video (WebM)", "video/webm", ("webm", "mkv")),
    FileKind.MP3: KindFacts("Sound (MP3)", "audio/mpeg", ("mp3",)),
    FileKind.WAV: KindFacts("Sound (WAV)", "audio/wav", ("wav",)),
    FileKind.OGG: KindFacts("Sound (Ogg)", "audio/ogg", ("ogg", "oga", "opus", "ogv")),
    FileKind.ZIP: KindFacts("Zip archive", "application/zip", ("zip", "kmz")),
    FileKind.PROGRAM: KindFacts("Program", "application/octet-stream", ()),
    FileKind.OTHER: KindFacts("File", "application/octet-stream", ()),
}

# Raster pictures carry no script and PDF viewers have their own sandbox. SVG and HTML run scripts
# in the name of the site that serves them, so they are never here.
_SHOWN_IN_PLACE = frozenset({FileKind.PDF, FileKind.PNG, FileKind.JPEG, FileKind.GIF, FileKind.WEBP})

_PICTURES = frozenset({FileKind.PNG, FileKind.JPEG, FileKind.GIF, FileKind.WEBP, FileKind.TIFF})

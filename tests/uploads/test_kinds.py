"""What a file is, and whether its name says so."""

from __future__ import annotations

import io
import struct

import pytest

from tests.uploads import made_files
from uploads.kinds import (
    FileKind,
    NameProblem,
    NameReason,
    check_name,
    fitting_name,
    has_macros,
    settled_kind,
    sniff,
)

WORD = made_files.docx(made_files.paragraph("hello"))
MACROS = made_files.docx(made_files.paragraph("hello"), word__vbaProject_bin=b"x")
PDF = made_files.pdf(["hello"])
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


def ole(*streams: str) -> bytes:
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<H", header, 30, 9)
    return bytes(header) + b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in streams).ljust(
        512, b"\0"
    )


CONTENTS = [
    (PDF, FileKind.PDF),
    (b"\xef\xbb\xbf \n" + PDF, FileKind.PDF),
    (WORD, FileKind.DOCX),
    (WORD[:-60], FileKind.DOCX),
    (MACROS, FileKind.DOCM),
    (made_files.pptx(["hello"]), FileKind.PPTX),
    (made_files.xlsx({"a": ""}), FileKind.XLSX),
    (made_files.opendocument("text", ""), FileKind.ODT),
    (made_files.opendocument("presentation", ""), FileKind.ODP),
    (made_files.opendocument("spreadsheet", ""), FileKind.ODS),
    (made_files.opendocument("text", "")[:200], FileKind.ODT),
    (made_files.epub(["hello"]), FileKind.EPUB),
    (made_files.zipped({"a.txt": "hello"}), FileKind.ZIP),
    (made_files.zipped({}), FileKind.ZIP),
    (made_files.zipped({"AndroidManifest.xml": "x"}), FileKind.PROGRAM),
    (made_files.zipped({"META-INF/MANIFEST.MF": "x", "A.class": "x"}), FileKind.PROGRAM),
    (ole("Root Entry", "WordDocument"), FileKind.DOC),
    (ole("Root Entry", "Workbook"), FileKind.XLS),
    (ole("Root Entry", "PowerPoint Document"), FileKind.PPT),
    (ole("Root Entry", "EncryptedPackage"), FileKind.LOCKED_OFFICE),
    (ole("Root Entry", "__substg1.0_0037001F"), FileKind.MSG),
    (ole("Root Entry"), FileKind.OTHER),
    (ole("Root Entry")[:100], FileKind.OTHER),
    (b"{\\rtf1 hello}", FileKind.RTF),
    (b"<!DOCTYPE html><title>x</title>", FileKind.HTML),
    (b"\n<!-- made by hand -->\n<p>hello</p>", FileKind.HTML),
    (b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body/></html>', FileKind.HTML),
    (b'<?xml version="1.0"?><iati-activities version="2.03"/>', FileKind.XML),
    (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', FileKind.SVG),
    (b"just some words", FileKind.TXT),
    ("ສະບາຍດີ".encode(), FileKind.TXT),
    ("ສະບາຍດີ ທຸກຄົນ".encode("utf-16"), FileKind.TXT),
    ("ສະບາຍດີ ທຸກຄົນ".encode("utf-16-le"), FileKind.TXT),
    ("ສະບາຍດີ ທຸກຄົນ".encode("utf-16-be"), FileKind.TXT),
    ("สวัสดี ทุกคน".encode("cp874"), FileKind.TXT),
    (b"a,b,c\n1,2,3\n", FileKind.CSV),
    (PNG, FileKind.PNG),
    (b"\xff\xd8\xff\xe0", FileKind.JPEG),
    (b"GIF89a\x01\0\x01\0", FileKind.GIF),
    (b"GIF89a/*\0\0\0\0*/=1;alert(1)", FileKind.OTHER),
    (b"RIFF\0\0\0\0WEBP", FileKind.WEBP),
    (b"RIFF\0\0\0\0WAVE", FileKind.WAV),
    (b"RIFF\0\0\0\0AVI ", FileKind.OTHER),
    (b"II*\0", FileKind.TIFF),
    (b"\0\0\0\x18ftypheic", FileKind.HEIC),
    (b"\0\0\0\x18ftypisom", FileKind.MP4),
    (b"\xff\xfb\x90\0", FileKind.MP3),
    (b"ID3\x04", FileKind.MP3),
    (b"OggS", FileKind.OGG),
    (b"\x1aE\xdf\xa3", FileKind.WEBM),
    (b"MZ\x90\0", FileKind.PROGRAM),
    (b"\x7fELF\x02", FileKind.PROGRAM),
    (b"#!/bin/sh\nrm -rf /\n", FileKind.PROGRAM),
    (b"\0\x01\0\x02\x03\x80\xff", FileKind.OTHER),
    (b"", FileKind.OTHER),
    (b"<html>%PDF-1.4", FileKind.HTML),
]


@pytest.mark.parametrize(("content", "kind"), CONTENTS)
def test_the_content_tells_the_kind(content: bytes, kind: FileKind) -> None:
    stream = io.BytesIO(content)
    assert sniff(stream) is kind
    assert stream.tell() == 0


@pytest.mark.timeout(20)
@pytest.mark.parametrize(("rest", "kind"), [(b"x", FileKind.XML), (b"<html>", FileKind.HTML)])
def test_no_number_of_comments_takes_long(rest: bytes, kind: FileKind) -> None:
    assert sniff(io.BytesIO(b"<!---->" * 100 + rest)) is kind


def test_a_letter_cut_off_at_the_end_of_the_sample_is_still_text() -> None:
    assert sniff(io.BytesIO(("ກ" * 30_000).encode())) is FileKind.TXT


@pytest.mark.parametrize(
    ("name", "kind", "problem"),
    [
        ("report.pdf", FileKind.PDF, None),
        ("REPORT.PDF", FileKind.PDF, None),
        ("report.docx", FileKind.PDF, NameProblem(NameReason.WRONG_EXTENSION, "pdf")),
        ("report.pdf", FileKind.HTML, NameProblem(NameReason.WRONG_EXTENSION, "html")),
        ("report.docx", FileKind.ZIP, NameProblem(NameReason.WRONG_EXTENSION, "zip")),
        ("report.docx", FileKind.DOCM, NameProblem(NameReason.WRONG_EXTENSION, "docm")),
        ("report.pdf", FileKind.OTHER, NameProblem(NameReason.WRONG_EXTENSION, None)),
        ("report.pdf.exe", FileKind.PDF, NameProblem(NameReason.DANGEROUS, "pdf")),
        ("report.pdf", FileKind.PROGRAM, NameProblem(NameReason.DANGEROUS, None)),
        ("harmless.txt", FileKind.PROGRAM, NameProblem(NameReason.DANGEROUS, None)),
        ("page.js", FileKind.TXT, NameProblem(NameReason.DANGEROUS, "txt")),
        ("list.csv", FileKind.TXT, None),
        ("list.txt", FileKind.CSV, None),
        ("letter.doc", FileKind.RTF, None),
        ("photo.jpeg", FileKind.JPEG, None),
        ("layout.indd", FileKind.OTHER, None),
        ("places.shapes", FileKind.ZIP, None),
        ("readme", FileKind.PDF, None),
        ("drawing.svg", FileKind.XML, None),
    ],
)
def test_a_name_must_fit_its_content(name: str, kind: FileKind, problem: NameProblem | None) -> None:
    assert check_name(name, kind, size_bytes=10) == problem


def test_zero_bytes_are_refused_under_any_name() -> None:
    assert check_name("report.pdf", FileKind.OTHER, size_bytes=0) == NameProblem(NameReason.EMPTY)


@pytest.mark.parametrize(
    ("name", "kind", "fitting"),
    [
        ("report", FileKind.PDF, "report.pdf"),
        ("report.pdf", FileKind.PDF, "report.pdf"),
        ("CON", FileKind.JPEG, "file CON.jpg"),
        ("thing", FileKind.OTHER, "thing"),
        ("ບົດ" * 100, FileKind.DOCX, "ບົດ" * 26 + ".docx"),
    ],
)
def test_a_missing_extension_is_added(name: str, kind: FileKind, fitting: str) -> None:
    assert fitting_name(name, kind) == fitting


@pytest.mark.parametrize(
    ("kind", "name", "settled"),
    [
        (FileKind.TXT, "districts.CSV", FileKind.CSV),
        (FileKind.CSV, "notes.txt", FileKind.TXT),
        (FileKind.CSV, "districts", FileKind.CSV),
        (FileKind.TXT, "districts", FileKind.TXT),
        (FileKind.PDF, "districts.csv", FileKind.PDF),
    ],
)
def test_the_name_decides_between_text_and_table(kind: FileKind, name: str, settled: FileKind) -> None:
    assert settled_kind(kind, name) is settled


@pytest.mark.parametrize(
    ("content", "carries"),
    [
        (MACROS, True),
        (WORD, False),
        (PDF, False),
        (
            made_files.zipped({"mimetype": "application/vnd.oasis.opendocument.text", "Basic/a.xml": "x"}),
            True,
        ),
        (ole("WordDocument", "_VBA_PROJECT"), True),
        (ole("WordDocument"), False),
    ],
)
def test_files_with_programs_inside_are_flagged(content: bytes, carries: bool) -> None:
    stream = io.BytesIO(content)
    assert has_macros(stream, sniff(stream)) is carries


def test_only_pdf_and_raster_pictures_are_shown_in_place() -> None:
    shown = {kind for kind in FileKind if kind.inline_allowed}
    assert shown == {FileKind.PDF, FileKind.PNG, FileKind.JPEG, FileKind.GIF, FileKind.WEBP}


@pytest.mark.parametrize("kind", list(FileKind))
def test_every_kind_has_a_label_and_a_media_type(kind: FileKind) -> None:
    assert kind.label
    assert "/" in kind.media_type

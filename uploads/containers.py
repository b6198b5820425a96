"""Which format hides inside a container: zip (Office, OpenDocument, EPUB) or the older OLE file."""

from __future__ import annotations

import re
import struct
import zipfile
from typing import BinaryIO

from uploads.archives import DAMAGE, ArchiveLimits, open_directory
from uploads.kind_table import FileKind
from uploads.problems import Unreadable

_DIRECTORY_SAMPLE_BYTES = 8 * 1024 * 1024
_LOCAL_NAMES = re.compile(rb"PK\x03\x04.{22}(..)..", re.DOTALL)
_CONTENT_TYPES_BYTES = 1024 * 1024

_OPEN_DOCUMENTS = {
    b"application/vnd.oasis.opendocument.text": FileKind.ODT,
    b"application/vnd.oasis.opendocument.text-template": FileKind.ODT,
    b"application/vnd.oasis.opendocument.presentation": FileKind.ODP,
    b"application/vnd.oasis.opendocument.presentation-template": FileKind.ODP,
    b"application/vnd.oasis.opendocument.spreadsheet": FileKind.ODS,
    b"application/vnd.oasis.opendocument.spreadsheet-template": FileKind.ODS,
    b"application/epub+zip": FileKind.EPUB,
}

_OFFICE_MAIN_PARTS = (
    ("word/", FileKind.DOCX, FileKind.DOCM),
    ("ppt/", FileKind.PPTX, FileKind.PPTM),
    ("xl/", FileKind.XLSX, FileKind.XLSM),
)

_OFFICE_97_STREAMS = (
    ("EncryptedPackage", FileKind.LOCKED_OFFICE),
    ("WordDocument", FileKind.DOC),
    ("PowerPoint Document", FileKind.PPT),
    ("Workbook", FileKind.XLS),
    ("Book", FileKind.XLS),
    ("__substg1.0_", FileKind.MSG),
)


def zip_kind(stream: BinaryIO, sample: bytes) -> FileKind:
    """The format of a file that begins like a zip; a zip of no known format is a ZIP."""
    try:
        with open_directory(stream, ArchiveLimits().entries) as directory:
            names = directory.namelist()
            declared = _start_of_member(directory, "mimetype", 100).strip()
            content_types = _start_of_member(directory, "[Content_Types].xml", _CONTENT_TYPES_BYTES)
    except Unreadable:
        # Cut off, or with a directory too long to look at: the first members' own headers
        # still say what it was meant to be, so that the person is told "broken", not "wrong".
        names, declared, content_types = [*_names_in_headers(sample), "[Content_Types].xml"], b"", b""
    return _kind_of_members(names, declared or _mimetype_in_headers(sample), content_types)


def zip_names(stream: BinaryIO) -> list[str]:
    """The names of a zip's members; empty where there is no readable zip."""
    try:
        with open_directory(stream, ArchiveLimits().entries) as directory:
            return directory.namelist()
    except Unreadable:
        return []


def office_97_kind(stream: BinaryIO) -> FileKind:
    """The format of an OLE file, by the names of the streams inside it."""
    stream.seek(0)
    header = stream.read(512)
    if len(header) < 512:
        return FileKind.OTHER
    (sector_shift,) = struct.unpack_from("<H", header, 30)
    (first_directory_sector,) = struct.unpack_from("<I", header, 48)
    sector_bytes = 1 << min(sector_shift, 12)
    stream.seek((first_directory_sector + 1) * sector_bytes)
    directory = stream.read(16 * sector_bytes)
    # The directory may be in pieces all over the file: then its names are looked for everywhere.
    stream.seek(0)
    for place in (directory, stream.read(_DIRECTORY_SAMPLE_BYTES)):
        for name, kind in _OFFICE_97_STREAMS:
            if name.encode("utf-16-le") in place:
                return kind
    return FileKind.OTHER


def _kind_of_members(names: list[str], declared: bytes, content_types: bytes) -> FileKind:
    for media_type, kind in _OPEN_DOCUMENTS.items():
        if declared == media_type:
            return kind
    if "AndroidManifest.xml" in names or "classes.dex" in names:
        return FileKind.PROGRAM
    if "[Content_Types].xml" in names:
        macros = b"macroenabled" in content_types.lower() or any(n.endswith("vbaProject.bin") for n in names)
        for folder, plain, with_macros in _OFFICE_MAIN_PARTS:
            if any(name.startswith(folder) for name in names):
                return with_macros if macros else plain
    if "META-INF/MANIFEST.MF" in names and any(name.endswith(".class") for name in names):
        return FileKind.PROGRAM
    return FileKind.ZIP


def _start_of_member(directory: zipfile.ZipFile, name: str, max_bytes: int) -> bytes:
    try:
        with directory.open(name) as member:
            return member.read(max_bytes)
    except (KeyError, *DAMAGE):
        return b""


def _names_in_headers(sample: bytes) -> list[str]:
    return [
        sample[match.end() : match.end() + int.from_bytes(match.group(1), "little")].decode(
            "utf-8", "replace"
        )
        for match in _LOCAL_NAMES.finditer(sample)
    ]


def _mimetype_in_headers(sample: bytes) -> bytes:
    """The media type that OpenDocument and EPUB keep unpacked as their first member."""
    first = _LOCAL_NAMES.match(sample)
    if first is None or sample[first.end() : first.end() + 8] != b"mimetype":
        return b""
    packed_bytes = int.from_bytes(sample[18:22], "little")
    extra_bytes = int.from_bytes(sample[28:30], "little")
    start = first.end() + 8 + extra_bytes
    return sample[start : start + min(packed_bytes, 100)]

"""What a file is, found from its content, and whether its name tells the truth about it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO

from uploads.containers import office_97_kind, zip_kind, zip_names
from uploads.kind_table import FACTS, FileKind
from uploads.names import safe_name, split_extension

__all__ = [
    "FileKind",
    "NameProblem",
    "NameReason",
    "check_name",
    "fitting_name",
    "has_macros",
    "settled_kind",
    "sniff",
]

_SAMPLE_BYTES = 64 * 1024
_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")

_SIGNATURES: tuple[tuple[bytes, FileKind], ...] = (
    (b"\x89PNG\r\n\x1a\n", FileKind.PNG),
    (b"\xff\xd8\xff", FileKind.JPEG),
    (b"II*\x00", FileKind.TIFF),
    (b"MM\x00*", FileKind.TIFF),
    (b"{\\rtf", FileKind.RTF),
    (b"OggS", FileKind.OGG),
    (b"\x1aE\xdf\xa3", FileKind.WEBM),
    (b"ID3", FileKind.MP3),
    (b"MZ", FileKind.PROGRAM),
    (b"\x7fELF", FileKind.PROGRAM),
    (b"\xcf\xfa\xed\xfe", FileKind.PROGRAM),
    (b"\xce\xfa\xed\xfe", FileKind.PROGRAM),
    (b"\xca\xfe\xba\xbe", FileKind.PROGRAM),
    (b"\x00asm", FileKind.PROGRAM),
    (b"dex\n", FileKind.PROGRAM),
    (b"L\x00\x00\x00\x01\x14\x02\x00", FileKind.PROGRAM),
)

# Layer III frames only: the two bytes of a byte order mark look like a frame of another layer.
_MP3_FRAME = re.compile(rb"\xff[\xe2\xe3\xf2\xf3\xfa\xfb]")
# What is matched once is kept (`*+`): comments after comments could otherwise be divided in endless ways.
_HTML_START = re.compile(
    rb"\s*(?:<!--(?:(?!-->).){0,4096}+-->\s*+)*+"
    rb"<(!doctype html|html|head|body|script|title|meta|link|style|base|iframe|p|div"
    rb"|h[1-6]|table|ul|ol|img|a|b|br|i|span|font|center|section|article|main)[\s>/]",
    re.IGNORECASE | re.DOTALL,
)
_XML_START = re.compile(rb"\s*<(\?xml|!--|!doctype|!\[|[a-z_][\w.-]*[:\s>/])", re.IGNORECASE)
_XML_ROOT = re.compile(rb"<([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")

# What a computer runs when somebody opens it, or what a browser runs as part of a page.
_DANGEROUS_EXTENSIONS = frozenset(
    [
        "exe",
        "com",
        "scr",
        "pif",
        "msi",
        "msp",
        "bat",
        "cmd",
        "ps1",
        "psm1",
        "vbs",
        "vbe",
        "js",
        "jse",
        "mjs",
        "cjs",
        "wsf",
        "wsh",
        "hta",
        "lnk",
        "url",
        "iso",
        "img",
        "jar",
        "apk",
        "app",
        "dmg",
        "pkg",
        "deb",
        "rpm",
        "sh",
        "bash",
        "py",
        "pyc",
        "php",
        "phtml",
        "pl",
        "rb",
        "asp",
        "aspx",
        "jsp",
        "cgi",
        "dll",
        "so",
        "sys",
        "drv",
        "cpl",
        "reg",
        "scf",
        "inf",
        "chm",
        "htaccess",
        "swf",
        "xll",
        "ade",
        "adp",
        "gadget",
    ]
)
_KNOWN_EXTENSIONS = {ending: kind for kind in FACTS for ending in kind.extensions}


class NameReason(StrEnum):
    """Why a name and a content do not go together."""

    EMPTY = "empty"
    DANGEROUS = "dangerous"
    WRONG_EXTENSION = "wrong_extension"


@dataclass(frozen=True)
class NameProblem:
    """A refusal: the reason, and the extension that would be right, where there is one."""

    reason: NameReason
    right_extension: str | None = None


def sniff(stream: BinaryIO) -> FileKind:
    """What the content is, whatever the name says. Never raises on content; leaves the stream at its start."""
    stream.seek(0)
    sample = stream.read(_SAMPLE_BYTES)
    kind = _kind_of_sample(sample, stream)
    stream.seek(0)
    return kind


def check_name(name: str, kind: FileKind, size_bytes: int | None = None) -> NameProblem | None:
    """Why a file of this kind may not come in under this name, or None if it may.

    A name without an extension is no lie; `fitting_name` gives it the right one.
    """
    if size_bytes == 0:
        return NameProblem(NameReason.EMPTY)
    extension = split_extension(safe_name(name))[1].removeprefix(".").lower()
    if kind is FileKind.PROGRAM:
        return NameProblem(NameReason.DANGEROUS)
    right = kind.extensions[0] if kind.extensions else None
    if extension in _DANGEROUS_EXTENSIONS:
        return NameProblem(NameReason.DANGEROUS, right)
    if not extension or extension in kind.extensions:
        return None
    if kind in (FileKind.OTHER, FileKind.TXT, FileKind.ZIP) and extension not in _KNOWN_EXTENSIONS:
        # Nobody can know every ending there is; it may be what it says, and it is only ever downloaded.
        return None
    return NameProblem(NameReason.WRONG_EXTENSION, right)


def fitting_name(name: str, kind: FileKind) -> str:
    """The safe name, with the usual extension added where there was none."""
    safe = safe_name(name)
    if split_extension(safe)[1] or not kind.extensions:
        return safe
    return safe_name(f"{safe}.{kind.extensions[0]}")


def settled_kind(kind: FileKind, name: str) -> FileKind:
    """The kind, where the name may decide: a table of one column looks like text, and a list like a table."""
    if kind not in (FileKind.TXT, FileKind.CSV):
        return kind
    extension = split_extension(safe_name(name))[1].removeprefix(".").lower()
    if extension in ("csv", "tsv", "tab"):
        return FileKind.CSV
    return FileKind.TXT if extension in FileKind.TXT.extensions else kind


def has_macros(stream: BinaryIO, kind: FileKind) -> bool:
    """Whether the file carries programs of its own, so that a person should look first."""
    if kind.may_hold_macros:
        return True
    stream.seek(0)
    if kind in (FileKind.DOC, FileKind.XLS, FileKind.PPT):
        return "_VBA_PROJECT".encode("utf-16-le") in stream.read(32 * 1024 * 1024)
    return any(name.endswith("vbaProject.bin") or name.startswith("Basic/") for name in zip_names(stream))


def _kind_of_sample(sample: bytes, stream: BinaryIO) -> FileKind:
    if sample.startswith(b"PK\x03\x04") or sample.startswith(b"PK\x05\x06"):
        return zip_kind(stream, sample)
    if sample.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return office_97_kind(stream)
    # Readers accept a PDF header anywhere in the first kilobyte, which lets a page or a program
    # stand before it. Here only white space and a byte order mark may.
    if sample.removeprefix(_BYTE_ORDER_MARKS[0]).lstrip(b" \t\r\n\x0c\x00").startswith(b"%PDF-"):
        return FileKind.PDF
    for signature, kind in _SIGNATURES:
        if sample.startswith(signature):
            return kind
    return _kind_of_media(sample) or _kind_of_text(sample)


def _kind_of_media(sample: bytes) -> FileKind | None:
    if sample[:6] in (b"GIF87a", b"GIF89a"):
        # A script can begin with these six letters; the picture's height is zero then.
        width, height = int.from_bytes(sample[6:8], "little"), int.from_bytes(sample[8:10], "little")
        return FileKind.GIF if width and height else FileKind.OTHER
    if sample.startswith(b"RIFF"):
        return {b"WEBP": FileKind.WEBP, b"WAVE": FileKind.WAV}.get(sample[8:12], FileKind.OTHER)
    if sample[4:8] == b"ftyp":
        brand = sample[8:12]
        return FileKind.HEIC if brand in (b"heic", b"heix", b"mif1", b"msf1", b"avif") else FileKind.MP4
    if _MP3_FRAME.match(sample):
        return FileKind.MP3
    return None


def _kind_of_text(sample: bytes) -> FileKind:
    text = _as_text(sample)
    if text is None:
        return FileKind.OTHER
    if text.startswith("#!"):
        return FileKind.PROGRAM
    markup = text.lstrip("\ufeff").encode()
    if _HTML_START.match(markup):
        return FileKind.HTML
    if _XML_START.match(markup):
        return _kind_of_markup(markup)
    return FileKind.CSV if _looks_like_a_table(text) else FileKind.TXT


def _kind_of_markup(markup: bytes) -> FileKind:
    names = [match.group(2).lower() for match in _XML_ROOT.finditer(markup[:8192])]
    root = names[0] if names else b""
    if root == b"html" or (b"html" in names[:5] and not markup.lstrip().startswith(b"<?xml")):
        return FileKind.HTML
    return FileKind.SVG if root == b"svg" else FileKind.XML


def _as_text(sample: bytes) -> str | None:
    """The sample as text, letters of unknown encodings as Latin ones; None if it is no text."""
    if not sample:
        return None
    if sample.startswith(_BYTE_ORDER_MARKS[1:]):
        text = sample[: len(sample) // 2 * 2].decode("utf-16", "replace")
    elif b"\x00" in sample:
        encoding = utf_16_without_mark(sample)
        if encoding is None:
            return None
        text = sample[: len(sample) // 2 * 2].decode(encoding, "replace")
    else:
        try:
            # The sample may end within a letter of up to four bytes.
            text = (
                sample.decode("utf-8")
                if len(sample) < _SAMPLE_BYTES
                else sample[:-4].decode("utf-8", "strict")
            )
        except UnicodeDecodeError:
            text = sample.decode("latin-1")
    return None if len(_CONTROLS.findall(text)) > len(text) // 200 else text


def utf_16_without_mark(sample: bytes) -> str | None:
    """The byte order of UTF-16 that lacks its mark: the zero bytes of its spaces all stand on one side."""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd and not even:
        return "utf-16-le"
    if even and not odd:
        return "utf-16-be"
    return None


def _looks_like_a_table(text: str) -> bool:
    lines = [line for line in text.splitlines()[:20] if line.strip()]
    # The last line of a sample may be cut off.
    whole = lines[:-1] if len(lines) > 2 else lines
    for separator in (",", ";", "\t"):
        counts = {line.count(separator) for line in whole}
        if len(whole) >= 2 and len(counts) == 1 and counts != {0}:
            return True
    return False

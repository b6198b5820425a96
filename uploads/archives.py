"""The only door into zip files: opens them with limits, and believes nothing they say about themselves."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import BinaryIO

from uploads.problems import Problem, Unreadable

_MEBIBYTE = 1024 * 1024
_PIECE_BYTES = 64 * 1024
_END_RECORD = b"PK\x05\x06"
_END_RECORD_REACH = 22 + 65535
_SYMLINK = 0o120000
_FORMAT_BITS = 0o170000
_STORED, _DEFLATED = 0, 8

# All that the zip library of Python raises over damaged files; found by damaging thousands of them.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)


@dataclass(frozen=True)
class ArchiveLimits:
    """How much a zip-based document may be; measured values, see the ratio's floor."""

    entries: int = 5_000
    member_bytes: int = 120 * _MEBIBYTE
    total_bytes: int = 400 * _MEBIBYTE
    ratio: int = 200
    # Slides with an uncompressed picture inside reach a ratio of 1000 while they are small,
    # so the ratio says something only about members that are large when unpacked.
    ratio_floor_bytes: int = 16 * _MEBIBYTE


class Archive:
    """An opened zip whose directory passed every check; members are counted while they are unpacked."""

    def __init__(self, directory: zipfile.ZipFile, limits: ArchiveLimits) -> None:
        self._directory = directory
        self._limits = limits
        self._unpacked_bytes = 0
        self.names = frozenset(directory.namelist())

    def pieces(self, name: str) -> Iterator[bytes]:
        """The unpacked bytes of one member. Raises Unreadable: broken, too large, encrypted."""
        if name not in self.names:
            raise Unreadable(Problem.BROKEN, f"there is no {name}")
        member_bytes = 0
        try:
            with self._directory.open(name) as member:
                while piece := member.read(_PIECE_BYTES):
                    member_bytes += len(piece)
                    self._unpacked_bytes += len(piece)
                    if member_bytes > self._limits.member_bytes:
                        raise Unreadable(Problem.TOO_LARGE, f"{name} unpacks without end")
                    if self._unpacked_bytes > self._limits.total_bytes:
                        raise Unreadable(Problem.TOO_LARGE, "the members together unpack without end")
                    yield piece
        except DAMAGE as error:
            raise Unreadable(Problem.BROKEN, f"{name} cannot be unpacked") from error

    def read(self, name: str, max_bytes: int | None = None) -> bytes:
        """One member whole, or its first max_bytes. Raises Unreadable as `pieces` does."""
        content = bytearray()
        for piece in self.pieces(name):
            content += piece
            if max_bytes is not None and len(content) >= max_bytes:
                return bytes(content[:max_bytes])
        return bytes(content)


def open_directory(stream: BinaryIO, max_entries: int) -> zipfile.ZipFile:
    """The zip's directory, checked only for its length; for looking at names. Raises Unreadable."""
    _refuse_long_directory(stream, max_entries)
    try:
        directory = zipfile.ZipFile(stream)
    except DAMAGE as error:
        raise Unreadable(Problem.BROKEN, "the zip directory cannot be read") from error
    if len(directory.infolist()) > max_entries:
        raise Unreadable(Problem.TOO_LARGE, "too many members")
    return directory


def open_archive(stream: BinaryIO, limits: ArchiveLimits = ArchiveLimits()) -> Archive:
    """The zip in this stream, ready to be read within the limits. Raises Unreadable."""
    directory = open_directory(stream, limits.entries)
    members = directory.infolist()
    for member in members:
        _check_member(member, limits)
    if sum(member.file_size for member in members) > limits.total_bytes:
        raise Unreadable(Problem.TOO_LARGE, "the members together say they are too large")
    _refuse_overlap(members)
    return Archive(directory, limits)


def _refuse_long_directory(stream: BinaryIO, max_entries: int) -> None:
    # The count is taken from the end record before zipfile sees the file: zipfile builds an
    # object for every entry, and a directory of a million entries is a bomb of its own.
    length = stream.seek(0, 2)
    stream.seek(max(0, length - _END_RECORD_REACH))
    tail = stream.read()
    at = tail.rfind(_END_RECORD)
    if at < 0 or len(tail) < at + 16:
        raise Unreadable(Problem.BROKEN, "the end of the zip is missing")
    entries = int.from_bytes(tail[at + 10 : at + 12], "little")
    directory_bytes = int.from_bytes(tail[at + 12 : at + 16], "little")
    # Files of more than 65,535 entries or 4 GiB write all ones here and the truth elsewhere.
    if entries > max_entries or directory_bytes > max_entries * 400:
        raise Unreadable(Problem.TOO_LARGE, "too many members")


def _check_member(member: zipfile.ZipInfo, limits: ArchiveLimits) -> None:
    if member.flag_bits & 1:
        raise Unreadable(Problem.ENCRYPTED, member.filename)
    if member.compress_type not in (_STORED, _DEFLATED):
        raise Unreadable(Problem.UNSUPPORTED, "an unusual way of packing")
    if not _stays_inside(member.filename) or (member.external_attr >> 16) & _FORMAT_BITS == _SYMLINK:
        raise Unreadable(Problem.UNSAFE, "a member points outside")
    if member.file_size > limits.member_bytes:
        raise Unreadable(Problem.TOO_LARGE, f"{member.filename} says it is too large")
    if member.file_size > limits.ratio_floor_bytes and member.file_size > limits.ratio * max(
        1, member.compress_size
    ):
        raise Unreadable(Problem.TOO_LARGE, f"{member.filename} is packed too tightly")


def _stays_inside(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return parts[0] != "" and ".." not in parts and ":" not in parts[0] and "\0" not in name


def _refuse_overlap(members: list[zipfile.ZipInfo]) -> None:
    # Members that share packed bytes unpack to far more than the file could hold.
    spans = sorted((member.header_offset, member.header_offset + member.compress_size) for member in members)
    if any(first[1] > second[0] for first, second in pairwise(spans)):
        raise Unreadable(Problem.UNSAFE, "members overlap")

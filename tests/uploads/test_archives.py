"""Zips that were built to harm their reader, and good ones that look a little like them."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from tests.uploads.made_files import zipped
from uploads.archives import ArchiveLimits, open_archive
from uploads.problems import Problem, Unreadable

SMALL = ArchiveLimits(entries=10, member_bytes=1_000, total_bytes=2_000, ratio=20, ratio_floor_bytes=500)


def with_member(name: str, content: bytes = b"hello", **traits: int) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        member = zipfile.ZipInfo(name)
        for trait, value in traits.items():
            setattr(member, trait, value)
        archive.writestr(member, content)
    return target.getvalue()


def lying_about_size(content: bytes) -> bytes:
    """The same zip, whose directory says that its first member is one byte long when unpacked."""
    at = content.index(b"PK\x01\x02")
    return content[: at + 24] + struct.pack("<I", 1) + content[at + 28 :]


def with_flag(content: bytes, flag: int) -> bytes:
    at = content.index(b"PK\x01\x02")
    return content[: at + 8] + struct.pack("<H", flag) + content[at + 10 :]


def overlapping() -> bytes:
    """Two directory entries for the same packed bytes."""
    content = zipped({"a": "hello" * 50})
    start, end = content.index(b"PK\x01\x02"), content.index(b"PK\x05\x06")
    entry = content[start:end]
    tail = bytearray(content[end:])
    struct.pack_into("<HHI", tail, 8, 2, 2, 2 * len(entry))
    return content[:end] + entry + bytes(tail)


def test_a_good_archive_reads_back() -> None:
    archive = open_archive(io.BytesIO(zipped({"a/b.txt": "hello", "c": bytes(range(225)) * 4})), SMALL)
    assert archive.names == {"a/b.txt", "c"}
    assert archive.read("a/b.txt") == b"hello"
    assert archive.read("c", max_bytes=3) == b"\x00\x01\x02"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", Problem.BROKEN),
        (b"PK\x03\x04 and nothing more", Problem.BROKEN),
        (zipped({"a": "hello"})[:-10], Problem.BROKEN),
        (zipped({f"f{number}": "" for number in range(11)}), Problem.TOO_LARGE),
        (zipped({"a": "0" * 1_001}, zipfile.ZIP_STORED), Problem.TOO_LARGE),
        (zipped({"a": "0" * 999}), Problem.TOO_LARGE),
        (zipped({f"f{number}": bytes(range(250)) * 4 for number in range(3)}), Problem.TOO_LARGE),
        (zipped({"../a": "x"}), Problem.UNSAFE),
        (zipped({"/a": "x"}), Problem.UNSAFE),
        (zipped({"a\\..\\..\\b": "x"}), Problem.UNSAFE),
        (zipped({"C:/a": "x"}), Problem.UNSAFE),
        (with_member("link", external_attr=0o120777 << 16), Problem.UNSAFE),
        (overlapping(), Problem.UNSAFE),
        (with_flag(zipped({"a": "x"}), 1), Problem.ENCRYPTED),
        (zipped({"a": "x"}, zipfile.ZIP_BZIP2), Problem.UNSUPPORTED),
    ],
)
def test_a_bad_archive_is_refused_before_anything_is_unpacked(content: bytes, problem: Problem) -> None:
    with pytest.raises(Unreadable) as refusal:
        open_archive(io.BytesIO(content), SMALL)
    assert refusal.value.problem is problem


def test_bytes_are_counted_and_not_believed() -> None:
    archive = open_archive(io.BytesIO(lying_about_size(zipped({"a": "0" * 100_000}))), SMALL)
    with pytest.raises(Unreadable):
        archive.read("a")


def test_members_together_have_a_limit_however_often_they_are_read() -> None:
    archive = open_archive(io.BytesIO(zipped({"a": bytes(range(250)) * 3})), SMALL)
    with pytest.raises(Unreadable) as refusal:
        [archive.read("a") for _ in range(3)]
    assert refusal.value.problem is Problem.TOO_LARGE


def test_a_member_that_is_not_there_means_a_broken_document() -> None:
    archive = open_archive(io.BytesIO(zipped({"a": "x"})))
    with pytest.raises(Unreadable) as refusal:
        archive.read("b")
    assert refusal.value.problem is Problem.BROKEN


def test_damaged_bytes_mean_a_broken_document() -> None:
    content = bytearray(zipped({"a": bytes(range(256)) * 3}))
    content[40:60] = b"\xff" * 20
    with pytest.raises(Unreadable) as refusal:
        open_archive(io.BytesIO(bytes(content))).read("a")
    assert refusal.value.problem is Problem.BROKEN

"""What the file store promises about bytes."""

from __future__ import annotations

import hashlib
import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from uploads.storage import LocalFileStore, NotStored, StoredFile, TooLarge, open_store

CONTENT = "ປອດໄພ safe ground\n".encode() * 40_000
SHA256 = hashlib.sha256(CONTENT).hexdigest()
MISSING = "0" * 64

SAVE_SLOWLY = """
import hashlib, sys, time
from pathlib import Path
from uploads.storage import LocalFileStore

class Slow:
    def __init__(self):
        self.left = 400
    def read(self, size):
        self.left -= 1
        time.sleep(0.002)
        return b"x" * 20_000 if self.left > 0 else b""

print("ready", flush=True)
while True:
    LocalFileStore(Path(sys.argv[1])).save(Slow(), 10**9)
"""


@pytest.fixture
def store(tmp_path: Path) -> LocalFileStore:
    return LocalFileStore(tmp_path / "files")


@pytest.fixture
def saved(store: LocalFileStore) -> StoredFile:
    return store.save(io.BytesIO(CONTENT), len(CONTENT))


def test_bytes_come_back_as_they_went_in(store: LocalFileStore, saved: StoredFile) -> None:
    assert saved == StoredFile(SHA256, len(CONTENT))
    assert store.exists(SHA256)
    assert store.size(SHA256) == len(CONTENT)
    assert store.verify(SHA256)
    with store.open(SHA256) as stream:
        assert stream.read() == CONTENT


def test_identical_bytes_are_kept_once(store: LocalFileStore, saved: StoredFile, tmp_path: Path) -> None:
    assert store.save(io.BytesIO(CONTENT), len(CONTENT)) == saved
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [
        tmp_path / "files" / SHA256[:2] / SHA256[2:4] / SHA256
    ]


def test_one_byte_too_many_is_refused_and_leaves_nothing(store: LocalFileStore, tmp_path: Path) -> None:
    with pytest.raises(TooLarge) as refusal:
        store.save(io.BytesIO(CONTENT), len(CONTENT) - 1)
    assert refusal.value.max_bytes == len(CONTENT) - 1
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_an_empty_file_can_be_kept(store: LocalFileStore) -> None:
    stored = store.save(io.BytesIO(b""), 0)
    assert stored.size_bytes == 0
    assert list(store.read_range(stored.sha256, 0, 10)) == []


@pytest.mark.parametrize(
    ("start", "length"), [(0, 10), (5, 0), (100, 600_000), (len(CONTENT) - 3, 100), (len(CONTENT) + 5, 10)]
)
def test_a_range_is_just_these_bytes(
    store: LocalFileStore, saved: StoredFile, start: int, length: int
) -> None:
    assert b"".join(store.read_range(SHA256, start, length)) == CONTENT[start : start + length]


@pytest.mark.parametrize("pieces_read", [0, 1])
def test_who_leaves_before_the_end_leaves_no_file_open(
    store: LocalFileStore, saved: StoredFile, pieces_read: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = store.open(SHA256)
    monkeypatch.setattr(store, "open", lambda sha256: stream)
    pieces = store.read_range(SHA256, 0, len(CONTENT))
    for _ in range(pieces_read):
        next(pieces)
    del pieces
    assert stream.closed


@pytest.mark.parametrize("sha256", [MISSING, "../../etc/passwd", "", SHA256.upper(), SHA256[:-1]])
def test_what_is_not_there_says_so_at_once(store: LocalFileStore, saved: StoredFile, sha256: str) -> None:
    assert not store.exists(sha256)
    for ask in (store.open, store.size, store.verify, lambda name: store.read_range(name, 0, 1)):
        with pytest.raises(NotStored):
            ask(sha256)


def test_deleting_twice_is_no_error(store: LocalFileStore, saved: StoredFile) -> None:
    store.delete(SHA256)
    store.delete(SHA256)
    assert not store.exists(SHA256)


def test_the_listing_names_what_is_kept_and_nothing_else(
    store: LocalFileStore, saved: StoredFile, tmp_path: Path
) -> None:
    (tmp_path / "files" / SHA256[:2] / SHA256[2:4] / "notes.txt").write_text("left by an administrator")
    [(sha256, size_bytes, saved_at)] = store.listing()
    assert (sha256, size_bytes) == (SHA256, len(CONTENT))
    assert abs(saved_at - time.time()) < 60


def test_what_others_left_among_the_files_is_named_and_not_listed(
    store: LocalFileStore, saved: StoredFile, tmp_path: Path
) -> None:
    files = tmp_path / "files"
    (files / "incoming" / "being-received").write_bytes(b"half")
    left = [
        ".DS_Store",
        f"00/00/{SHA256}",
        f"{SHA256[:2]}/{SHA256[2:4]}/notes.txt",
        f"00/{MISSING}",
        "link",
        "place",
    ]
    for name in left[:-2]:
        (files / name).parent.mkdir(parents=True, exist_ok=True)
        (files / name).write_text("left by an administrator")
    (files / "link").symlink_to(tmp_path / "nowhere")
    (files / "place").symlink_to(tmp_path)
    assert sorted(store.strays()) == sorted(left)
    assert [sha256 for sha256, _, _ in store.listing()] == [SHA256]


def test_a_flipped_bit_is_noticed_and_healed_by_saving_again(
    store: LocalFileStore, saved: StoredFile, tmp_path: Path
) -> None:
    path = tmp_path / "files" / SHA256[:2] / SHA256[2:4] / SHA256
    path.write_bytes(b"\x00" + CONTENT[1:])
    assert not store.verify(SHA256)
    store.save(io.BytesIO(CONTENT), len(CONTENT))
    assert store.verify(SHA256)


def test_half_received_files_are_cleared_by_age(
    store: LocalFileStore, saved: StoredFile, tmp_path: Path
) -> None:
    left_over = tmp_path / "files" / "incoming" / "left-by-a-killed-process"
    left_over.write_bytes(b"half")
    os.utime(left_over, (time.time() - 3600, time.time() - 3600))
    being_received = tmp_path / "files" / "incoming" / "being-received"
    being_received.write_bytes(b"half")
    assert store.clear_incoming(older_than_seconds=1800) == 1
    assert not left_over.exists()
    assert being_received.exists()
    assert store.exists(SHA256)


@pytest.mark.parametrize("address", ["{}", "file://{}"])
def test_a_store_opens_by_path_or_address(tmp_path: Path, address: str) -> None:
    folder = tmp_path / "with space"
    stored = open_store(address.format(str(folder).replace(" ", "%20") if "://" in address else folder)).save(
        io.BytesIO(CONTENT), len(CONTENT)
    )
    assert open_store(folder).exists(stored.sha256)


def test_an_unknown_address_is_refused() -> None:
    with pytest.raises(ValueError, match="s3://"):
        open_store("s3://bucket")


@pytest.mark.parametrize("delay_seconds", [0.0, 0.05, 0.3, 0.9, 1.1])
def test_a_killed_process_leaves_no_half_file_under_a_name(tmp_path: Path, delay_seconds: float) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SAVE_SLOWLY, str(tmp_path)], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(delay_seconds)
        process.send_signal(signal.SIGKILL)
    store = LocalFileStore(tmp_path)
    assert all(store.verify(sha256) for sha256, _, _ in store.listing())
    store.clear_incoming(older_than_seconds=0)
    assert not list((tmp_path / "incoming").iterdir())

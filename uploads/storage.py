"""Where the bytes of uploaded files live: saved whole or not at all, found again by their SHA-256."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol
from urllib.parse import unquote, urlsplit

CHUNK_BYTES = 256 * 1024
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class StoredFile:
    """What was saved: the name to ask for it by, and how much it is."""

    sha256: str
    size_bytes: int


class TooLarge(Exception):
    """The stream holds more bytes than allowed; nothing of it was kept."""

    def __init__(self, max_bytes: int) -> None:
        super().__init__(f"The file is larger than {max_bytes} bytes.")
        self.max_bytes = max_bytes


class NotStored(LookupError):
    """No bytes are kept under this SHA-256."""

    def __init__(self, sha256: str) -> None:
        super().__init__(f"No file is stored under {sha256!r}.")
        self.sha256 = sha256


class FileStore(Protocol):
    """A place that keeps bytes by their SHA-256. Names given by people never reach it."""

    def save(self, stream: BinaryIO, max_bytes: int) -> StoredFile:
        """Keep the whole stream, read once and in pieces; called when a person uploads a file.

        Returns only after the bytes would survive a loss of power. Identical bytes are kept once.
        Raises TooLarge as soon as more than max_bytes have been read, and keeps nothing then.
        """

    def open(self, sha256: str) -> BinaryIO:
        """The bytes from the beginning, seekable; called by readers. Raises NotStored."""

    def read_range(self, sha256: str, start: int, length: int) -> Iterator[bytes]:
        """Pieces of the bytes from start, at most length in all; called by downloads.

        Raises NotStored at the call, before anything of an answer has been sent.
        """

    def size(self, sha256: str) -> int:
        """How many bytes are kept. Raises NotStored."""

    def exists(self, sha256: str) -> bool:
        """Whether bytes are kept under this name, without looking whether they are still right."""

    def delete(self, sha256: str) -> None:
        """Forget the bytes; no complaint if they are gone. The caller knows that nobody needs them."""

    def listing(self) -> Iterator[tuple[str, int, float]]:
        """SHA-256, size and time of saving (seconds since 1970) of everything kept; for `sala check`."""

    def strays(self) -> Iterator[str]:
        """Names of what lies among the kept bytes and is not the store's own; for `sala check`."""

    def clear_incoming(self, older_than_seconds: float) -> int:
        """Forget what began to arrive longer ago than this and never came whole; returns how many."""

    def verify(self, sha256: str) -> bool:
        """Whether the bytes still have the SHA-256 they are kept under; reads them all. Raises NotStored."""


class LocalFileStore:
    """A FileStore in a folder: `ab/cd/<sha256>`, and `incoming/` for what is still being received."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._incoming = root / "incoming"
        self._incoming.mkdir(parents=True, exist_ok=True)

    def save(self, stream: BinaryIO, max_bytes: int) -> StoredFile:
        descriptor, incoming = tempfile.mkstemp(dir=self._incoming)
        try:
            with os.fdopen(descriptor, "wb") as target:
                stored = _copy(stream, target, max_bytes)
                target.flush()
                os.fsync(target.fileno())
            self._give_final_name(Path(incoming), stored.sha256)
        except BaseException:
            Path(incoming).unlink(missing_ok=True)
            raise
        return stored

    def open(self, sha256: str) -> BinaryIO:
        try:
            return self._path(sha256).open("rb")
        except FileNotFoundError:
            raise NotStored(sha256) from None

    def read_range(self, sha256: str, start: int, length: int) -> Iterator[bytes]:
        stream = self.open(sha256)
        stream.seek(start)
        pieces = _pieces(stream, length)
        # From here the generator owns the stream, and closes it even if nobody ever asks for a piece.
        next(pieces)
        return pieces

    def size(self, sha256: str) -> int:
        try:
            return self._path(sha256).stat().st_size
        except FileNotFoundError:
            raise NotStored(sha256) from None

    def exists(self, sha256: str) -> bool:
        return _SHA256.fullmatch(sha256) is not None and self._path(sha256).is_file()

    def delete(self, sha256: str) -> None:
        self._path(sha256).unlink(missing_ok=True)

    def listing(self) -> Iterator[tuple[str, int, float]]:
        for path in self._everything():
            if self._is_own(path):
                status = path.stat()
                yield path.name, status.st_size, status.st_mtime

    def strays(self) -> Iterator[str]:
        for path in self._everything():
            if not self._is_own(path) and self._incoming not in path.parents:
                yield str(path.relative_to(self._root))

    def verify(self, sha256: str) -> bool:
        with self.open(sha256) as stream:
            digest = hashlib.sha256()
            while piece := stream.read(CHUNK_BYTES):
                digest.update(piece)
            return digest.hexdigest() == sha256

    def clear_incoming(self, older_than_seconds: float) -> int:
        """Remove what killed processes left half received; returns how many files went.

        The age protects uploads that another process is receiving right now.
        """
        removed = 0
        for path in self._incoming.iterdir():
            if path.stat().st_mtime <= time.time() - older_than_seconds:
                path.unlink(missing_ok=True)
                removed += 1
        return removed

    def _everything(self) -> Iterator[Path]:
        """Every file in the folder, in order; a link counts as one, wherever it leads."""
        for folder, folders, names in os.walk(self._root):
            folders.sort()
            links = [name for name in folders if Path(folder, name).is_symlink()]
            yield from (Path(folder, name) for name in sorted([*names, *links]))

    def _is_own(self, path: Path) -> bool:
        return self.exists(path.name) and path == self._path(path.name) and not path.is_symlink()

    def _path(self, sha256: str) -> Path:
        # Only the form of a SHA-256 may become part of a path; anything else is simply not here.
        if not _SHA256.fullmatch(sha256):
            raise NotStored(sha256)
        return self._root / sha256[:2] / sha256[2:4] / sha256

    def _give_final_name(self, incoming: Path, sha256: str) -> None:
        final = self._path(sha256)
        final.parent.mkdir(parents=True, exist_ok=True)
        # Replacing bytes by the same bytes also heals a copy that has gone bad on the disk.
        incoming.replace(final)
        # A name is safe only when its folder is on the disk, and that folder's name in turn.
        for folder in (final.parent, final.parent.parent, self._root):
            _sync_folder(folder)


def open_store(url_or_path: str | Path) -> FileStore:
    """The store at a folder, given as a path or as a `file://` address."""
    text = str(url_or_path)
    scheme = urlsplit(text).scheme if "://" in text else ""
    if scheme == "file":
        return LocalFileStore(Path(unquote(urlsplit(text).path)))
    if scheme:
        raise ValueError(f"Files cannot be kept at {text!r}: only a folder or a file:// address is known.")
    return LocalFileStore(Path(text))


def _copy(stream: BinaryIO, target: BinaryIO, max_bytes: int) -> StoredFile:
    digest = hashlib.sha256()
    size_bytes = 0
    while piece := stream.read(CHUNK_BYTES):
        size_bytes += len(piece)
        if size_bytes > max_bytes:
            raise TooLarge(max_bytes)
        digest.update(piece)
        target.write(piece)
    return StoredFile(digest.hexdigest(), size_bytes)


def _pieces(stream: BinaryIO, length: int) -> Iterator[bytes]:
    with stream:
        yield b""
        while length > 0 and (piece := stream.read(min(CHUNK_BYTES, length))):
            length -= len(piece)
            yield piece


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""What can be wrong with a file, as codes. The sentences for people live in the portal, in their language."""

from __future__ import annotations

from enum import StrEnum


class Problem(StrEnum):
    """Why a file could not be read, or not to its end."""

    EMPTY = "empty"
    """Zero bytes."""
    ENCRYPTED = "encrypted"
    """A password is needed to open it."""
    BROKEN = "broken"
    """Cut off, damaged, or not built as its format demands."""
    TOO_LARGE = "too_large"
    """Larger than the limits when unpacked, or it needed more memory than it may have."""
    TOO_SLOW = "too_slow"
    """It used up its time."""
    NO_TEXT = "no_text"
    """Opened well, but there is no text in it: a scan, a picture, drawings only."""
    UNSUPPORTED = "unsupported"
    """A kind of file that nobody here can read."""
    UNSAFE = "unsafe"
    """Built to harm a reader: entity declarations, overlapping or escaping members."""
    NOT_WHAT_IT_SAYS = "not_what_it_says"
    """The container is of the kind named, its content is not."""


class Unreadable(Exception):
    """Raised by readers: this file, or the rest of it, cannot be read, and why."""

    def __init__(self, problem: Problem, detail: str = "") -> None:
        super().__init__(f"{problem}: {detail}" if detail else str(problem))
        self.problem = problem

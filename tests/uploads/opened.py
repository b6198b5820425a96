"""Reads bytes with the reader of their kind, in this process, so that a test sees what it does."""

from __future__ import annotations

import io

import pytest

from uploads.extraction.registry import find_reader
from uploads.kinds import sniff
from uploads.problems import Problem, Unreadable
from uploads.reading import OpenedDocument, Properties, TextLimits

SAFE_GROUND = Properties("Safe ground", "Bounmy", "2024-03-05", "en-GB")
"""What every made file says about itself."""


def opened(content: bytes, limits: TextLimits = TextLimits()) -> OpenedDocument:
    """The document in these bytes."""
    stream = io.BytesIO(content)
    reader = find_reader(sniff(stream))
    assert reader is not None
    return reader(stream, limits)


def texts(content: bytes, limits: TextLimits = TextLimits()) -> list[str]:
    """The text of its pages."""
    return [page.text.strip() for page in opened(content, limits).pages]


def refusal(content: bytes, limits: TextLimits = TextLimits()) -> Problem:
    """What it is refused for."""
    with pytest.raises(Unreadable) as refused:
        list(opened(content, limits).pages)
    return refused.value.problem

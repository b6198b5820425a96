"""Skips a test whose requirement is missing, or fails it where everything is required (`.ci/run`)."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def skip_or_fail(reason: str, remedy: str) -> NoReturn:
    """Skip, saying how to get what is missing; fail instead if SALA_TEST_REQUIRE=all is set."""
    if os.environ.get("SALA_TEST_REQUIRE") == "all":
        pytest.fail(f"{reason}; to run it: {remedy}")
    pytest.skip(f"{reason}; to run it: {remedy}")

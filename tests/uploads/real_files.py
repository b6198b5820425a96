"""The files of others that readers are tried on, and how far a text is from the truth."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from uploads.text_repair import repair


def real_files(shared_data: Path) -> Iterator[Path]:
    """Every real and every generated office document."""
    for folder in ("real", "office"):
        yield from sorted(
            path for path in (shared_data / "documents" / folder).iterdir() if path.name != "INDEX.csv"
        )


def declaration(shared_data: Path, language: str) -> str:
    """The Universal Declaration of Human Rights in one language."""
    return repair((shared_data / "documents" / "declaration" / f"udhr_{language}.txt").read_text())


def articles(shared_data: Path, language: str) -> list[str]:
    """The text of its thirty articles."""
    said = json.loads((shared_data / "documents" / "declaration" / f"udhr_{language}.json").read_text())
    return [repair(article["text"]) for article in said["articles"]]


def plain_letters(text: str) -> str:
    """The text without anything that a format may change: white space and width."""
    return re.sub(r"[\s\u200b]+", "", unicodedata.normalize("NFKC", text))


def error_rate(found: str, truth: str) -> float:
    """Share of characters that are wrong, white space left aside."""
    found, truth = plain_letters(found), plain_letters(truth)
    return Levenshtein.distance(found, truth) / max(1, len(truth))

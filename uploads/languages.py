"""Which of our seven languages a text is in, by its script; Latin script by its letters and small words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_SCRIPTS = {
    "th": re.compile("[\u0e01-\u0e5b]"),
    "lo": re.compile("[\u0e81-\u0edf]"),
    "km": re.compile("[\u1780-\u17ff]"),
    "my": re.compile("[\u1000-\u109f\ua9e0-\ua9fe\uaa60-\uaa7f]"),
    "zh": re.compile("[\u3400-\u4dbf\u4e00-\u9fff]"),
}
_KANA_OR_HANGUL = re.compile("[\u3040-\u30ff\uac00-\ud7af]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
_VIETNAMESE = re.compile("[ăâđêôơưĂÂĐÊÔƠƯ\u1ea0-\u1ef9]")
_WORDS = re.compile(r"[a-z]+")

# A Han character says as much as three Latin letters, a letter of the unspaced scripts one and a
# half; without these weights an English title page would outvote a Lao body.
_WEIGHTS = {"zh": 3.0, "th": 1.5, "lo": 1.5, "km": 1.5, "my": 1.5}

_ENGLISH_WORDS = frozenset(
    [
        "the",
        "of",
        "and",
        "to",
        "in",
        "a",
        "is",
        "that",
        "for",
        "it",
        "as",
        "was",
        "with",
        "be",
        "by",
        "on",
        "not",
        "he",
        "this",
        "are",
        "or",
        "his",
        "from",
        "at",
        "which",
        "but",
        "have",
        "an",
        "had",
        "they",
        "you",
        "were",
        "their",
        "one",
        "all",
        "we",
        "can",
        "has",
        "there",
        "been",
        "if",
        "more",
        "when",
        "will",
        "would",
        "who",
        "so",
        "no",
        "her",
        "our",
        "its",
    ]
)
_SAMPLE_CHARACTERS = 20_000
_SMALLEST_SHARE = 0.2


def find_language(text: str) -> str | None:
    """The main language as an ISO 639-1 code among en lo th km vi my zh, or None where none is likely."""
    weights = _weights(text)
    return max(weights, key=lambda code: weights[code]) if weights else None


def find_languages(pages: Iterable[str]) -> list[str]:
    """Every language with at least a fifth of the text, the most used first; judged page by page."""
    total: Counter[str] = Counter()
    for page in pages:
        total.update(_weights(page))
    everything = sum(total.values())
    return [code for code, weight in total.most_common() if weight >= _SMALLEST_SHARE * everything]


def _weights(text: str) -> dict[str, float]:
    sample = text[:_SAMPLE_CHARACTERS]
    found = {
        code: len(script.findall(sample)) * _WEIGHTS[code]
        for code, script in _SCRIPTS.items()
        if script.search(sample)
    }
    if "zh" in found and len(_KANA_OR_HANGUL.findall(sample)) * 3.0 > 0.1 * found["zh"]:
        # Japanese and Korean borrow Han characters; they are not among ours.
        del found["zh"]
    latin = _latin_language(sample)
    if latin is not None:
        found[latin] = float(len(_LATIN.findall(sample)))
    return found


def _latin_language(sample: str) -> str | None:
    letters = len(_LATIN.findall(sample))
    if not letters:
        return None
    if len(_VIETNAMESE.findall(sample)) > 0.03 * letters:
        return "vi"
    words = _WORDS.findall(sample.lower())
    small_words = sum(word in _ENGLISH_WORDS for word in words)
    # Running English has 35 to 50 % of these; lists and tables of English words far fewer.
    return "en" if words and small_words >= 0.12 * len(words) else None

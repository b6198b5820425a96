"""HXL tags: read them, compare them as sets, find the row they stand in.

A column means what its hashtag and attributes say, in any order; attributes that nobody asked about are ignored.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from portal.exchange.column import Column
from portal.exchange.columns import COLUMNS, READ_ONLY_COLUMNS

_TAG = re.compile(r"#\s*([a-z][a-z0-9_]*)((?:\s*\+\s*[a-z][a-z0-9_]*)*)", re.IGNORECASE)
# Names of the trial version of 2014, in which public sheets are still written.
_OLD_TAGS = {
    "adm1_id": ("adm1", {"code"}),
    "adm2_id": ("adm2", {"code"}),
    "activity_id": ("activity", {"code", "x_own"}),
    "from_date": ("date", {"start"}),
    "to_date": ("date", {"end"}),
    "report_date": ("date", {"reported"}),
}
# Attributes that make something else of a hashtag that is understood without any: `#org+type` is no organisation.
_OTHER_THINGS = {
    "org": {
        "type",
        "acronym",
        "code",
        "id",
        "url",
        "contact",
        "email",
        "funder",
        "funding",
        "prog",
        "leader",
        "partner",
    },
    "activity": {"type", "description", "code", "id", "url", "status", "date"},
    "sector": {"code", "other", "secondary"},
    "targeted": {"f", "m", "i", "hh", "children", "adults", "infants", "elderly", "f_m", "hosts", "idps"},
    "reached": {"f", "m", "i", "hh", "children", "adults", "infants", "elderly", "f_m", "hosts", "idps"},
    "country": {"destination", "origin"},
    "loc": {"type", "code", "id", "lat", "lon"},
    "date": set(),
}


@dataclass(frozen=True)
class Tag:
    """A hashtag with its attributes, both in lower case and without their signs."""

    hashtag: str
    attributes: frozenset[str] = frozenset()


def read_tag(text: object) -> Tag | None:
    """The tag in a cell; None for anything else. Spaces before the attributes are allowed."""
    match = _TAG.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        return None
    hashtag = match[1].lower()
    attributes = {part.strip().lower() for part in match[2].split("+") if part.strip()}
    if hashtag in _OLD_TAGS:
        hashtag, meant = _OLD_TAGS[hashtag]
        attributes |= meant
    return Tag(hashtag, frozenset(attributes))


def is_tag_row(cells: Iterable[object]) -> bool:
    """Whether a row is the row of tags: most of what stands in it are tags."""
    filled = [cell for cell in cells if cell not in (None, "")]
    tags = [cell for cell in filled if read_tag(cell)]
    return bool(tags) and 2 * len(tags) > len(filled)


def match_tag(tag: Tag) -> Column | None:
    """The column that a tag means: the one that asks for most of the attributes it has."""
    best: tuple[int, Column] | None = None
    for wanted, column in _patterns():
        if wanted.hashtag != tag.hashtag or not wanted.attributes <= tag.attributes:
            continue
        others = _OTHER_THINGS.get(tag.hashtag, set()) if len(wanted.attributes) < 2 else set()
        if (tag.attributes - wanted.attributes) & others:
            continue
        if best is None or len(wanted.attributes) > best[0]:
            best = (len(wanted.attributes), column)
    return best[1] if best else None


def match_row(cells: Mapping[int, object]) -> tuple[dict[str, int], list[int]]:
    """From a row of tags: the position of each column understood, and the positions of those that were not.

    Of two columns that mean the same, the first counts and the second is not understood.
    """
    found: dict[str, int] = {}
    unknown = []
    for position in sorted(cells):
        tag = read_tag(cells[position])
        column = match_tag(tag) if tag else None
        if column is None or column.key in found:
            unknown.append(position)
        else:
            found[column.key] = position
    return found, unknown


@cache
def _patterns() -> Sequence[tuple[Tag, Column]]:
    patterns = []
    for column in (*COLUMNS, *READ_ONLY_COLUMNS):
        for text in (column.tag, *column.synonyms):
            tag = read_tag(text)
            if tag is None:
                raise ValueError(f"{text!r} is no tag.")
            patterns.append((tag, column))
    return patterns

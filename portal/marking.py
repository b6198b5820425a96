"""What was looked for, marked in a text that is shown."""

from collections.abc import Sequence

from search.documents import SearchQuery
from search.highlight import Passage, passages

# Of longer pages only the words themselves are marked, since what comes near them takes long to find.
LONGEST_FORGIVING = 10_000


def marked_text(text: str, words: str) -> Sequence[tuple[str, bool]]:
    """A whole text in fragments, those marked True being what was looked for."""
    is_short = len(text) <= LONGEST_FORGIVING
    return marked(text, SearchQuery(text=words), is_close=is_short) or ((text, False),)


def marked(text: str, query: SearchQuery, *, is_close: bool) -> Sequence[tuple[str, bool]]:
    """The same for a question that was already asked; empty when its words do not stand in the text."""
    if not (query.text and text):
        return ()
    found = passages(
        text, query.text, limit=1, width=len(text), as_you_type=query.as_you_type, forgiving=is_close
    )
    return found[0].fragments if found else ()


def passages_of(text: str, query: SearchQuery, *, limit: int, is_close: bool) -> list[Passage]:
    """The best parts of a longer text; none without words."""
    if not query.text:
        return []
    return passages(text, query.text, limit=limit, as_you_type=query.as_you_type, forgiving=is_close)

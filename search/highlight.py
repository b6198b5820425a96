"""Where a query stands in a text as people read it.

Both engines know only coded tokens, so passages are found here, in the stored text, under
either engine alike. A pattern made from the query is as tolerant as `words`: accents, case,
digits, the order of signs, spellings that look alike, and the spaces and invisible characters
that files carry inside unspaced runs.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA

from search import words

MOST_MATCHES = 200
# A page of a file may hold a whole book, and a query the worst for it: what is searched is bounded by both.
MOST_TERMS = 16
LONGEST_SEARCHED = 50_000
LONGEST_SEARCHED_CLOSELY = 20_000
LONGEST_BROKEN_RUN = 24
ELLIPSIS = "…"
_SHORTEST_MISTYPED = 4

_GAP = "[\\s\u00ad\u200b-\u200d\u2060\ufeff]*"
_ACCENT = "[\u0300-\u036f]*"
_LETTER_INSIDE = f"\\w{words.INSIDE_WORDS}"
_BEFORE_WORD = f"(?<![{_LETTER_INSIDE}])"
_AFTER_WORD = f"(?![{_LETTER_INSIDE}])"
_BEFORE_RUN = f"(?<![{words.LEADING}{words.STACKERS}])"
_AFTER_RUN = f"(?!{_GAP}[{words.DEPENDENT}]|[\u1000-\u102a]\u1037?[\u103a\u1039])"
_WORD = re.compile(f"[^\\W_{words.UNSPACED}{words.IDEOGRAPHIC}]+(?:[{words.INSIDE_WORDS}]+\\w*)*")
# What may stand in a text for a letter of the normal form, and how many letters it then takes.
_ALIKE = {
    "\u0e33": "\u0e33\u0e4d\u0e32",
    "\u0eb3": "\u0eb3\u0ecd\u0eb2",
    "\u0ebc": "\u0ebc\u0ea5",
    "\u178f": "\u178f\u178a",
    "\u17be": "\u17be\u17c1\u17b8",
    "\u17c4": "\u17c4\u17c1\u17b6",
}
_ALIKE_HEADS = {
    "\u0edc": "(?:\u0edc|\u0eab\u0e99)",
    "\u0edd": "(?:\u0edd|\u0eab\u0ea1)",
    "\u0e41": "(?:\u0e41|\u0e40\u0e40)",
    "\u0ec1": "(?:\u0ec1|\u0ec0\u0ec0)",
    "\u1009": "[\u1009\u1025]",
    "\u101d": "[\u101d\u1040]",
}
_TWICE = frozenset("\u0e33\u0eb3\u17be\u17c4")
# A passage may not begin before one of these, nor right after a leading vowel or a stacker.
_CANNOT_BEGIN = re.compile(
    f"[{words.DEPENDENT}{words.INSIDE_MARKS}\u200b-\u200d\ufe00-\ufe0f]|[\u1000-\u102a]\u1037?[\u103a\u1039]"
)
_CANNOT_END = re.compile(f"[{words.LEADING}{words.STACKERS}]")


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a text in fragments; those marked True are what was looked for."""

    fragments: tuple[tuple[str, bool], ...]

    @property
    def text(self) -> str:
        return "".join(text for text, _ in self.fragments)


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    term: int


def passages(
    text: str,
    query: str,
    limit: int = 2,
    width: int = 160,
    *,
    as_you_type: bool = False,
    forgiving: bool = True,
) -> list[Passage]:
    """The passages that show most of the query, in the order of the text; none if it is not there.

    `width` counts characters and is kept but for a few, because no cluster and, where there is
    room, no word is cut. With `as_you_type`, the last word is only the beginning of one. Being
    `forgiving` shows what comes near where the query itself does not stand; it takes five times
    as long and is of use only where an engine has been forgiving too. Of a very long text only a
    part is searched: from the first word of the query that stands there as it was typed, in any case.
    """
    spans = list(_exact(text, query, as_you_type)) or (list(_near(text, query)) if forgiving else [])
    if not spans:
        return []
    windows: list[tuple[int, int]] = []
    for start, end in _windows(spans, len(text), width):
        if len(windows) == limit:
            break
        if all(end <= taken[0] or start >= taken[1] for taken in windows):
            windows.append((start, end))
    return [_passage(text, spans, start, end) for start, end in sorted(windows)]


def _exact(text: str, query: str, as_you_type: bool) -> Iterator[_Span]:
    pattern = _pattern(query, as_you_type)
    return _matches(pattern, text, _beginning(text, query), LONGEST_SEARCHED) if pattern else iter(())


def _beginning(text: str, query: str) -> int:
    """Where to begin in a text too long to be searched whole."""
    if len(text) <= LONGEST_SEARCHED:
        return 0
    typed = [word for word in query[: words.LONGEST_QUERY].split() if len(word) > 1][:MOST_TERMS]
    forms = {form for word in typed for form in (word, word.lower(), word.capitalize(), word.upper())}
    return min((place for form in forms if (place := text.find(form)) >= 0), default=0)


def _near(text: str, query: str) -> Iterator[_Span]:
    """What comes near to the query, in the order in which engines become forgiving."""
    for pattern in (_pattern_apart(query), _pattern_broken(query)):
        spans = list(_matches(pattern, text, 0, LONGEST_SEARCHED_CLOSELY)) if pattern else []
        if spans:
            return iter(spans)
    return _mistyped(text, query)


def _matches(pattern: re.Pattern[str], text: str, start: int, length: int) -> Iterator[_Span]:
    for number, match in enumerate(pattern.finditer(text, start, start + length)):
        if number == MOST_MATCHES:
            return
        yield _Span(match.start(), match.end(), match.lastindex or 0)


@lru_cache(maxsize=256)
def _pattern(query: str, as_you_type: bool) -> re.Pattern[str] | None:
    glued = words.glued_pieces(words.normalise(query[: words.LONGEST_QUERY]))
    typed = glued[-1:] if as_you_type else []
    telling = [pieces for pieces in glued[: len(glued) - len(typed)] if not _is_a_letter(pieces)] + typed
    return _compiled([_glued(pieces, pieces in typed) for pieces in telling or glued])


@lru_cache(maxsize=256)
def _pattern_apart(query: str) -> re.Pattern[str] | None:
    """Words that were typed apart in an unspaced script, each by itself."""
    normal = words.normalise(query[: words.LONGEST_QUERY], join_runs=False)
    return _compiled([_glued(pieces, False) for pieces in words.glued_pieces(normal)])


@lru_cache(maxsize=256)
def _pattern_broken(query: str) -> re.Pattern[str] | None:
    """Parts of at least a third of each unspaced run, from every cluster on, as long as possible."""
    parts = []
    for pieces in words.glued_pieces(words.normalise(query[: words.LONGEST_QUERY])):
        for unspaced, ideographic, _ in pieces:
            clusters = words.clusters(unspaced) if unspaced else list(ideographic)
            least = max(2, len(clusters) // 3)
            if not 4 <= len(clusters) <= LONGEST_BROKEN_RUN:
                continue
            for start in range(len(clusters) - least + 1):
                rest = ""
                for cluster in reversed(clusters[start + least :]):
                    rest = f"(?:{_GAP}{_cluster(cluster)}{_AFTER_RUN}{rest})?"
                begin = _GAP.join(map(_cluster, clusters[start : start + least]))
                parts.append(f"{_BEFORE_RUN}{begin}{_AFTER_RUN}{rest}")
    # A run has many parts; the text is the shorter for it.
    return _compiled(parts, 2 * LONGEST_BROKEN_RUN)


def _is_a_letter(pieces: Sequence[tuple[str, str, str]]) -> bool:
    """One letter stands everywhere; beside words it shows nothing."""
    return len(pieces) == 1 and len(pieces[0][2]) == 1 and not pieces[0][2].isdigit()


def _compiled(alternatives: Sequence[str], most: int = MOST_TERMS) -> re.Pattern[str] | None:
    # Python numbers groups without a limit, and the number of the group says which term it was.
    if not alternatives:
        return None
    different = list(dict.fromkeys(alternatives))[:most]
    return re.compile("|".join(f"({alternative})" for alternative in different))


def _glued(pieces: Sequence[tuple[str, str, str]], unfinished: bool) -> str:
    patterns = []
    for unspaced, ideographic, word in pieces:
        last = unfinished and (unspaced, ideographic, word) == pieces[-1]
        if word:
            end = f"[{_LETTER_INSIDE}]*" if last else _AFTER_WORD
            patterns.append(_word(words.word_token(word)) + end)
        elif unspaced:
            clusters = _GAP.join(map(_cluster, words.clusters(unspaced)))
            patterns.append(clusters + ("" if last else _AFTER_RUN))
        else:
            patterns.append("\\s*".join(map(re.escape, ideographic)))
    unspaced, ideographic, _ = pieces[0]
    before = _BEFORE_RUN if unspaced else "" if ideographic else _BEFORE_WORD
    # Between a word and a run there is no border that a word character could mark.
    if len(pieces) > 1:
        before = _BEFORE_RUN if unspaced else ""
        patterns = [pattern.removesuffix(_AFTER_WORD) for pattern in patterns]
    return before + _GAP.join(patterns)


def _word(token: str) -> str:
    """A word of the index in every form that has this token: as it stands, and in its plural."""
    letters = "".join(map(_letter, token))
    if len(token) < words.SHORTEST_PLURAL - 1 or not (token.isascii() and token.isalpha()):
        return letters
    if token.endswith("y"):
        return f"{''.join(map(_letter, token[:-1]))}(?:{_letter('y')}|{''.join(map(_letter, 'ies'))})"
    return f"{letters}(?:{_letter('e')}?{_letter('s')})?"


def _letter(letter: str) -> str:
    if letter in "0123456789":
        forms = "".join(chr(first + int(letter)) for first in words.NATIVE_ZEROS)
        return f"[{letter}{forms}]"
    if letter.isascii():
        return _letter_classes().get(letter, re.escape(letter)) + _ACCENT
    # Flags slow the search for all others down, so cases of other scripts are written out.
    cases = sorted({letter, letter.upper()} - {""})
    return f"(?:{'|'.join(map(re.escape, cases))}){_ACCENT}"


@lru_cache(maxsize=1)
def _letter_classes() -> dict[str, str]:
    """For each plain letter, a class of it and of all that fold to it."""
    forms: dict[str, str] = {}
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        letter = chr(code)
        plain = words.fold_word(letter.casefold())
        if len(plain) == 1 and plain.isascii():
            forms[plain] = forms.get(plain, "") + letter
    return {
        plain: f"[{plain}{plain.upper()}{forms.get(plain, '')}]" for plain in "abcdefghijklmnopqrstuvwxyz"
    }


def _cluster(cluster: str) -> str:
    """A cluster whose signs may stand in any order and in any of their spellings."""
    head, signs = words.head_and_signs(cluster)
    pattern = _GAP.join(_ALIKE_HEADS.get(letter, re.escape(letter)) for letter in head)
    letters = "".join(signs)
    if not letters:
        return pattern
    forms = "".join(sorted({form for letter in letters for form in _ALIKE.get(letter, letter)}))
    most = len(letters) + sum(letter in _TWICE for letter in letters)
    return f"{pattern}(?:{_GAP}[{re.escape(forms)}]){{{len(letters)},{most}}}"


def _mistyped(text: str, query: str) -> Iterator[_Span]:
    """Words of the text that the query may have meant."""
    terms = [term for term in words.plan(query, keep_spaces=True) if words.may_be_mistyped(term)]
    if not terms:
        return
    for match in _WORD.finditer(text, 0, LONGEST_SEARCHED_CLOSELY):
        if match.end() - match.start() < _SHORTEST_MISTYPED:
            continue
        word = words.word_token(match.group().casefold())
        for number, term in enumerate(terms):
            edits = words.edits_forgiven(term.word)
            if word[0] in term.word[:2] and OSA.distance(term.word, word, score_cutoff=edits) <= edits:
                yield _Span(match.start(), match.end(), number)
                break


def _windows(spans: Sequence[_Span], length: int, width: int) -> list[tuple[int, int]]:
    """A window around each match, those that show most different terms first."""
    starts = [span.start for span in spans]
    ranked = []
    for first, span in enumerate(spans):
        start = max(0, min(span.start - width // 3, length - width))
        end = max(span.end, min(length, start + width))
        shown = spans[first : bisect_left(starts, end, lo=first)]
        ranked.append((-len({other.term for other in shown}), -len(shown), start, end))
    return [(start, end) for _, _, start, end in sorted(ranked)]


def _passage(text: str, spans: Sequence[_Span], start: int, end: int) -> Passage:
    first = min((span.start for span in spans if span.end > start and span.start < end), default=start)
    last = max((span.end for span in spans if span.end > start and span.start < end), default=end)
    start = _outwards(text, min(start, first), -1)
    end = _outwards(text, max(end, last), 1)
    fragments: list[tuple[str, bool]] = [(ELLIPSIS, False)] if start > 0 else []
    position = start
    for span in spans:
        if span.end <= position or span.start >= end:
            continue
        if span.start > position:
            fragments.append((text[position : span.start], False))
        fragments.append((text[max(position, span.start) : span.end], True))
        position = span.end
    if position < end:
        fragments.append((text[position:end], False))
    if end < len(text):
        fragments.append((ELLIPSIS, False))
    return Passage(tuple(fragments))


def _outwards(text: str, position: int, step: int) -> int:
    """The nearest place in this direction where a text can be cut: a space, else between clusters."""
    place = position
    for _ in range(20):
        if place <= 0 or place >= len(text):
            return max(0, min(place, len(text)))
        if text[place].isspace() or text[place - 1].isspace():
            return place
        place += step
    place = position
    while 0 < place < len(text) and not _can_cut(text, place):
        place += step
    return place


def _can_cut(text: str, place: int) -> bool:
    return not _CANNOT_BEGIN.match(text, place) and not _CANNOT_END.match(text[place - 1])
